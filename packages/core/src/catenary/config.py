"""The five settings, each per thread, and the scopes that change them.

A thread reads its own value, or the global one where it has none. The engine looks at one number, `settings.mode`,
that says whether anything but plain recording is going on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError

NAMES = ("train", "enable_backprop", "dtype", "debug", "deterministic")

# `mode` is a sum of these. Up to NO_BACKPROP a function runs its short path.
NO_BACKPROP = 1
RAW = 2  # a first-order backward walk is running: functions map arrays to arrays
HOOKS = 4
DEBUG = 8


class Settings(threading.local):
    """Values as class attributes are the global ones; as instance attributes, those of one thread."""

    train: bool = True
    enable_backprop: bool = True
    dtype: Any = np.dtype(np.float32)
    debug: bool = False
    deterministic: bool | str = False
    mode: int = 0


settings = Settings()


def _checked(name: str, value: Any) -> Any:
    if name not in NAMES:
        raise ArgumentError(f"config: there is no setting {name!r}; the settings are {', '.join(NAMES)}")
    if name == "dtype":
        try:
            dtype = np.dtype(value)
        except TypeError:
            raise ArgumentTypeError(f"config: dtype must be a floating-point dtype, got {value!r}") from None
        if dtype.kind != "f" and dtype.name != "bfloat16":
            raise ArgumentError(f"config: dtype must be a floating-point dtype, got {value!r}")
        return dtype
    if name == "deterministic" and isinstance(value, str) and value == "warn":
        return value
    if not isinstance(value, bool | np.bool_):
        words = "True, False or 'warn'" if name == "deterministic" else "True or False"
        raise ArgumentError(f"config: {name} must be {words}, got {value!r}")
    return bool(value)


def set_mode_bit(bit: int, on: bool) -> None:
    """Switch one bit of this thread's `mode`."""
    settings.mode = settings.mode | bit if on else settings.mode & ~bit
    _follow_global_again()


def _follow_global_again() -> None:
    """Let this thread's `mode` be the global one again, if nothing of its own is in it."""
    own = vars(settings)
    if own["mode"] == Settings.mode and "enable_backprop" not in own and "debug" not in own:
        del own["mode"]


def _follow(name: str, value: Any) -> None:
    if name == "enable_backprop":
        set_mode_bit(NO_BACKPROP, not value)
    elif name == "debug":
        set_mode_bit(DEBUG, value)


class LocalConfig:
    """The settings of the running thread, as attributes.

    Attributes:
        train: Whether functions such as dropout behave as in training.
        enable_backprop: Whether calls are recorded for a backward pass.
        dtype: The floating-point dtype of new parameters and of numbers given as plain Python.
        debug: Whether NaN is looked for after each function.
        deterministic: Whether only functions with reproducible results may run: True raises an error where one
            would not, "warn" warns.

    Example:
        >>> import catenary
        >>> catenary.config.train
        True
    """

    train: bool
    enable_backprop: bool
    dtype: Any
    debug: bool
    deterministic: bool | str

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return getattr(settings, name)
        raise AttributeError(f"config has no setting {name!r}; the settings are {', '.join(NAMES)}")

    def __setattr__(self, name: str, value: Any) -> None:
        value = _checked(name, value)
        setattr(settings, name, value)
        _follow(name, value)

    def __dir__(self) -> list[str]:
        return list(NAMES)

    def show(self) -> str:
        """Return one line per setting."""
        return "\n".join(f"{name:16}{getattr(self, name)}" for name in NAMES)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(f'{n}={getattr(self, n)}' for n in NAMES)}>"


class GlobalConfig(LocalConfig):
    """The settings of every thread that has set none of its own."""

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return getattr(Settings, name)
        return super().__getattr__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        value = _checked(name, value)
        setattr(Settings, name, value)
        Settings.mode = (0 if Settings.enable_backprop else NO_BACKPROP) | (DEBUG if Settings.debug else 0)
        if name not in vars(settings):
            _follow(name, value)


config = LocalConfig()
global_config = GlobalConfig()


@contextmanager
def using_config(name: str, value: Any, config: LocalConfig = config) -> Iterator[None]:
    """Give one setting another value inside a `with` block.

    Args:
        name: One of the five settings.
        value: Its value inside the block.
        config: The settings of this thread (the default), or `global_config`.

    Raises:
        ArgumentError: If there is no such setting or the value does not fit it.

    Example:
        >>> import catenary
        >>> with catenary.using_config("train", False):
        ...     catenary.config.train
        False
    """
    value = _checked(name, value)
    own = vars(settings)
    had = name in own if config is not global_config else True
    old = getattr(config, name)
    setattr(config, name, value)
    try:
        yield
    finally:
        setattr(config, name, old)
        if not had:  # follow the global value again
            del own[name]
            if "mode" in own:
                _follow_global_again()


def no_backprop_mode() -> AbstractContextManager[None]:
    """Record no graph inside a `with` block.

    Example:
        >>> import numpy as np, catenary
        >>> x = catenary.Variable(np.ones(2, np.float32))
        >>> with catenary.no_backprop_mode():
        ...     y = x + 1
        >>> y.creator is None
        True
    """
    return using_config("enable_backprop", False)


def force_backprop_mode() -> AbstractContextManager[None]:
    """Record the graph inside a `with` block, also within `no_backprop_mode`."""
    return using_config("enable_backprop", True)


def is_debug() -> bool:
    """Return whether debug mode is on in this thread."""
    return settings.debug


def set_debug(debug: bool) -> None:
    """Switch debug mode of this thread on or off."""
    config.debug = debug


def get_dtype(dtype: Any = None, map_mixed16: Any = None) -> np.dtype[Any]:
    """Return `dtype` as a NumPy dtype, or the setting `dtype` if it is None.

    Args:
        dtype: Anything that `numpy.dtype` takes, or None.
        map_mixed16: Accepted for old code; there is no mixed16 setting.
    """
    chosen: np.dtype[Any] = settings.dtype if dtype is None else np.dtype(dtype)
    return chosen
