"""Initializers that draw random numbers, from the generator of the parameter's device unless another one is given.

The scale of LeCun, Glorot and He initializers comes from the number of inputs and outputs that a weight connects, so
that signals keep their size from layer to layer.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from catenary import Initializer, get_device_from_array
from catenary.errors import ArgumentError, ShapeError
from catenary.initializer import get_fans
from catenary.types import Array, DType, Shape


class _Random(Initializer):
    """Draws random numbers.

    Args:
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: A generator of NumPy or of the device's array module; None for that of the device.
    """

    def __init__(self, dtype: DType | None, rng: Any) -> None:
        super().__init__(dtype)
        self.rng = rng

    def generator(self, array: Array) -> Any:
        """Return the generator for an array."""
        return get_device_from_array(array).random if self.rng is None else self.rng


class Normal(_Random):
    """Draws from a normal distribution with mean 0.

    Args:
        scale: The standard deviation.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.

    Example:
        >>> import catenary
        >>> from catenary import initializers
        >>> catenary.Parameter(initializers.Normal(0.1), (2, 3)).shape
        (2, 3)
    """

    def __init__(self, scale: float = 0.05, dtype: DType | None = None, *, rng: Any = None) -> None:
        super().__init__(dtype, rng)
        self.scale = scale

    def deviation(self, shape: Shape) -> float:
        """Return the standard deviation for a parameter of this shape."""
        return self.scale

    def __call__(self, array: Array) -> None:
        array[...] = self.generator(array).standard_normal(array.shape) * self.deviation(array.shape)


class Uniform(Normal):
    """Draws evenly from an interval around 0.

    Args:
        scale: Half the length of the interval.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    def __call__(self, array: Array) -> None:
        bound = self.deviation(array.shape)
        array[...] = self.generator(array).random(array.shape) * (2 * bound) - bound


class _ByFans(Normal):
    """A scale from the number of inputs and outputs."""

    gain: ClassVar[float] = 1.0  # variance times number; three times as much for half a uniform interval

    def __init__(self, scale: float = 1.0, dtype: DType | None = None, *, rng: Any = None) -> None:
        super().__init__(scale, dtype, rng=rng)

    def count(self, shape: Shape) -> float:
        """Return the number by which the variance is divided."""
        return get_fans(shape)[0]

    def deviation(self, shape: Shape) -> float:
        return self.scale * math.sqrt(self.gain / max(self.count(shape), 1))


class LeCunNormal(_ByFans):
    """Draws from a normal distribution with variance scale^2 / inputs.

    Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp" (1998).

    Args:
        scale: A factor for the standard deviation.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.
    """


class LeCunUniform(LeCunNormal, Uniform):
    """Draws evenly, with the variance of `LeCunNormal`.

    Args:
        scale: A factor for the interval.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    gain = 3.0


class GlorotNormal(_ByFans):
    """Draws from a normal distribution with variance 2 scale^2 / (inputs + outputs).

    Source: Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).

    Args:
        scale: A factor for the standard deviation.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    def count(self, shape: Shape) -> float:
        return sum(get_fans(shape)) / 2


class GlorotUniform(GlorotNormal, Uniform):
    """Draws evenly, with the variance of `GlorotNormal`.

    Args:
        scale: A factor for the interval.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    gain = 3.0


class HeNormal(_ByFans):
    """Draws from a normal distribution with variance 2 scale^2 / inputs, for networks with relu.

    Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers" (2015).

    Args:
        scale: A factor for the standard deviation.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        fan_option: "fan_in" to divide by the inputs, "fan_out" by the outputs.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    gain = 2.0

    def __init__(
        self, scale: float = 1.0, dtype: DType | None = None, fan_option: str = "fan_in", *, rng: Any = None
    ) -> None:
        super().__init__(scale, dtype, rng=rng)
        if fan_option not in ("fan_in", "fan_out"):
            raise ArgumentError(f"{type(self).__name__}: fan_option must be 'fan_in' or 'fan_out', got {fan_option!r}")
        self.fan_option = fan_option

    def count(self, shape: Shape) -> float:
        return get_fans(shape)[self.fan_option == "fan_out"]


class HeUniform(HeNormal, Uniform):
    """Draws evenly, with the variance of `HeNormal`.

    Args:
        scale: A factor for the interval.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        fan_option: "fan_in" to divide by the inputs, "fan_out" by the outputs.
        rng: The generator to draw from; None for that of the parameter's device.
    """

    gain = 6.0


class Orthogonal(_Random):
    """Fills in an orthogonal matrix, times a factor; further axes count as columns.

    Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks" (2013).

    Args:
        scale: The factor.
        dtype: The dtype of the parameter; None for the setting `dtype`.
        mode: What the shape must be: "embedding" (orthogonal columns, at least as many rows), "projection" (orthogonal
            rows), "basis" (both), or "auto" for any.
        rng: The generator to draw from; None for that of the parameter's device.

    Example:
        >>> import numpy as np, catenary
        >>> from catenary import initializers
        >>> W = catenary.Parameter(initializers.Orthogonal(1.0), (2, 3)).array
        >>> abs(W @ W.T - np.eye(2)).max() < 1e-6
        np.True_
    """

    def __init__(self, scale: float = 1.1, dtype: DType | None = None, mode: str = "auto", *, rng: Any = None) -> None:
        super().__init__(dtype, rng)
        if mode not in ("embedding", "projection", "basis", "auto"):
            raise ArgumentError(f"Orthogonal: mode must be 'embedding', 'projection', 'basis' or 'auto', got {mode!r}")
        self.scale, self.mode = scale, mode

    def __call__(self, array: Array) -> None:
        if array.ndim == 0:
            raise ShapeError("Orthogonal: expected one axis or more, got a 0-d array")
        xp = get_device_from_array(array).xp
        rows, columns = len(array), math.prod(array.shape[1:])
        wrong = {"embedding": rows < columns, "projection": rows > columns, "basis": rows != columns}
        if wrong.get(self.mode, False):
            raise ShapeError(f"Orthogonal: mode {self.mode!r} does not fit shape {array.shape}")
        matrix = self.generator(array).standard_normal((rows, columns))
        q, r = xp.linalg.qr(matrix if rows >= columns else matrix.T)
        q = q * xp.sign(xp.diagonal(r))  # makes the draw even over all orthogonal matrices
        array[...] = (q if rows >= columns else q.T).reshape(array.shape) * self.scale
