"""Fourier transforms, of pairs of real and imaginary parts."""

from __future__ import annotations

from typing import Any

from catenary import Variable, several_outputs
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_same_shape

__all__ = ["fft", "ifft"]


def fft(x: tuple[Any, Any]) -> tuple[Variable, ...]:
    """Return the discrete Fourier transform along the last axis.

    Args:
        x: The real and the imaginary part, of the same shape.

    Returns:
        The real and the imaginary part.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> real, imag = F.fft((np.array([1.0, 1.0]), np.zeros(2)))
        >>> real.array
        array([2., 0.])
    """
    real, imag = x
    check_same_shape("fft", real, imag)
    return _transform(real, imag, False, "backward")


def ifft(x: tuple[Any, Any]) -> tuple[Variable, ...]:
    """Return the inverse of the discrete Fourier transform along the last axis.

    Args:
        x: The real and the imaginary part, of the same shape.

    Returns:
        The real and the imaginary part.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> real, imag = F.ifft((np.array([2.0, 0.0]), np.zeros(2)))
        >>> real.array
        array([1., 1.])
    """
    real, imag = x
    check_same_shape("ifft", real, imag)
    return _transform(real, imag, True, "backward")


@several_outputs(widens_half=True)
def _transform(xp: ArrayModule, real: Array, imag: Array, inverse: bool, norm: str) -> Any:
    y = (xp.fft.ifft if inverse else xp.fft.fft)(real + 1j * imag, norm=norm)
    return xp.real(y), xp.imag(y)


@_transform.joint_gradient
def _transform_gradients(gys: Any, inverse: bool, norm: str) -> Any:
    # The transposed map is the other transform; the factor, if there was one, stays where it is.
    real, imag = gys
    return _transform(real, imag, not inverse, "forward" if norm == "backward" else "backward")
