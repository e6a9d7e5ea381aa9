"""A hook that finds the function which made the first NaN or infinity."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import catenary
from catenary import FunctionHook, get_array_module, using_config
from catenary.errors import NaNError

__all__ = ["AnomalyHook", "detect_anomaly"]

#: How the names of files begin whose code belongs to core: its folder, and the text of calls that it writes.
CORE = (os.path.join(os.path.dirname(catenary.__file__), ""), "<catenary ")


@dataclass(frozen=True)
class Call:
    """A call of a function: its name, where it was made, and whether infinity came into it."""

    label: str
    place: str
    took_infinity: bool


class AnomalyHook(FunctionHook):
    """Raises an error at the first function that gets NaN or infinity, and names the one that made it.

    NaN in a result, or in a gradient, is found where it is made by the setting `debug`; use `detect_anomaly`, which has
    both, and says where the function was called.

    Args:
        infinity: Whether to look for infinity, too. Networks may use it on purpose, in masks for one: infinity that
            comes from data, or from a function that got infinity, is let pass.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> from catenary.function_hooks import AnomalyHook
        >>> x = catenary.Variable(np.array([1000], np.float32))
        >>> with AnomalyHook(), np.errstate(over="ignore"):
        ...     y = F.exp(x) * 2
        Traceback (most recent call last):
        catenary.errors.NaNError: exp: infinity in the result, (1,) float32; it was called at ...
    """

    name = "AnomalyHook"

    def __init__(self, infinity: bool = True) -> None:
        self._infinity = infinity
        self._calls: WeakKeyDictionary[Any, Call] = WeakKeyDictionary()
        self._last = ""

    def forward_preprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        place = place_of_call()
        self._last = f"{function.label} was called at {place}"
        for i, (array, source) in enumerate(zip(in_data, getattr(function, "sources", ()))):
            maker = getattr(source, "source", source)  # a function with several results has a node for each
            call = None if maker is None else self._calls.get(maker)
            if call is not None and self._infinity and not call.took_infinity and has(array, "isinf"):
                raise NaNError(
                    f"{call.label}: infinity in the result, {_describe(array)}; it was called at {call.place}"
                )
            if has(array, "isnan"):
                raise NaNError(
                    f"{function.label}: NaN in input {i}, {_describe(array)}, from data or from a parameter; "
                    f"it was called at {place}"
                )
        took_infinity = self._infinity and any(has(array, "isinf") for array in in_data)
        self._calls[function] = Call(function.label, place, took_infinity)

    def backward_preprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        call = self._calls.get(function)
        where = f"was called at {call.place}" if call is not None else "was called before the hook was there"
        self._last = f"{function.label} {where}"
        if self._infinity and any(has(gradient, "isinf") for gradient in out_grad):
            raise NaNError(
                f"{function.label}: infinity in the gradient that came from what its result was used for; it {where}"
            )

    def explain(self, error: NaNError) -> None:
        """Add a note to an error of debug mode: where the function was called that it is about."""
        error.add_note(f"({self._last})")


@contextmanager
def detect_anomaly(infinity: bool = True) -> Iterator[AnomalyHook]:
    """Find the function that makes the first NaN or infinity inside a `with` statement, forward or backward.

    The error names it, and the line of the program that called it. All functions are slower meanwhile.

    Args:
        infinity: Whether to look for infinity, too; see `AnomalyHook`.

    Raises:
        NaNError: At the first NaN or infinity.

    Example:
        >>> from catenary.function_hooks import detect_anomaly
        >>> def find(trainer):
        ...     with detect_anomaly():
        ...         trainer.run()
    """
    with using_config("debug", True), AnomalyHook(infinity) as hook:
        try:
            yield hook
        except NaNError as error:
            hook.explain(error)
            raise


def has(array: Any, what: str) -> bool:
    """Return whether an array of floats has NaN (`"isnan"`) or infinity (`"isinf"`)."""
    if getattr(getattr(array, "dtype", None), "kind", "i") not in "fc":
        return False
    return bool(getattr(get_array_module(array), what)(array).any())


def place_of_call() -> str:
    """Return the file and the line of the program, outside of Catenary's packages, that runs now."""
    frame = sys._getframe(1)
    while frame is not None and _is_own(frame.f_code.co_filename, frame.f_globals.get("__name__", "catenary")):
        frame = frame.f_back  # type: ignore[assignment]
    if frame is None:
        return "an unknown place"
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line, frame.f_globals).strip()
    return f"{file}:{line}" + (f": {text}" if text else "")


def _is_own(file: str, module: str) -> bool:
    top = module.partition(".")[0]
    # What core writes for a function runs under the name of the module of that function, whoever that is of.
    return top in ("catenary", "contextlib") or top.startswith("catenary_") or file.startswith(CORE)


def _describe(array: Any) -> str:
    return f"{tuple(array.shape)} {array.dtype}"
