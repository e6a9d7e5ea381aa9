"""Layers with one number for each channel, or another axis: biases, factors, slopes."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Chain, Link, Parameter, Variable
from catenary.errors import ArgumentError
from catenary.types import Shape
from catenary_links.sizes import checked_shape


class Bias(Link):
    """Adds a parameter, or a second input, along some axes of the input.

    Args:
        axis: The first axis of the input that it is added along.
        shape: The shape of the parameter: the lengths of these axes. If None, there is no parameter, and a call takes
            two inputs.

    Attributes:
        b: What is added, shape `shape`; zero at first.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Bias(1, (3,))(np.ones((2, 3, 4), np.float32)).shape
        (2, 3, 4)
    """

    b: Parameter | None = None

    def __init__(self, axis: int = 1, shape: int | Shape | None = None) -> None:
        super().__init__()
        self.axis = axis
        if shape is not None:
            with self.init_scope():
                self.b = Parameter(0.0, checked_shape("Bias", "shape", shape))

    def forward(self, *xs: Any) -> Variable:
        """Return the sum.

        Args:
            xs: The input; without a parameter, also what is added.

        Raises:
            ArgumentError: If it is another number of inputs.
        """
        return F.bias(*_pair(self, xs, self.b), self.axis)


class Scale(Chain):
    """Multiplies by a parameter, or a second input, along some axes of the input.

    Args:
        axis: The first axis of the input that it works along.
        W_shape: The shape of the factors: the lengths of these axes. If None, there are none, and a call takes two
            inputs.
        bias_term: Whether a bias is added along the same axes.
        bias_shape: Its shape if there are no factors; otherwise it has that of the factors.

    Attributes:
        W: The factors, shape `W_shape`; one at first.
        bias: The `Bias`, if there is one.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Scale(1, (3,))(np.ones((2, 3, 4), np.float32)).shape
        (2, 3, 4)
    """

    W: Parameter | None = None
    bias: Bias | None = None

    def __init__(
        self,
        axis: int = 1,
        W_shape: int | Shape | None = None,
        bias_term: bool = False,
        bias_shape: int | Shape | None = None,
    ) -> None:
        super().__init__()
        self.axis = axis
        if bias_term and W_shape is None and bias_shape is None:
            raise ArgumentError("Scale: bias_shape must be given for a bias without W_shape, got None")
        if W_shape is not None:
            with self.init_scope():
                self.W = Parameter(1.0, checked_shape("Scale", "W_shape", W_shape))
        if bias_term:
            self.add_link("bias", Bias(axis, bias_shape if W_shape is None else W_shape))

    def forward(self, *xs: Any) -> Variable:
        """Return the product, plus the bias.

        Args:
            xs: The input; without a parameter, also the factors.

        Raises:
            ArgumentError: If it is another number of inputs.
        """
        y = F.scale(*_pair(self, xs, self.W), self.axis)
        return y if self.bias is None else self.bias(y)


def _pair(link: Link, xs: tuple[Any, ...], parameter: Parameter | None) -> tuple[Any, Any]:
    """Return the input and what is joined with it."""
    expected = 2 if parameter is None else 1
    if len(xs) != expected:
        raise ArgumentError(f"{type(link).__name__}: xs must be {expected} inputs, got {len(xs)}")
    return xs[0], xs[1] if parameter is None else parameter


class PReLU(Link):
    """Multiplies negative elements by slopes that are learnt.

    Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
    Classification" (2015).

    Args:
        shape: The shape of the slopes: the lengths of the axes from 1 on, such as (channels,); () for one slope.
        init: The initializer of the slopes.

    Attributes:
        W: The slopes, shape `shape`.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.PReLU()(np.array([[-1.0, 1.0]], np.float32)).array
        array([[-0.25,  1.  ]], dtype=float32)
    """

    def __init__(self, shape: int | Shape = (), init: Any = 0.25) -> None:
        super().__init__()
        with self.init_scope():
            self.W = Parameter(init, checked_shape("PReLU", "shape", shape))

    def forward(self, x: Any) -> Variable:
        """Return x, times the slopes where it is negative.

        Args:
            x: Input, shape (batch, channels, ...).
        """
        return F.prelu(x, self.W)


class Swish(Link):
    """Returns x sigmoid(beta x), where beta is learnt.

    Source: Ramachandran, Zoph, Le, "Searching for Activation Functions" (2017).

    Args:
        beta_shape: The shape of beta: the lengths of the axes from 1 on, such as (channels,); () for one number; None
            for all axes after the batch, taken from the first call.
        beta_init: The initializer of beta.

    Attributes:
        beta: How sharp the gates are, shape `beta_shape`.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Swish(())(np.array([[-1.0, 0.0, 1.0]], np.float32)).array.round(3)
        array([[-0.269,  0.   ,  0.731]], dtype=float32)
    """

    def __init__(self, beta_shape: int | Shape | None, beta_init: Any = 1.0) -> None:
        super().__init__()
        shape = None if beta_shape is None else checked_shape("Swish", "beta_shape", beta_shape)
        with self.init_scope():
            self.beta = Parameter(beta_init, shape)

    def forward(self, x: Any) -> Variable:
        """Return the gated input.

        Args:
            x: Input, shape (batch, channels, ...).
        """
        if self.beta._array is None:
            self.beta.initialize(x.shape[1:])
        return F.swish(x, self.beta)
