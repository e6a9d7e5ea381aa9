"""Every operation on arrays goes through `run`: the fence, the check of devices, memory for results, and captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.capture import Capture
from cupy_stand_in.current import current_id
from cupy_stand_in.streams import capturing


def run(
    function: Callable[..., Any],
    *args: Any,
    writes: bool = False,
    anywhere: bool = False,
    keeps: bool = False,
    **kwargs: Any,
) -> Any:
    """Return what a function of NumPy gives, with arrays of the device for arguments and results.

    Args:
        function: Gets the host's view of each array.
        writes: Whether it changes an argument.
        anywhere: Whether its arrays may lie on any device: it looks at shapes only, or copies.
        keeps: Whether the layout of a result is the one that NumPy gives it; otherwise it is C's, as in CuPy.
    """
    arrays = list(_arrays((args, kwargs)))
    if not anywhere:
        check_devices(arrays)
    capture = capturing()
    views = {id(array): array._raw if capture is None else capture.shadow(array) for array in arrays}
    with np.errstate(all="ignore"):
        result = function(*_inside(args, views), **_inside(kwargs, views))
    outputs = _Outputs(arrays, views, keeps)
    wrapped = outputs.wrap(result)
    outputs.fill(capture)
    if capture is not None and (writes or outputs.fresh):
        raws = {id(array): array._raw for array in arrays}
        _keep(capture, function, _inside(args, raws), _inside(kwargs, raws), outputs.fresh)
    return wrapped


def _keep(capture: Capture, function: Callable[..., Any], args: Any, kwargs: Any, fresh: dict[int, ndarray]) -> None:
    """Record an operation with views of the memory alone: the arrays may die, and their memory serve others."""
    targets = {place: array._raw for place, array in fresh.items()}

    def replay() -> None:
        with np.errstate(all="ignore"):
            found = list(_results(function(*args, **kwargs)))
        for place, target in targets.items():
            target[...] = found[place]

    capture.records.append(replay)


class _Outputs:
    """The results of one call.

    Attributes:
        fresh: Arrays that got memory of their own, by their place among all results.
    """

    def __init__(self, arrays: list[ndarray], views: dict[int, np.ndarray[Any, Any]], keeps: bool) -> None:
        self._arrays, self._views, self._keeps = arrays, views, keeps
        self._place = 0
        self._values: dict[int, np.ndarray[Any, Any]] = {}
        self.fresh: dict[int, ndarray] = {}

    def wrap(self, value: Any) -> Any:
        """Return a result with arrays of the device for those of the host; 0-d results, too."""
        if isinstance(value, np.ndarray | np.generic):
            return self._array(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*map(self.wrap, value))
        if isinstance(value, list | tuple):
            return type(value)(map(self.wrap, value))
        return value

    def _array(self, value: Any) -> ndarray:
        place, self._place = self._place, self._place + 1
        for array in self._arrays:
            view = self._views[id(array)]
            if value is view:
                return array
            if value.size and isinstance(value, np.ndarray) and _within(value, view):
                offset = value.__array_interface__["data"][0] - view.__array_interface__["data"][0]
                return array._view(offset, value.shape, value.dtype, value.strides)
        value = np.asarray(value)
        self._values[place] = value
        self.fresh[place] = ndarray.like(value) if self._keeps else ndarray(value.shape, value.dtype)
        return self.fresh[place]

    def fill(self, capture: Capture | None) -> None:
        """Write the values of the new arrays."""
        for place, array in self.fresh.items():
            target = array._raw if capture is None else capture.shadow(array)
            target[...] = self._values[place]


def _within(value: np.ndarray[Any, Any], view: np.ndarray[Any, Any]) -> bool:
    """Return whether an array lies in the memory that another one is a view of."""
    owner: Any = view
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    start = owner.__array_interface__["data"][0]
    return start <= value.__array_interface__["data"][0] < start + owner.nbytes


def check_devices(arrays: list[ndarray]) -> None:
    """Raise if an array lies on another device than the current one.

    Raises:
        ValueError: As CuPy does without access from one device to the memory of the other.
    """
    for array in arrays:
        if array.data.device_id != current_id() and array.size:
            raise ValueError(
                f"Array device must be same as the current device: array device = {array.data.device_id} "
                f"while current = {current_id()}"
            )


def _results(value: Any) -> Iterator[Any]:
    """Yield the arrays of a result, in the order in which `wrap` meets them."""
    if isinstance(value, np.ndarray | np.generic):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _results(item)


def _arrays(value: Any) -> Iterator[ndarray]:
    if isinstance(value, ndarray):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _arrays(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _arrays(item)


def _inside(value: Any, views: dict[int, np.ndarray[Any, Any]]) -> Any:
    """Return arguments for NumPy; arrays of the host are refused.

    Raises:
        TypeError: If there is an array of the host.
    """
    if isinstance(value, ndarray):
        return views[id(value)]
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}")
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_inside(item, views) for item in value))
    if isinstance(value, list | tuple):
        return type(value)(_inside(item, views) for item in value)
    if isinstance(value, dict):
        return {key: _inside(item, views) for key, item in value.items()}
    return value
