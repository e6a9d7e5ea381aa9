"""Chainer's settings: those that Catenary has are Catenary's, the others are kept without effect."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import numpy as np

import catenary

#: Chainer's name -> Catenary's.
SHARED = {
    "train": "train",
    "enable_backprop": "enable_backprop",
    "dtype": "dtype",
    "debug": "debug",
    "cudnn_deterministic": "deterministic",
}

#: Settings that are accepted and mean nothing here, with Chainer's defaults.
IDLE: dict[str, Any] = {
    "autotune": False,
    "compute_mode": None,
    "cudnn_fast_batch_normalization": False,
    "in_recomputing": False,
    "keep_graph_on_report": False,
    "lazy_grad_sum": False,
    "schedule_func": None,
    "use_cudnn": "auto",
    "use_cudnn_tensor_core": "auto",
    "use_ideep": "never",
    "use_static_graph": True,
    "warn_nondeterministic": False,
}


class _Mixed16:
    """Stands for float16 with float32 where more precision is needed."""

    dtype = np.dtype(np.float16)

    def __repr__(self) -> str:
        return "dtype('mixed16')"


mixed16 = _Mixed16()


class GlobalConfig:
    """The settings of all threads that have none of their own, as attributes; unknown ones may be added."""

    _target: Any = catenary.global_config
    #: Whether float16 was set as `mixed16`.
    _mixed: bool

    def __getattr__(self, name: str) -> Any:
        if name in SHARED:
            value = getattr(self._target, SHARED[name])
            return mixed16 if name == "dtype" and value == mixed16.dtype and self._mixed else value
        raise AttributeError(f"{type(self).__name__} has no setting {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in SHARED:
            setattr(self._target, SHARED[name], value.dtype if value is mixed16 else value)
            if name == "dtype":
                self._mixed = value is mixed16
        else:
            super().__setattr__(name, value)

    def __contains__(self, name: str) -> bool:
        return hasattr(self, name)

    def _names(self) -> list[str]:
        names = {*SHARED, *vars(global_config), *vars(self)}
        return sorted(name for name in names if not name.startswith("_"))

    def show(self, file: TextIO | None = None) -> None:
        """Print one line for each setting.

        Args:
            file: Where to; the standard output by default.
        """
        for name in self._names():
            print(f"{name:30} {getattr(self, name)}", file=file or sys.stdout)


class LocalConfig(GlobalConfig, threading.local):
    """The settings of the running thread, as attributes; one without its own value has the global one.

    Example:
        >>> import chainer
        >>> chainer.config.train
        True
    """

    _target = catenary.config

    def __init__(self, global_config: GlobalConfig | None = None) -> None:
        """Begin with the global settings."""

    def __getattr__(self, name: str) -> Any:
        if name in vars(global_config):
            return vars(global_config)[name]
        return super().__getattr__(name)


global_config = GlobalConfig()
for _name, _value in {**IDLE, "_mixed": False}.items():
    setattr(global_config, _name, _value)
config = LocalConfig(global_config)


@contextmanager
def using_config(name: str, value: Any, config: GlobalConfig = config) -> Iterator[None]:
    """Give a setting another value inside a `with` block.

    Args:
        name: The setting.
        value: Its value inside of the block.
        config: The settings of the thread, or the global ones.

    Example:
        >>> import chainer
        >>> with chainer.using_config("train", False):
        ...     chainer.config.train
        False
    """
    if name == "dtype":
        dtype = value.dtype if value is mixed16 else value
        with using_config("_mixed", value is mixed16, config), catenary.using_config(name, dtype, config._target):
            yield
        return
    if name in SHARED:
        with catenary.using_config(SHARED[name], value, config._target):
            yield
        return
    own = vars(config)
    had, old = name in own, own.get(name)
    setattr(config, name, value)
    try:
        yield
    finally:
        if had:
            setattr(config, name, old)
        else:
            delattr(config, name)


def read_environment() -> None:
    """Take over the environment variables that Chainer reads: CHAINER_DEBUG, CHAINER_DTYPE, CHAINER_TYPE_CHECK."""
    if os.environ.get("CHAINER_DEBUG", "0") not in ("", "0"):
        global_config.debug = True
    if dtype := os.environ.get("CHAINER_DTYPE"):
        global_config.dtype = mixed16 if dtype == "mixed16" else dtype
    global_config.type_check = os.environ.get("CHAINER_TYPE_CHECK", "1") not in ("", "0")
