"""Transposes of convolutional layers."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Variable
from catenary_links.filtering import Filtering, Sizes


class DeconvolutionND(Filtering):
    """The transpose of a convolutional layer over images of any number of axes.

    Args:
        ndim: The number of axes.
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number, or one for each axis.
        stride: The step between windows of the output.
        pad: How much is cut off the output.
        nobias: Whether to leave the bias out.
        outsize: The size of the output; the smallest that fits if None.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (channels, outputs / groups, *ksize).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.DeconvolutionND(1, 3, 8, 4, stride=2, pad=1)(np.ones((2, 3, 5), np.float32)).shape
        (2, 8, 10)
    """

    output_axis = 1  # of W: what link hooks on weights take for the outputs

    def __init__(
        self,
        ndim: int,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        outsize: Sizes | None = None,
        initialW: Any = None,
        initial_bias: Any = None,
        dilate: Sizes = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            ndim, in_channels, out_channels, ksize, stride, pad, nobias, initialW, initial_bias, dilate, groups
        )
        self.outsize = outsize

    def filter_shape(self, in_channels: int) -> tuple[int, ...]:
        return (in_channels, self.out_channels // self.groups, *self.ksize)

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        return int(args[0].size // args[0].shape[1] * self.W.size)

    def forward(self, x: Any) -> Variable:
        """Return the images that filters spread.

        Args:
            x: Images, shape (batch, channels, *size).
        """
        W = self.filters_for(x)
        return F.deconvolution_nd(x, W, self.b, self.stride, self.pad, self.outsize, self.dilate, self.groups)


class Deconvolution1D(DeconvolutionND):
    """The transpose of a convolutional layer over sequences.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters.
        stride: The step between windows of the output.
        pad: How much is cut off the output.
        nobias: Whether to leave the bias out.
        outsize: The size of the output; the smallest that fits if None.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (channels, outputs / groups, length).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Deconvolution1D(3, 8, 4, stride=2, pad=1)(np.ones((2, 3, 5), np.float32)).shape
        (2, 8, 10)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        outsize: Sizes | None = None,
        initialW: Any = None,
        initial_bias: Any = None,
        dilate: Sizes = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            1,
            in_channels,
            out_channels,
            ksize,
            stride,
            pad,
            nobias,
            outsize,
            initialW,
            initial_bias,
            dilate,
            groups,
        )


class Deconvolution2D(DeconvolutionND):
    """The transpose of a convolutional layer over images.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call. Without `ksize`,
            the first two numbers are the number of outputs and the size.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows of the output.
        pad: How much is cut off the output.
        nobias: Whether to leave the bias out.
        outsize: The size of the output; the smallest that fits if None.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (channels, outputs / groups, height, width).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Deconvolution2D(3, 8, 4, stride=2, pad=1)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 8, 10, 10)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        outsize: Sizes | None = None,
        initialW: Any = None,
        initial_bias: Any = None,
        *,
        dilate: Sizes = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            2,
            in_channels,
            out_channels,
            ksize,
            stride,
            pad,
            nobias,
            outsize,
            initialW,
            initial_bias,
            dilate,
            groups,
        )


class Deconvolution3D(DeconvolutionND):
    """The transpose of a convolutional layer over volumes.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (depth, height, width).
        stride: The step between windows of the output.
        pad: How much is cut off the output.
        nobias: Whether to leave the bias out.
        outsize: The size of the output; the smallest that fits if None.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (channels, outputs / groups, depth, height, width).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Deconvolution3D(3, 8, 4, stride=2, pad=1)(np.ones((2, 3, 2, 2, 2), np.float32)).shape
        (2, 8, 4, 4, 4)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        outsize: Sizes | None = None,
        initialW: Any = None,
        initial_bias: Any = None,
        dilate: Sizes = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            3,
            in_channels,
            out_channels,
            ksize,
            stride,
            pad,
            nobias,
            outsize,
            initialW,
            initial_bias,
            dilate,
            groups,
        )
