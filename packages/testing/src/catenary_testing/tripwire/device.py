"""The device of tripwire arrays, and the module that answers NumPy's functions for them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from catenary import Device
from catenary.device.device import HOST
from catenary.errors import DeviceNotFoundError
from catenary_testing.tripwire.array import TripwireArray, fenced, inside, outside

#: NumPy functions that make arrays from host data: on a device this is a transfer, which must be meant.
_TRANSFERS = frozenset({"asarray", "array", "ascontiguousarray", "asfortranarray"})


class Ufunc:
    """A NumPy ufunc for tripwire arrays."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self._ufunc = ufunc
        self.reduce, self.accumulate, self.outer = fenced(ufunc.reduce), fenced(ufunc.accumulate), fenced(ufunc.outer)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return fenced(self._ufunc)(*args, **kwargs)

    def at(self, array: TripwireArray, indices: Any, *values: Any) -> None:
        """Apply the ufunc in place, once for each index."""
        self._ufunc.at(inside(array), inside(indices), *map(inside, values))


class TripwireModule:
    """The functions of a NumPy module for tripwire arrays; that of `numpy` itself is the `xp` of the device."""

    __name__ = "tripwire"
    ndarray = TripwireArray

    def __init__(self, module: Any = np) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if isinstance(value, np.ufunc):
            found: Any = Ufunc(value)
        elif isinstance(value, ModuleType):
            found = TripwireModule(value)
        elif isinstance(value, type) or not callable(value):
            found = value
        else:
            found = _transfer(value) if name in _TRANSFERS else fenced(value)
        setattr(self, name, found)
        return found


def _transfer(function: Any) -> Any:
    """Return a function that takes host data, too: a transfer that is meant."""

    def transfer(value: Any, *args: Any, **kwargs: Any) -> Any:
        return outside(function(value if isinstance(value, np.ndarray) else inside(value), *args, **kwargs))

    return transfer


class TripwireGenerator:
    """A random generator whose arrays are tripwire arrays; its numbers are NumPy's for the same seed."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._generator, name)
        return fenced(value) if callable(value) else value

    def integers(self, low: Any, high: Any = None, size: Any = None, **kwargs: Any) -> Any:
        """Return integers; a single one is a number of the host, which draws it."""
        draw = self._generator.integers
        return draw(low, high, **kwargs) if size is None else fenced(draw)(low, high, size, **kwargs)


class TripwireDevice(Device):
    """The device `@tripwire`, for tests.

    Example:
        >>> import numpy as np, catenary
        >>> from catenary.testing import TripwireDevice
        >>> x = TripwireDevice().send(np.ones(2))
        >>> np.asarray(x)
        Traceback (most recent call last):
        ...
        catenary_testing.tripwire.array.TripwireError: an array of the device '@tripwire' was about to be ...
    """

    name = "@tripwire"
    xp = TripwireModule()
    supported_array_types = (TripwireArray,)
    adds_in_order = False

    def library(self, name: str) -> Any:
        return TripwireModule(HOST.library(name))

    def make_random(self, seed: Any) -> TripwireGenerator:
        return TripwireGenerator(np.random.default_rng(seed))

    def send_array(self, array: Any) -> TripwireArray:
        return array if isinstance(array, TripwireArray) else TripwireArray(np.array(array))

    def to_host(self, array: Any) -> np.ndarray[Any, Any]:
        return np.array(inside(array))


def open_device(index: int | None) -> TripwireDevice:
    """Return the tripwire device.

    Raises:
        DeviceNotFoundError: If an index other than 0 is given.
    """
    if index not in (None, 0):
        raise DeviceNotFoundError(f"get_device: there is one device '@tripwire', got index {index}")
    return TripwireDevice()
