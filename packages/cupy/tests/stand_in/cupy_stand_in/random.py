"""Random generators with the methods that CuPy's have; the numbers are NumPy's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import run
from cupy_stand_in.interface import bind, entry, names
from cupy_stand_in.streams import capturing, refuse_transfer

#: Methods that send the parameters of the distribution to the device.
_SEND = {
    "beta", "binomial", "chisquare", "dirichlet", "f", "gamma", "geometric", "hypergeometric", "logseries", "poisson",
    "power", "standard_gamma",
}  # fmt: skip
#: Methods that take a type in CuPy, and none in NumPy.
_CAST = {"beta", "uniform"}


class BitGenerator:
    """The bits; their state lies on the device and cannot be read.

    Args:
        seed: An integer, or a `numpy.random.SeedSequence`.
        size: How many threads draw at once.
    """

    def __init__(self, seed: Any = None, *, size: int = -1) -> None:
        self._bits = np.random.PCG64(seed)


class XORWOW(BitGenerator):
    """One kind of bits."""


class MRG32k3a(BitGenerator):
    """One kind of bits."""


class Philox4x3210(BitGenerator):
    """One kind of bits."""


class Generator:
    """Draws arrays."""

    def __init__(self, bit_generator: BitGenerator) -> None:
        self.bit_generator = bit_generator
        self._host = np.random.Generator(bit_generator._bits)


def default_rng(seed: Any = None) -> Generator:
    """Return a new generator."""
    if isinstance(seed, BitGenerator):
        return Generator(seed)
    return seed if isinstance(seed, Generator) else Generator(XORWOW(seed))


def _draw(host: Any, bits: Any, name: str, args: Any, kwargs: Any) -> Any:
    """Draw an array; during a capture nothing is drawn from the generator itself, only by launches of the graph."""

    def compute(*args: Any, **kwargs: Any) -> Any:
        return np.asarray(getattr(host, name)(*args, **kwargs))

    state = bits.state
    found = run(compute, *args, writes=kwargs.get("out") is not None, **kwargs)
    if capturing() is not None:
        bits.state = state
    return found


def _method(name: str) -> Callable[..., Any]:
    def method(self: Generator, *args: Any, **kwargs: Any) -> Any:
        bound = bind("cupy.random.Generator", name, args, kwargs)
        if name in _SEND:
            refuse_transfer("H2D")
        dtype = bound.arguments.get("dtype")
        if dtype is not None and (name in _CAST or np.dtype(dtype) == np.float16):
            if name.startswith("standard") and np.dtype(dtype) == np.float16:
                raise TypeError(f"Unsupported dtype float16 for {name}")
            del bound.arguments["dtype"]
            return _draw(self._host, self._host.bit_generator, name, bound.args, bound.kwargs).astype(dtype)
        return _draw(self._host, self._host.bit_generator, name, args, kwargs)

    method.__name__ = name
    return method


for _name in names("cupy.random.Generator", "function"):
    setattr(Generator, _name, _method(_name))
for _class in (BitGenerator, XORWOW, MRG32k3a, Philox4x3210, Generator):
    _class.__module__ = "cupy.random"

_global = np.random.RandomState()


def legacy(name: str) -> Callable[..., Any]:
    """Return a function of `cupy.random` that draws from its global generator."""
    entry("cupy.random", name)
    if not hasattr(_global, name):
        raise AttributeError(f"cupy.random.{name} is in CuPy, but not in its stand-in")

    def draw(*args: Any, **kwargs: Any) -> ndarray | None:
        bound = bind("cupy.random", name, args, kwargs)
        dtype = bound.arguments.pop("dtype", None)
        if name == "seed":
            _global.seed(*args, **kwargs)
            return None
        found = _draw(_global, _global._bit_generator, name, bound.args, bound.kwargs)
        return found if dtype is None else found.astype(dtype)  # type: ignore[no-any-return]

    return draw
