"""Initializers of filters that resize images by linear interpolation."""

from __future__ import annotations

from catenary import Initializer, get_device_from_array
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, DType


class UpsamplingDeconvFilter(Initializer):
    """Fills the filters of a deconvolution with those that enlarge images by linear interpolation.

    Channel i of the input goes to channel i of the output. A filter of length k is for the stride (k + 1) // 2.

    Source: Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015).

    Args:
        interpolation: "linear".
        dtype: The dtype of the parameter; None for the setting `dtype`.

    Raises:
        ArgumentError: If `interpolation` is another word.

    Example:
        >>> import catenary
        >>> from catenary import initializers
        >>> catenary.Parameter(initializers.UpsamplingDeconvFilter(), (1, 1, 4)).array
        array([[[0.25, 0.75, 0.75, 0.25]]], dtype=float32)
    """

    def __init__(self, interpolation: str = "linear", dtype: DType | None = None) -> None:
        super().__init__(dtype)
        if interpolation != "linear":
            raise ArgumentError(f"{type(self).__name__}: interpolation must be 'linear', got {interpolation!r}")
        self.interpolation = interpolation

    def share(self, stride: int) -> float:
        """Return the factor of each axis."""
        return 1.0

    def __call__(self, array: Array) -> None:
        channels, kernel = array.shape[:2], array.shape[2:]
        if len(set(kernel)) != 1 or not (channels[0] == channels[1] or channels[1] == 1):
            raise ShapeError(
                f"{type(self).__name__}: expected shape (channels, channels or 1, n, n, ...), got {array.shape}"
            )
        xp, n = get_device_from_array(array).xp, kernel[0]
        stride = (n + 1) // 2
        # A triangle around the middle of the filter; for an even length the middle lies between two elements.
        line = (1 - abs(xp.arange(n) - (n - 1) / 2) / stride) * self.share(stride)
        values = line
        for _ in kernel[1:]:
            values = values[..., None] * line
        same = xp.eye(channels[0]) if channels[0] == channels[1] else xp.ones(channels)
        array[...] = same.reshape(*channels, *[1] * len(kernel)) * values


class DownsamplingConvFilter(UpsamplingDeconvFilter):
    """Fills the filters of a convolution with those that make images smaller by linear interpolation.

    Channel i of the input goes to channel i of the output. A filter of length k is for the stride (k + 1) // 2.

    Source: Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015).

    Args:
        interpolation: "linear".
        dtype: The dtype of the parameter; None for the setting `dtype`.

    Raises:
        ArgumentError: If `interpolation` is another word.

    Example:
        >>> import catenary
        >>> from catenary import initializers
        >>> catenary.Parameter(initializers.DownsamplingConvFilter(), (1, 1, 4)).array
        array([[[0.125, 0.375, 0.375, 0.125]]], dtype=float32)
    """

    def share(self, stride: int) -> float:
        """Return the factor of each axis: the inverse of how many elements become one."""
        return 1.0 / stride
