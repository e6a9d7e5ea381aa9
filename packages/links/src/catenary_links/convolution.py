"""Convolutional layers."""

from __future__ import annotations

from typing import Any, Self

import catenary.functions as F
from catenary import Variable, as_array
from catenary_links.filtering import Filtering, Sizes


class ConvolutionND(Filtering):
    """A convolutional layer over images of any number of axes.

    Args:
        ndim: The number of axes.
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number, or one for each axis.
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (outputs, channels / groups, *ksize).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.ConvolutionND(1, 3, 8, 3, pad=1)(np.ones((2, 3, 5), np.float32)).shape
        (2, 8, 5)
    """

    def __init__(
        self,
        ndim: int,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
        cover_all: bool = False,
        dilate: Sizes = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            ndim, in_channels, out_channels, ksize, stride, pad, nobias, initialW, initial_bias, dilate, groups
        )
        self.cover_all = cover_all

    @classmethod
    def from_params(
        cls, W: Any, b: Any = None, stride: Sizes = 1, pad: Sizes = 0, nobias: bool = False, **kwargs: Any
    ) -> Self:
        """Make a layer of given filters, which are copied.

        Args:
            W: Filters, shape (outputs, channels / groups, *ksize).
            b: Bias, shape (outputs,); zeros if None.
            stride: The step between windows.
            pad: The padding with zeros.
            nobias: Whether to leave the bias out.
            kwargs: Other arguments of the class: `dilate`, `groups`, and so on.

        Example:
            >>> import numpy as np, catenary.links as L
            >>> L.Convolution2D.from_params(np.ones((8, 3, 3, 3), np.float32), pad=1)(
            ...     np.ones((2, 3, 5, 5), np.float32)
            ... ).shape
            (2, 8, 5, 5)
        """
        W = as_array(W)
        given: dict[str, Any] = {"stride": stride, "pad": pad, "nobias": nobias, "initialW": W, **kwargs}
        if not issubclass(cls, Convolution1D | Convolution2D | Convolution3D):
            given["ndim"] = W.ndim - 2
        given["in_channels"] = W.shape[1] * kwargs.get("groups", 1)
        given["initial_bias"] = None if b is None else as_array(b)
        return cls(out_channels=W.shape[0], ksize=W.shape[2:], **given)

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, *size).
        """
        W = self.filters_for(x)
        return F.convolution_nd(x, W, self.b, self.stride, self.pad, self.cover_all, self.dilate, self.groups)


class Convolution1D(ConvolutionND):
    """A convolutional layer over sequences.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters.
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (outputs, channels / groups, ksize).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Convolution1D(3, 8, 3)(np.ones((2, 3, 5), np.float32)).shape
        (2, 8, 3)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
        cover_all: bool = False,
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
            initialW,
            initial_bias,
            cover_all,
            dilate,
            groups,
        )


class Convolution2D(ConvolutionND):
    """A convolutional layer over images.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call. Without `ksize`,
            the first two numbers are the number of outputs and the size.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (outputs, channels / groups, height, width).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Convolution2D(3, 8, 3, pad=1)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 8, 5, 5)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
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
            initialW,
            initial_bias,
            dilate=dilate,
            groups=groups,
        )


class DilatedConvolution2D(Convolution2D):
    """A convolutional layer over images whose filters have gaps: Convolution2D with `dilate` in another place.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call. Without `ksize`,
            the first two numbers are the number of outputs and the size.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        dilate: The step inside a window.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.

    Attributes:
        W: Filters, shape (outputs, channels, height, width).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.DilatedConvolution2D(3, 8, 3, dilate=2)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 8, 1, 1)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        pad: Sizes = 0,
        dilate: Sizes = 1,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__(in_channels, out_channels, ksize, stride, pad, nobias, initialW, initial_bias, dilate=dilate)


class Convolution3D(ConvolutionND):
    """A convolutional layer over volumes.

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (depth, height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        cover_all: Whether the last windows may reach past the end.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.

    Attributes:
        W: Filters, shape (outputs, channels / groups, depth, height, width).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Convolution3D(3, 8, 3)(np.ones((2, 3, 5, 5, 5), np.float32)).shape
        (2, 8, 3, 3, 3)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
        cover_all: bool = False,
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
            initialW,
            initial_bias,
            cover_all,
            dilate,
            groups,
        )
