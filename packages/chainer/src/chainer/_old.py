"""What older versions of Chainer took and Chainer 7 refuses: accepted, translated, and told of by a warning."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import catenary


def deprecated(old: str, today: str) -> None:
    """Warn that something has another spelling today, and show the line outside of this package that uses it.

    Args:
        old: What was used.
        today: What to write.
    """
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in INSIDE:
        frame, level = frame.f_back, level + 1
    warnings.warn(f"{old} is of an older Chainer; write {today}", DeprecationWarning, stacklevel=level)


#: Packages whose lines are not shown.
INSIDE = {"chainer", "catenary", "catenary_links", "catenary_training", "contextlib", "importlib"}


class Kin(type):
    """The class of classes that only take more arguments than one of Catenary: its objects count as theirs, too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__bases__[-1]) if cls.is_kin() else super().__instancecheck__(instance)

    @property
    def __signature__(cls) -> inspect.Signature | None:
        """The arguments of the class of Catenary, for one that hands on whatever it gets."""
        hands_on = cls.is_kin() and cls.__init__.__code__.co_argcount == 1  # type: ignore[misc]
        return inspect.signature(cls.__bases__[-1]) if hands_on else None

    def is_kin(cls) -> bool:
        """Return whether this class stands for one of Catenary, and is none that a user derived from it."""
        return cls.__module__.partition(".")[0] == "chainer"


def derived(base: type, mixin: type, module: str) -> Any:
    """Return a class like one of Catenary, with a mixin that takes more arguments or has more methods.

    Args:
        base: The class.
        mixin: The mixin.
        module: The module where the new class is found under the same name.
    """
    metaclass = Kin if type(base) is type else type("Kin", (Kin, type(base)), {})
    return metaclass(base.__name__, (mixin, base), {"__module__": module, "__doc__": base.__doc__})


#: Arguments of calls that set a mode: old name -> (setting, whether the value is turned round).
MODES = {"train": ("train", False), "test": ("train", True)}
#: Arguments without effect: which kernels run is up to plugins.
IDLE = ("use_cudnn", "deterministic")


@contextlib.contextmanager
def translated(name: str, kwargs: dict[str, Any]) -> Iterator[None]:
    """Take old arguments out of those of a call, and hold what they mean while it runs.

    Args:
        name: What is called, for warnings.
        kwargs: Its arguments by name; the old ones are removed.
    """
    with contextlib.ExitStack() as stack:
        for old, (setting, turned) in MODES.items():
            if old in kwargs:
                value = bool(kwargs.pop(old)) != turned
                deprecated(f"{name}({old}=...)", f"with chainer.using_config('{setting}', {value})")
                stack.enter_context(catenary.using_config(setting, value))
        drop_idle(name, kwargs)
        yield


def drop_idle(name: str, kwargs: dict[str, Any]) -> None:
    """Take arguments without effect out of those of a call.

    Args:
        name: What is called, for warnings.
        kwargs: Its arguments by name.
    """
    for old in IDLE:
        if old in kwargs:
            del kwargs[old]
            deprecated(f"{name}({old}=...)", "nothing: plugins decide which kernels run")


OLD = {*MODES, *IDLE}


def takes_old_arguments(function: Callable[..., Any], *positions: str) -> Callable[..., Any]:
    """Return a function that also takes arguments of older versions.

    Args:
        function: The function.
        positions: Names of old arguments that may follow the positional ones of today.
    """
    name = function.__name__
    count = function.__code__.co_argcount - function.__code__.co_posonlyargcount

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > count and positions:
            kwargs.update(zip(positions, args[count:]))
            args = args[:count]
        if kwargs and not OLD.isdisjoint(kwargs):
            with translated(name, kwargs):
                return function(*args, **kwargs)
        return function(*args, **kwargs)

    return call
