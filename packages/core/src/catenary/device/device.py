"""What a device answers, and the one that is always there: NumPy on the host."""

from __future__ import annotations

import contextlib
import functools
import importlib
import tracemalloc
from collections.abc import Callable, Hashable, Sequence
from types import TracebackType
from typing import Any

import numpy as np

from catenary.device import current
from catenary.device.pieces import run_in_pieces
from catenary.errors import ArgumentTypeError
from catenary.types import Array, ArrayModule, Shape


class Device:
    """A place where arrays live.

    A device plugin derives from this class and gives `name`, `xp`, `supported_array_types`, `send_array`,
    `to_host` and `make_random`.

    Attributes:
        name: The specifier that `get_device` takes, such as `"@numpy"` or `"@cupy:0"`.
        xp: The module with NumPy's functions for arrays of this device.
        supported_array_types: The array classes of this device.
        cache_elements: How many elements at a time work over several arrays should take, so that they stay in the
            cache; None where that makes no difference.
        adds_in_order: Whether additions at an index array happen in a fixed order, as the setting `deterministic`
            wants.
    """

    name: str
    xp: ArrayModule
    supported_array_types: tuple[type, ...]
    cache_elements: int | None = None
    adds_in_order: bool = True

    _random: Any = None

    @functools.cached_property
    def kind(self) -> str:
        """The kind of device, such as "cupy" for `@cupy:0`."""
        return self.name.removeprefix("@").partition(":")[0]

    @property
    def random(self) -> Any:
        """The random generator of this device, with the methods of `numpy.random.Generator`."""
        if self._random is None:
            self._random = self.make_random(current.next_seed(self.name))
        return self._random

    @random.setter
    def random(self, generator: Any) -> None:
        self._random = generator

    def drop_mask(self, shape: Shape, ratio: float, dtype: Any) -> Array:
        """Return random factors for dropout: 0, or what keeps the expected value.

        Args:
            shape: Their shape.
            ratio: The probability of 0, below 1.
            dtype: Their dtype.
        """
        keep = self.random.random(shape, "float32") >= ratio
        return keep * np.dtype(dtype).type(1 / (1 - ratio))

    def library(self, name: str) -> Any:
        """Return the module of a library with functions for arrays of this device.

        Args:
            name: What it is called for NumPy arrays, such as `"scipy.special"`.

        Raises:
            ModuleNotFoundError: If it is not installed.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no library {name}")

    def make_random(self, seed: Any) -> Any:
        """Return a new generator for `seed` (an int or a `numpy.random.SeedSequence`)."""
        raise NotImplementedError(f"{type(self).__name__} gives no make_random")

    def send_array(self, array: Array) -> Array:
        """Return one array, moved here if it lives elsewhere."""
        raise NotImplementedError(f"{type(self).__name__} gives no send_array")

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        """Return one array of this device as a NumPy array."""
        raise NotImplementedError(f"{type(self).__name__} gives no to_host")

    def send(self, arrays: Any) -> Any:
        """Move arrays here, keeping the structure that holds them.

        Args:
            arrays: An array, or lists, tuples and dicts of them; None stays None.

        Returns:
            The same structure; arrays that are here already are not copied.
        """
        return map_arrays(self.send_array, arrays)

    def is_array_supported(self, array: Any) -> bool:
        """Return whether `array` lives on this device."""
        return isinstance(array, self.supported_array_types)

    def create_context(self) -> contextlib.AbstractContextManager[Any]:
        """Return a context in which new arrays of `xp` are made on this device."""
        return contextlib.nullcontext(self)

    def in_pieces(self, function: Callable[[slice], object], size: int) -> None:
        """Call a function for all of a range, in pieces that stay in the cache, maybe in several threads.

        Args:
            function: Gets a slice of the range; it must not call functions of Catenary, whose settings are a thread's.
            size: The length of the range.
        """
        function(slice(0, size))

    def run_elementwise(self, function: Callable[..., object], groups: Sequence[Sequence[Array]]) -> None:
        """Call a function with each group of arrays, maybe with all groups at once.

        Args:
            function: Gets `xp` and the arrays of a group, all of one shape, and changes some of them in place: each
                element for itself, by operators and functions of `xp`.
            groups: The groups; all have arrays of the same dtypes in the same places.
        """
        for arrays in groups:
            function(self.xp, *arrays)

    def captured(self, step: Callable[..., None], frozen: Callable[[], Hashable] = tuple) -> Callable[..., None]:
        """Return a function that does what `step` does, but may record its work on arrays once and replay it.

        Args:
            step: A function of arrays of this device that returns nothing: what it does is to change arrays in place,
                to report, and what goes through `catenary.device.repeating.each_time`.
            frozen: Returns what a recorded step takes from the host as it was; when it changes, the step is recorded
                anew.
        """
        return step

    def send_batch(self, arrays: Any) -> Any:
        """Move the arrays of a batch here, maybe while the device still works on the batch before.

        Args:
            arrays: What `send` takes.
        """
        return self.send(arrays)

    def synchronize(self) -> None:
        """Wait until all work that was given to this device is done; the host has none."""

    def used_bytes(self) -> int:
        """Return how many bytes arrays of this device take at the moment."""
        raise NotImplementedError(f"{type(self).__name__} gives no used_bytes")

    def profile_range(self, label: str) -> contextlib.AbstractContextManager[Any]:
        """Return a context that is a named range in the timeline of the device's profiler, if it has one."""
        return contextlib.nullcontext()

    def use(self) -> None:
        """Make this the current device of the thread."""
        current.set_device(self)

    def __enter__(self) -> Device:
        current.push_device(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        current.pop_device()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __str__(self) -> str:
        return self.name


class NumpyDevice(Device):
    """NumPy arrays in the memory of the host."""

    name = "@numpy"
    xp = np
    supported_array_types = (np.ndarray,)
    cache_elements: int = 2**17

    def in_pieces(self, function: Callable[[slice], object], size: int) -> None:
        run_in_pieces(function, size, self.cache_elements)

    def library(self, name: str) -> Any:
        return importlib.import_module(name)

    def used_bytes(self) -> int:
        """Return how many bytes have been allocated since the first call; from then on Python counts them."""
        if not tracemalloc.is_tracing():
            tracemalloc.start()
        return tracemalloc.get_traced_memory()[0]

    def make_random(self, seed: Any) -> np.random.Generator:
        return np.random.default_rng(seed)

    def send_array(self, array: Array) -> np.ndarray[Any, Any]:
        if isinstance(array, np.ndarray):
            return array
        from_device = current.device_of_type(type(array))
        if from_device is None:
            raise ArgumentTypeError(
                f"Device.send: expected an array (or lists, tuples, dicts of arrays), got {type(array).__name__}"
            )
        return from_device.to_host(array)

    def to_host(self, array: Array) -> np.ndarray[Any, Any]:
        return np.asarray(array)


def map_arrays(move: Callable[[Array], Array], arrays: Any) -> Any:
    """Apply `move` to each array inside lists, tuples and dicts."""
    if arrays is None:
        return None
    if isinstance(arrays, dict):
        return {key: map_arrays(move, value) for key, value in arrays.items()}
    if isinstance(arrays, tuple) and hasattr(arrays, "_fields"):  # a named tuple
        return type(arrays)(*(map_arrays(move, value) for value in arrays))
    if isinstance(arrays, list | tuple):
        return type(arrays)(map_arrays(move, value) for value in arrays)
    if isinstance(arrays, np.generic | float | int | bool):
        return move(np.asarray(arrays))
    return move(arrays)


HOST = NumpyDevice()
current.remember(HOST)
