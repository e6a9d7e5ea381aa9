"""Blocks of convolutional networks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import catenary.functions as F
from catenary import Chain, ChainList, Link, Variable
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import DType
from catenary_links.convolution import Convolution2D
from catenary_links.linear import Linear
from catenary_links.normalization import BatchNormalization
from catenary_links.sizes import checked_size

Pair = int | tuple[int, int]


class Inception(Chain):
    """Convolutions of several sizes and pooling side by side: the block of GoogLeNet.

    Source: Szegedy et al., "Going Deeper with Convolutions" (2015).

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out1: The number of outputs of the 1x1 convolution.
        proj3: The number of channels before the 3x3 convolution.
        out3: The number of its outputs.
        proj5: The number of channels before the 5x5 convolution.
        out5: The number of its outputs.
        proj_pool: The number of channels after pooling.
        conv_init: The initializer of the filters.
        bias_init: The initializer of the biases.

    Attributes:
        conv1: The 1x1 convolution; `conv3`, `conv5`, `proj3`, `proj5` and `projp` accordingly.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Inception(3, 1, 2, 3, 2, 1, 2)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 7, 5, 5)
    """

    def __init__(
        self,
        in_channels: int | None,
        out1: int,
        proj3: int,
        out3: int,
        proj5: int,
        out5: int,
        proj_pool: int,
        conv_init: Any = None,
        bias_init: Any = None,
    ) -> None:
        sizes = {"out1": out1, "proj3": proj3, "out3": out3, "proj5": proj5, "out5": out5, "proj_pool": proj_pool}
        for name, outputs in sizes.items():
            checked_size("Inception", name, outputs)

        def convolution(inputs: int | None, outputs: int, size: int) -> Convolution2D:
            return Convolution2D(inputs, outputs, size, pad=size // 2, initialW=conv_init, initial_bias=bias_init)

        super().__init__(
            conv1=convolution(in_channels, out1, 1),
            proj3=convolution(in_channels, proj3, 1),
            conv3=convolution(proj3, out3, 3),
            proj5=convolution(in_channels, proj5, 1),
            conv5=convolution(proj5, out5, 5),
            projp=convolution(in_channels, proj_pool, 1),
        )

    def forward(self, x: Any) -> Variable:
        """Return the channels of all parts, joined.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        parts = (
            self["conv1"](x),
            self["conv3"](F.relu(self["proj3"](x))),
            self["conv5"](F.relu(self["proj5"](x))),
            self["projp"](F.max_pooling_2d(x, 3, stride=1, pad=1)),
        )
        return F.relu(F.concat(parts, 1))


class InceptionBN(Chain):
    """Convolutions of several sizes and pooling side by side, with batch normalization after each convolution.

    Source: Ioffe, Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
    Shift" (2015).

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call.
        out1: The number of outputs of the 1x1 convolution; 0 for none.
        proj3: The number of channels before the 3x3 convolution.
        out3: The number of its outputs.
        proj33: The number of channels before the two 3x3 convolutions.
        out33: The number of their outputs.
        pooltype: "max" or "avg".
        proj_pool: The number of channels after pooling; as they come if None.
        stride: The step of the last convolutions and of pooling.
        conv_init: The initializer of the filters.
        dtype: The dtype of the parameters of batch normalization; None for the setting `dtype`.

    Attributes:
        conv1: The 1x1 convolution; `proj3`, `conv3`, `proj33`, `conv33a`, `conv33b` and `poolp` accordingly.
        conv1n: The batch normalization after it; with an n after its name, that of each other one.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.InceptionBN(3, 1, 2, 3, 2, 1, "max", 2)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 7, 5, 5)
    """

    def __init__(
        self,
        in_channels: int | None,
        out1: int,
        proj3: int,
        out3: int,
        proj33: int,
        out33: int,
        pooltype: str,
        proj_pool: int | None = None,
        stride: int = 1,
        conv_init: Any = None,
        dtype: DType | None = None,
    ) -> None:
        if pooltype not in ("max", "avg"):
            raise ArgumentError(f"InceptionBN: pooltype must be 'max' or 'avg', got {pooltype!r}")
        if out1 > 0 and (stride != 1 or proj_pool is None):
            raise ArgumentError(
                f"InceptionBN: with out1, stride must be 1 and proj_pool be given, got {stride} and {proj_pool}"
            )
        super().__init__()
        self.out1, self.proj_pool, self.stride, self.pooltype = out1, proj_pool, stride, pooltype

        def add(name: str, inputs: int | None, outputs: int, size: int, step: int = 1) -> None:
            options = {"pad": size // 2, "nobias": True, "initialW": conv_init}
            self.add_link(name, Convolution2D(inputs, outputs, size, step, **options))
            self.add_link(f"{name}n", BatchNormalization(outputs, dtype=dtype))

        add("proj3", in_channels, proj3, 1)
        add("conv3", proj3, out3, 3, stride)
        add("proj33", in_channels, proj33, 1)
        add("conv33a", proj33, out33, 3)
        add("conv33b", out33, out33, 3, stride)
        if out1 > 0:
            add("conv1", in_channels, out1, 1)
        if proj_pool is not None:
            add("poolp", in_channels, proj_pool, 1)

    def _through(self, x: Any, *names: str) -> Any:
        """Return what some convolutions give one after the other."""
        for name in names:
            x = F.relu(self[f"{name}n"](self[name](x)))
        return x

    def forward(self, x: Any) -> Variable:
        """Return the channels of all parts, joined.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        parts = [self._through(x, "conv1")] if self.out1 > 0 else []
        parts += [self._through(x, "proj3", "conv3"), self._through(x, "proj33", "conv33a", "conv33b")]
        if self.pooltype == "max":
            pooled = F.max_pooling_2d(x, 3, self.stride, pad=1, cover_all=False)
        else:
            pooled = F.average_pooling_2d(x, 3, self.stride, pad=1)
        return F.concat([*parts, pooled if self.proj_pool is None else self._through(pooled, "poolp")], 1)


class MLPConvolution2D(ChainList):
    """A convolution followed by 1x1 convolutions: a small network at each place of the image.

    Source: Lin, Chen, Yan, "Network In Network" (2014).

    Args:
        in_channels: The number of input channels; if None, it is taken from the first call. Without `ksize`, the
            first two arguments are `out_channels` and `ksize`.
        out_channels: The numbers of outputs of all convolutions.
        ksize: The size of the filters of the first one: a number or (height, width).
        stride: Its step between windows.
        pad: Its padding with zeros.
        activation: The activation function after each convolution but the last one.
        conv_init: The initializer of the filters.
        bias_init: The initializer of the biases.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.MLPConvolution2D(3, (8, 4), 3, pad=1)(np.ones((2, 3, 5, 5), np.float32)).shape
        (2, 4, 5, 5)
    """

    def __init__(
        self,
        in_channels: Any,
        out_channels: Any,
        ksize: Pair | None = None,
        stride: Pair = 1,
        pad: Pair = 0,
        activation: Callable[[Any], Any] = F.relu,
        conv_init: Any = None,
        bias_init: Any = None,
    ) -> None:
        if ksize is None:
            in_channels, out_channels, ksize = None, in_channels, out_channels
        if not isinstance(out_channels, Sequence) or not out_channels:
            raise ArgumentTypeError(f"MLPConvolution2D: out_channels must be a tuple of sizes, got {out_channels!r}")
        options = {"initialW": conv_init, "initial_bias": bias_init}
        links: list[Link] = [Convolution2D(in_channels, out_channels[0], ksize, stride, pad, **options)]
        links += [Convolution2D(n, m, 1, **options) for n, m in itertools.pairwise(out_channels)]
        super().__init__(*links)
        self.activation = activation

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        y = self[0](x)
        for link in self[1:]:
            y = link(self.activation(y))
        return y  # type: ignore[no-any-return]


class SqueezeExcitation(Chain):
    """Weighs channels by gates that are computed from the means of all channels.

    Source: Hu, Shen, Sun, "Squeeze-and-Excitation Networks" (2018).

    Args:
        channels: The number of channels.
        ratio: How many times fewer units there are between the two layers.

    Attributes:
        squeeze: The linear layer from the means, with relu after it.
        excite: The linear layer to the gates, with sigmoid after it.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.SqueezeExcitation(8, ratio=4)(np.ones((2, 8, 5, 5), np.float32)).shape
        (2, 8, 5, 5)
    """

    squeeze: Linear
    excite: Linear

    def __init__(self, channels: int, ratio: int = 16) -> None:
        channels = checked_size("SqueezeExcitation", "channels", channels)
        units = max(channels // checked_size("SqueezeExcitation", "ratio", ratio), 1)
        super().__init__(squeeze=Linear(channels, units), excite=Linear(units, channels))

    def forward(self, x: Any) -> Variable:
        """Return the channels times their gates.

        Args:
            x: Images, shape (batch, channels, ...).
        """
        means = x if x.ndim == 2 else F.mean(x, tuple(range(2, x.ndim)))
        return F.scale(x, F.sigmoid(self.excite(F.relu(self.squeeze(means)))), 0)
