"""What convolutional layers and their transposes share: filters whose channels may be known later."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import Link, Parameter
from catenary.errors import ArgumentError
from catenary_links.initializers import LeCunNormal
from catenary_links.sizes import checked_size

Sizes = int | tuple[int, ...]


class Filtering(Link):
    """The base of links with a bank of filters `W` and a bias `b`.

    A link that is called with two numbers alone, the number of outputs and the size of the filters, takes the number of
    input channels from its first call.

    Args:
        ndim: The number of axes of the images.
        in_channels: The number of input channels; if None, it is taken from the first call.
        out_channels: The number of outputs.
        ksize: The size of the filters.
        stride: The step between windows.
        pad: The padding.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.
        dilate: The step inside a window.
        groups: The number of groups into which channels and outputs are divided.
    """

    def __init__(
        self,
        ndim: int,
        in_channels: int | None,
        out_channels: int | None,
        ksize: Sizes | None,
        stride: Sizes,
        pad: Sizes,
        nobias: bool,
        initialW: Any,
        initial_bias: Any,
        dilate: Sizes,
        groups: int,
    ) -> None:
        super().__init__()
        if ksize is None:
            in_channels, out_channels, ksize = None, in_channels, out_channels
        name = type(self).__name__
        self.ndim = checked_size(name, "ndim", ndim)
        self.out_channels = checked_size(name, "out_channels", out_channels)
        self.ksize = filter_sizes(name, ksize, self.ndim)
        self.groups = checked_size(name, "groups", groups)
        self.stride, self.pad, self.dilate = stride, pad, dilate
        if self.out_channels % self.groups:
            raise ArgumentError(f"{name}: groups must divide out_channels, got {groups} and {out_channels}")
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias, self.out_channels)
        if in_channels is not None:
            self.initialize(checked_size(name, "in_channels", in_channels))

    def filter_shape(self, in_channels: int) -> tuple[int, ...]:
        """Return the shape of `W`."""
        return (self.out_channels, in_channels // self.groups, *self.ksize)

    def initialize(self, in_channels: int) -> None:
        """Make the filters for a number of input channels."""
        if in_channels % self.groups:
            raise ArgumentError(
                f"{type(self).__name__}: groups must divide in_channels, got {self.groups} and {in_channels}"
            )
        self.W.initialize(self.filter_shape(in_channels))
        self._in_channels = in_channels

    def filters_for(self, x: Any) -> Parameter:
        """Return the filters, made for the channels of `x` if they are not yet known."""
        if self.W._array is None:
            self.initialize(x.shape[1])
        return self.W

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        return int(out.size // out.shape[1] * self.W.size)

    @property
    def printable_specs(self) -> Any:
        """The sizes, for `repr`."""
        channels = getattr(self, "_in_channels", None)
        yield from (("in_channels", channels), ("out_channels", self.out_channels), ("ksize", self.ksize))
        yield from (("stride", self.stride), ("pad", self.pad), ("nobias", self.b is None))


def filter_sizes(name: str, ksize: Any, ndim: int) -> tuple[int, ...]:
    """Return the size of filters along each axis.

    Raises:
        ArgumentError: If it is not given, or for another number of axes, or not positive.
    """
    if ksize is None:
        raise ArgumentError(f"{name}: ksize must be given")
    sizes = (ksize,) * ndim if isinstance(ksize, int | np.integer) else tuple(ksize)
    if len(sizes) != ndim:
        raise ArgumentError(f"{name}: ksize must be a number or {ndim} numbers, got {ksize}")
    return tuple(checked_size(name, "ksize", size) for size in sizes)
