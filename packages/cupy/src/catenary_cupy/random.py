"""Random numbers on a GPU, by a generator whose whole state is a key and a counter."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from catenary.device import Device
from catenary.device.repeating import is_recording, refuse_recording
from catenary.errors import ArgumentError
from catenary_cupy.capture import per_step

NAME = "Philox4x32-10"

#: Four words of 32 bits for each counter. The constants are those of the paper; see `Generator`.
PHILOX = """
__device__ void catenary_philox(unsigned long long counter, unsigned int k0, unsigned int k1, unsigned int* c) {
    c[0] = static_cast<unsigned int>(counter);
    c[1] = static_cast<unsigned int>(counter >> 32);
    c[2] = 0;
    c[3] = 0;
    for (int round = 0; round < 10; ++round) {
        const unsigned long long p = 0xD2511F53ull * c[0], q = 0xCD9E8D57ull * c[2];
        c[0] = static_cast<unsigned int>(q >> 32) ^ c[1] ^ k0;
        c[2] = static_cast<unsigned int>(p >> 32) ^ c[3] ^ k1;
        c[1] = static_cast<unsigned int>(q);
        c[3] = static_cast<unsigned int>(p);
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}
"""
#: What is made of the words c[0] to c[3]. The uniform numbers are multiples of 2**-24 or 2**-53 below 1.
DRAWS = {
    ("uniform", "float32"): "y = (c[0] >> 8) * 5.9604644775390625e-8f;",
    ("uniform", "float64"): "y = ((c[0] >> 5) * 67108864.0 + (c[1] >> 6)) * 1.1102230246251565e-16;",
    ("normal", "float32"): (
        "const float u = ((c[0] >> 8) + 1) * 5.9604644775390625e-8f;\n"
        "const float v = (c[1] >> 8) * 5.9604644775390625e-8f;\n"
        "y = sqrt(-2.0f * log(u)) * cos(6.283185307179586f * v);"
    ),
    ("normal", "float64"): (
        "const double u = ((c[0] >> 5) * 67108864.0 + (c[1] >> 6) + 1) * 1.1102230246251565e-16;\n"
        "const double v = ((c[2] >> 5) * 67108864.0 + (c[3] >> 6)) * 1.1102230246251565e-16;\n"
        "y = sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);"
    ),
    ("words", "uint64"): "y = (static_cast<unsigned long long>(c[1]) << 32) | c[0];",
}


@lru_cache
def _kernel(draw: str, dtype: str) -> Any:
    import cupy

    operation = f"unsigned int c[4];\ncatenary_philox(offset + i, k0, k1, c);\n{DRAWS[draw, dtype]}"
    return cupy.ElementwiseKernel(
        "uint64 offset, uint32 k0, uint32 k1", f"{dtype} y", operation, f"catenary_{draw}", preamble=PHILOX
    )


@lru_cache
def _mask_kernel() -> Any:
    import cupy

    uniform = DRAWS["uniform", "float32"].replace("y = ", "const float u = ")
    lines = "unsigned int c[4];", "catenary_philox(offset + i, k0, k1, c);", uniform
    operation = "\n".join([*lines, "y = u >= ratio ? value : static_cast<T>(0.0f);"])
    parameters = "uint64 offset, uint32 k0, uint32 k1, float32 ratio, T value"
    return cupy.ElementwiseKernel(parameters, "T y", operation, "catenary_mask", preamble=PHILOX)


class Generator:
    """The random generator of a GPU, with methods of `numpy.random.Generator`.

    Uniform, normal and exponential numbers, integers and permutations are drawn on the GPU; those of other
    distributions on the host, and sent.

    Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (2011).

    Args:
        device: The GPU.
        seed: Where the key comes from.
    """

    def __init__(self, device: Device, seed: np.random.SeedSequence) -> None:
        self._device = device
        self._key = [int(word) for word in seed.generate_state(2)]
        self._offset = 0

    @property
    def bit_generator(self) -> Generator:
        """What has the attribute `state`."""
        return self

    @property
    def state(self) -> dict[str, Any]:
        """The key, and how many counters are used up."""
        return {"bit_generator": NAME, "key": list(self._key), "offset": self._offset}

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        if state["bit_generator"] != NAME:
            raise ValueError(f"expected a state of {NAME}, got one of {state['bit_generator']}")
        first, second = state["key"]
        self._key, self._offset = [int(first), int(second)], int(state["offset"])

    # --- drawn on the GPU ---

    def random(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """Return numbers evenly spread over [0, 1)."""
        return self._draw("uniform", size, dtype, out)

    def standard_normal(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """Return numbers of mean 0 and deviation 1."""
        return self._draw("normal", size, dtype, out)

    def standard_exponential(
        self, size: Any = None, dtype: Any = np.float64, method: str = "inv", out: Any = None
    ) -> Any:
        """Return waiting times of mean 1; `method` is there as NumPy's, and changes nothing."""
        y = self._draw("uniform", size, dtype, out)
        return self._device.xp.negative(self._device.xp.log1p(-y), out=y)

    def normal(self, loc: Any = 0.0, scale: Any = 1.0, size: Any = None) -> Any:
        """Return normal numbers of a mean and a deviation."""
        return self._draw("normal", self._size(size, loc, scale), np.float64) * scale + loc

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Return numbers evenly spread over [low, high)."""
        return self._draw("uniform", self._size(size, low, high), np.float64) * (high - low) + low

    def exponential(self, scale: Any = 1.0, size: Any = None) -> Any:
        """Return waiting times of a mean."""
        return self.standard_exponential(self._size(size, scale)) * scale

    def integers(
        self, low: Any, high: Any = None, size: Any = None, dtype: Any = np.int64, endpoint: bool = False
    ) -> Any:
        """Return integers from `low` to below `high`; without a size, a number of the host."""
        low, high = (0, low) if high is None else (low, high)
        if size is None:
            return self._on_host().integers(low, high, dtype=dtype, endpoint=endpoint)
        count = int(high) + endpoint - int(low)
        if count <= 0:
            raise ArgumentError(f"Generator.integers: low must be below high, got {low} and {high}")
        # 64 random bits: what the remainder prefers is less than count / 2**64.
        drawn = self._draw("words", size, np.uint64) % np.uint64(count)
        return (drawn.astype(np.int64) + int(low)).astype(dtype)

    def permutation(self, x: Any, axis: int = 0) -> Any:
        """Return numbers below `x`, or the entries of an array, in random order."""
        xp = self._device.xp
        count = int(x) if np.ndim(x) == 0 and not hasattr(x, "shape") else x.shape[axis]
        order = xp.argsort(self._draw("words", count, np.uint64))
        return order if np.ndim(x) == 0 and not hasattr(x, "shape") else xp.take(x, order, axis=axis)

    def mask(self, size: Any, ratio: float, value: float, dtype: Any = np.float32) -> Any:
        """Return zeros with a probability, and a value elsewhere; they fall as `random` in float32 is below `ratio`.

        Args:
            size: The shape.
            ratio: The probability of zero.
            value: What stands elsewhere.
            dtype: Any floating-point dtype.
        """
        with self._device.create_context():
            out = self._device.xp.empty(size, dtype)
            _mask_kernel()(self._take(out.size), *self._words(), np.float32(ratio), np.dtype(dtype).type(value), out)
        return out

    # --- how ---

    def _draw(self, draw: str, size: Any, dtype: Any, out: Any = None) -> Any:
        xp, kind = self._device.xp, np.dtype(dtype)
        if (draw, kind.name) not in DRAWS:
            raise TypeError(f"Generator: dtype must be float32 or float64, got {kind.name}")
        shape = () if size is None and out is None else out.shape if size is None else size
        with self._device.create_context():
            if out is None:
                out = xp.empty(shape, kind)
            _kernel(draw, kind.name)(self._take(out.size), *self._words(), out)
        return out

    def _words(self) -> tuple[np.uint32, np.uint32]:
        return np.uint32(self._key[0]), np.uint32(self._key[1])

    def _take(self, count: int) -> Any:
        """Return the first of some unused counters: a number, or an array where a step is being recorded."""

        def compute() -> np.ndarray[Any, Any]:
            first, self._offset = self._offset, self._offset + count
            return np.asarray(first, np.uint64)

        if is_recording():
            return per_step(self._device, (), np.uint64, compute)
        return compute()[()]

    def _size(self, size: Any, *parameters: Any) -> Any:
        return np.broadcast_shapes(*(np.shape(p) for p in parameters)) if size is None else size

    def _on_host(self) -> np.random.Generator:
        """Return a generator of the host that continues this one."""
        refuse_recording("it draws random numbers on the host")
        seed = np.random.SeedSequence([*self._key, self._offset])
        self._offset += 1
        return np.random.default_rng(seed)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.random.Generator, name):
            raise AttributeError(name)

        def draw(*args: Any, **kwargs: Any) -> Any:
            to_host, send = self._device.to_host, self._device.send
            known = self._device.supported_array_types
            values = [to_host(a) if isinstance(a, known) else a for a in args]
            named = {key: to_host(a) if isinstance(a, known) else a for key, a in kwargs.items()}
            return send(getattr(self._on_host(), name)(*values, **named))

        return draw
