"""Convolutional layers whose filters differ: by channel, by place, or by where they look."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Chain, Link, Parameter, Variable
from catenary.errors import ArgumentError
from catenary_links.convolution import Convolution2D
from catenary_links.filtering import Sizes, filter_sizes
from catenary_links.initializers import LeCunNormal
from catenary_links.sizes import checked_size


class DepthwiseConvolution2D(Link):
    """A convolutional layer that filters each channel by itself.

    Args:
        in_channels: The number of channels; if None, it is taken from the first call.
        channel_multiplier: The number of outputs of each channel.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.

    Attributes:
        W: Filters, shape (multiplier, channels, height, width).
        b: Bias, shape (channels * multiplier,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.DepthwiseConvolution2D(3, 2, 3)(np.ones((1, 3, 5, 5), np.float32)).shape
        (1, 6, 3, 3)
    """

    def __init__(
        self,
        in_channels: int | None,
        channel_multiplier: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__()
        name = "DepthwiseConvolution2D"
        self.channel_multiplier = checked_size(name, "channel_multiplier", channel_multiplier)
        self.ksize, self.stride, self.pad = filter_sizes(name, ksize, 2), stride, pad
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias)
        if in_channels is not None:
            self._initialize(checked_size(name, "in_channels", in_channels))

    def _initialize(self, in_channels: int) -> None:
        self.W.initialize((self.channel_multiplier, in_channels, *self.ksize))
        if self.b is not None:
            self.b.initialize((in_channels * self.channel_multiplier,))

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        if self.W._array is None:
            self._initialize(x.shape[1])
        return F.depthwise_convolution_2d(x, self.W, self.b, self.stride, self.pad)

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        return int(out.size * self.W.shape[2] * self.W.shape[3])


class SeparableConvolution2D(Chain):
    """A convolutional layer in two: filters for each channel by itself, then a mixture of the channels at each place.

    Source: Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions" (2017).

    Args:
        in_channels: The number of channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        nobias: Whether to leave the bias out.
        initialW: The initializer of both weights; LeCunNormal by default.
        initial_bias: The initializer of the bias; zero by default.
        channel_multiplier: The number of filters of each channel.

    Attributes:
        depthwise: The filters, a `DepthwiseConvolution2D` without bias.
        pointwise: The mixture, a `Convolution2D` of size 1.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.SeparableConvolution2D(3, 8, 3, pad=1)(np.ones((1, 3, 5, 5), np.float32)).shape
        (1, 8, 5, 5)
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
        *,
        channel_multiplier: int = 1,
    ) -> None:
        super().__init__()
        checked_size("SeparableConvolution2D", "out_channels", out_channels)
        with self.init_scope():
            self.depthwise = DepthwiseConvolution2D(
                in_channels, channel_multiplier, ksize, stride, pad, nobias=True, initialW=initialW
            )
            self.pointwise = Convolution2D(
                None, out_channels, 1, nobias=nobias, initialW=initialW, initial_bias=initial_bias
            )
            if in_channels is not None:
                self.pointwise.initialize(in_channels * channel_multiplier)

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        y: Variable = self.pointwise(self.depthwise(x))
        return y


class LocalConvolution2D(Link):
    """A layer over images with filters of its own at each place.

    Args:
        in_channels: The number of channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        in_size: The size of the images: a number or (height, width); if None, it is taken from the first call.
        ksize: The size of the filters.
        stride: The step between windows.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.

    Attributes:
        W: Filters, shape (outputs, output height, output width, channels, height, width).
        b: Bias, shape (outputs, output height, output width), or None.

    Raises:
        ArgumentError: If the filters do not fit into the images.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.LocalConvolution2D(3, 2, 5, 3)(np.ones((1, 3, 5, 5), np.float32)).shape
        (1, 2, 3, 3)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        in_size: Sizes | None = None,
        ksize: Sizes | None = None,
        stride: Sizes = 1,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__()
        name = "LocalConvolution2D"
        self.out_channels = checked_size(name, "out_channels", out_channels)
        self.ksize, self.stride = filter_sizes(name, ksize, 2), filter_sizes(name, stride, 2)
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias)
        if in_channels is not None and in_size is not None:
            self._initialize(checked_size(name, "in_channels", in_channels), filter_sizes(name, in_size, 2))

    def _initialize(self, in_channels: int, in_size: tuple[int, ...]) -> None:
        out = tuple((n - k) // s + 1 for n, k, s in zip(in_size, self.ksize, self.stride))
        if min(out) < 1:
            raise ArgumentError(
                f"LocalConvolution2D: filters of {self.ksize} do not fit into images of {tuple(in_size)}"
            )
        self.W.initialize((self.out_channels, *out, in_channels, *self.ksize))
        if self.b is not None:
            self.b.initialize((self.out_channels, *out))

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        if self.W._array is None:
            self._initialize(x.shape[1], x.shape[2:])
        return F.local_convolution_2d(x, self.W, self.b, self.stride)


class DeformableConvolution2D(Chain):
    """A convolutional layer whose filters look where another convolution says.

    Source: Dai et al., "Deformable Convolutional Networks" (2017).

    Args:
        in_channels: The number of channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters: a number or (height, width).
        stride: The step between windows.
        pad: The padding with zeros.
        offset_nobias: Whether to leave the bias of the offsets out.
        offset_initialW: The initializer of the filters for offsets; LeCunNormal by default.
        offset_initial_bias: The initializer of the bias of the offsets; zero by default.
        deform_nobias: Whether to leave the bias out.
        deform_initialW: The initializer of the filters; LeCunNormal by default.
        deform_initial_bias: The initializer of the bias; zero by default.

    Attributes:
        offset_conv: The convolution that gives the offsets.
        deform_conv: The filters and the bias.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.DeformableConvolution2D(3, 2, 3, pad=1)(np.ones((1, 3, 5, 5), np.float32)).shape
        (1, 2, 5, 5)
    """

    def __init__(
        self,
        in_channels: int | None,
        out_channels: int,
        ksize: Sizes,
        stride: Sizes = 1,
        pad: Sizes = 0,
        offset_nobias: bool = False,
        offset_initialW: Any = None,
        offset_initial_bias: Any = None,
        deform_nobias: bool = False,
        deform_initialW: Any = None,
        deform_initial_bias: Any = None,
    ) -> None:
        super().__init__()
        sizes = filter_sizes("DeformableConvolution2D", ksize, 2)
        places = 2 * int(np.prod(sizes))
        with self.init_scope():
            self.offset_conv = Convolution2D(
                in_channels, places, sizes, stride, pad, offset_nobias, offset_initialW, offset_initial_bias
            )
            self.deform_conv = Convolution2D(
                in_channels, out_channels, sizes, stride, pad, deform_nobias, deform_initialW, deform_initial_bias
            )

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        conv = self.deform_conv
        return F.deformable_convolution_2d_sampler(
            x, self.offset_conv(x), conv.filters_for(x), conv.b, conv.stride, conv.pad
        )
