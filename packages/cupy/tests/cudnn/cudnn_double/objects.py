"""Handles and descriptors, and the arrays that descriptors and addresses stand for."""

from __future__ import annotations

import ctypes
import itertools
import math
from types import SimpleNamespace
from typing import Any

import numpy as np

BAD_PARAM, NOT_SUPPORTED, NO_MEMORY = 2000, 3000, 4004
FLOAT, DOUBLE = 0, 1
DTYPES = {FLOAT: np.float32, DOUBLE: np.float64, 2: np.float16}
CHANNELS_LAST = 1


class Refusal(Exception):
    """What a function returns in place of success.

    Args:
        status: The status.
        reason: What `cudnnGetLastErrorString` says.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def demand(holds: bool, reason: str) -> None:
    """Refuse a call where something does not hold."""
    if not holds:
        raise Refusal(BAD_PARAM, reason)


def dtype_of(number: int) -> Any:
    """Return a dtype by its number."""
    if number == 9:
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(DTYPES[number])


def memory(place: int, nbytes: int) -> np.ndarray:
    """Return memory as an array of bytes."""
    demand(bool(place), "an address is null")
    return np.frombuffer((ctypes.c_uint8 * nbytes).from_address(place), np.uint8)


def array(place: int, dtype: Any, shape: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """Return the array at an address; strides count elements."""
    dtype = np.dtype(dtype)
    extent = 1 + sum((n - 1) * s for n, s in zip(shape, strides))
    flat = memory(place, extent * dtype.itemsize).view(dtype)
    return np.lib.stride_tricks.as_strided(flat, shape, [s * dtype.itemsize for s in strides])


def packed(shape: tuple[int, ...], channels_last: bool = False) -> tuple[int, ...]:
    """Return the strides of a dense array, in elements."""
    if channels_last:
        shape = (shape[0], *shape[2:], shape[1])
    strides = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
    return (strides[0], strides[-1], *strides[1:-1]) if channels_last else strides


class Objects:
    """What was made and not destroyed.

    Attributes:
        objects: All handles and descriptors that live, by their addresses.
        made: How many of each kind were made.
    """

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[int, SimpleNamespace] = {}
        self.made: dict[str, int] = {}
        self._addresses = itertools.count(0x1000, 16)
        for kind in ("Tensor", "Filter", "Convolution", "Pooling", "Dropout", "RNN", "RNNData"):
            setattr(self, f"Create{kind}Descriptor", lambda out, kind=kind: self._create(kind, out))
            setattr(self, f"Destroy{kind}Descriptor", self.Destroy)

    def _create(self, kind: str, out: Any) -> None:
        address = next(self._addresses)
        self.made[kind] = self.made.get(kind, 0) + 1
        self.objects[address] = SimpleNamespace(kind=kind)
        out[0] = address

    def alive(self, kind: str) -> int:
        """Return how many objects of a kind live."""
        return sum(one.kind == kind for one in self.objects.values())

    def get(self, kind: str, address: int) -> SimpleNamespace:
        """Return an object, which must be of a kind."""
        one = self.objects.get(address)
        demand(one is not None and one.kind == kind, f"{address} is no {kind}")
        return one

    def Create(self, out: Any) -> None:
        self._create("handle", out)

    def Destroy(self, address: int) -> None:
        demand(address in self.objects, f"{address} was destroyed before")
        del self.objects[address]

    def SetStream(self, by: int, stream: int | None) -> None:
        self.get("handle", by).stream = stream

    def SetTensorNdDescriptor(self, what: int, dtype: int, count: int, shape: Any, strides: Any) -> None:
        one = self.get("Tensor", what)
        demand(2 <= count <= 8, f"{count} axes")
        one.shape, one.strides, one.dtype = tuple(shape[:count]), tuple(strides[:count]), dtype_of(dtype)
        demand(min(one.shape) > 0 and min(one.strides) > 0, f"{one.shape}, {one.strides}")

    def SetFilterNdDescriptor(self, what: int, dtype: int, order: int, count: int, shape: Any) -> None:
        one = self.get("Filter", what)
        one.shape, one.dtype = tuple(shape[:count]), dtype_of(dtype)
        one.strides = packed(one.shape, order == CHANNELS_LAST)

    def array(self, what: int, place: int, kind: str = "Tensor") -> np.ndarray:
        """Return the array of a descriptor at an address."""
        one = self.get(kind, what)
        return array(place, one.dtype, one.shape, one.strides)

    def store(self, what: int, place: int, found: np.ndarray, factors: tuple[int, int], kind: str = "Tensor") -> None:
        """Put a result into an array: factors[0] * result + factors[1] * what was there, as cuDNN does."""
        into = self.array(what, place, kind)
        demand(found.shape == into.shape, f"{found.shape} goes into {into.shape}")
        by, kept = (number(factor, into.dtype) for factor in factors)
        into[...] = by * found + (kept * into.astype(np.float64) if kept else 0)


def number(place: int, dtype: Any) -> float:
    """Return a factor: a double for doubles, a float for all else."""
    demand(bool(place), "a factor is null")
    kind = ctypes.c_double if np.dtype(dtype) == np.float64 else ctypes.c_float
    return float(kind.from_address(place).value)
