"""Convolutional layers."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Link, Parameter, Variable
from catenary.errors import ArgumentError
from catenary_links.initializers import LeCunNormal
from catenary_links.sizes import checked_size

Pair = int | tuple[int, int]


class Convolution2D(Link):
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
        ksize: Pair | None = None,
        stride: Pair = 1,
        pad: Pair = 0,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
        *,
        dilate: Pair = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        if ksize is None:
            in_channels, out_channels, ksize = None, in_channels, out_channels
        self.out_channels = checked_size("Convolution2D", "out_channels", out_channels)
        self.ksize = (ksize, ksize) if isinstance(ksize, int) else tuple(ksize or ())
        for size in self.ksize:
            checked_size("Convolution2D", "ksize", size)
        self.stride, self.pad, self.dilate, self.groups = stride, pad, dilate, groups
        if ksize is None or self.out_channels % groups:
            raise ArgumentError(
                f"Convolution2D: ksize must be given and groups divide out_channels, got ksize={ksize}, "
                f"groups={groups} and out_channels={out_channels}"
            )
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias, self.out_channels)
        if in_channels is not None:
            self._initialize(checked_size("Convolution2D", "in_channels", in_channels))

    def _initialize(self, in_channels: int) -> None:
        if in_channels % self.groups:
            raise ArgumentError(f"Convolution2D: groups must divide in_channels, got {self.groups} and {in_channels}")
        self.W.initialize((self.out_channels, in_channels // self.groups, *self.ksize))

    def forward(self, x: Any) -> Variable:
        """Return the filtered images.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        if self.W._array is None:
            self._initialize(x.shape[1])
        return F.convolution_2d(x, self.W, self.b, self.stride, self.pad, dilate=self.dilate, groups=self.groups)

    @property
    def printable_specs(self) -> Any:
        """The sizes, for `repr`."""
        channels = None if self.W.array is None else self.W.shape[1] * self.groups
        yield from (("in_channels", channels), ("out_channels", self.out_channels), ("ksize", self.ksize))
        yield from (("stride", self.stride), ("pad", self.pad), ("nobias", self.b is None))
