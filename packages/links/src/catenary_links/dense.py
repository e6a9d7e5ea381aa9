"""Layers around a matrix product that are more than linear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catenary.functions as F
from catenary import Chain, Link, Parameter, Variable
from catenary.errors import ArgumentTypeError, ShapeError
from catenary.types import Array
from catenary.variable import is_array
from catenary_links.initializers import LeCunNormal
from catenary_links.linear import Linear
from catenary_links.sizes import checked_ratio, checked_size


class Bilinear(Link):
    """Weighs all products of a feature of one input with a feature of another, and adds linear terms.

    Source: Socher, Chen, Manning, Ng, "Reasoning With Neural Tensor Networks for Knowledge Base Completion" (2013).

    Args:
        left_size: The number of features of the first input.
        right_size: The number of features of the second input.
        out_size: The number of outputs.
        nobias: Whether to leave the linear terms and the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializers of `V1`, `V2` and `b`; LeCunNormal twice and zero by default.

    Attributes:
        W: Weights of the pairs, shape (left, right, outputs).
        V1: Weights of the first input alone, shape (left, outputs), or None.
        V2: Weights of the second input alone, shape (right, outputs), or None.
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Bilinear(2, 3, 4)(np.ones((5, 2), np.float32), np.ones((5, 3), np.float32)).shape
        (5, 4)
    """

    V1: Parameter | None = None
    V2: Parameter | None = None
    b: Parameter | None = None

    def __init__(
        self,
        left_size: int,
        right_size: int,
        out_size: int,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: tuple[Any, Any, Any] | None = None,
    ) -> None:
        super().__init__()
        sizes = {"left_size": left_size, "right_size": right_size, "out_size": out_size}
        left, right, out = (checked_size("Bilinear", name, size) for name, size in sizes.items())
        if initial_bias is not None and not (isinstance(initial_bias, tuple) and len(initial_bias) == 3):
            raise ArgumentTypeError(f"Bilinear: initial_bias must be a tuple of three, or None, got {initial_bias!r}")
        V1, V2, b = initial_bias or (LeCunNormal(), LeCunNormal(), 0.0)
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW, (left, right, out))
            if not nobias:
                self.V1, self.V2 = Parameter(V1, (left, out)), Parameter(V2, (right, out))
                self.b = Parameter(b, out)

    def forward(self, e1: Any, e2: Any) -> Variable:
        """Return the weighted products plus the linear terms.

        Args:
            e1: First input, shape (batch, ...); the axes after the batch are taken as one.
            e2: Second input, shape (batch, ...).
        """
        return F.bilinear(e1, e2, self.W, self.V1, self.V2, self.b)


class Highway(Chain):
    """A fully connected layer with gates that let the input through: t g(plain(x)) + (1 - t) x.

    Source: Srivastava, Greff, Schmidhuber, "Highway Networks" (2015).

    Args:
        in_out_size: The number of inputs, and of outputs.
        nobias: Whether to leave the biases out.
        activate: The activation function g.
        init_Wh: The initializer of the weights of `plain`.
        init_Wt: The initializer of the weights of `transform`.
        init_bh: The initializer of the bias of `plain`; zero by default.
        init_bt: The initializer of the bias of `transform`; a negative number lets more of the input through at first.

    Attributes:
        plain: The linear layer.
        transform: The linear layer of the gates t, with sigmoid after it.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Highway(3)(np.ones((4, 3), np.float32)).shape
        (4, 3)
    """

    plain: Linear
    transform: Linear

    def __init__(
        self,
        in_out_size: int,
        nobias: bool = False,
        activate: Callable[[Any], Any] = F.relu,
        init_Wh: Any = None,
        init_Wt: Any = None,
        init_bh: Any = None,
        init_bt: Any = -1,
    ) -> None:
        size = checked_size("Highway", "in_out_size", in_out_size)
        super().__init__(
            plain=Linear(size, size, nobias, init_Wh, init_bh), transform=Linear(size, size, nobias, init_Wt, init_bt)
        )
        self.activate = activate

    def forward(self, x: Any) -> Variable:
        """Return the mixture.

        Args:
            x: Input, shape (batch, inputs).
        """
        return F.linear_interpolate(F.sigmoid(self.transform(x)), self.activate(self.plain(x)), x)


class Maxout(Chain):
    """A fully connected layer that returns the largest of several linear maps for each output.

    Source: Goodfellow et al., "Maxout Networks" (2013).

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of outputs.
        pool_size: The number of linear maps for each output.
        initialW: The initializer of the weights, or an array of shape (outputs, maps, inputs); LeCunNormal by default.
        initial_bias: The initializer of the biases, or an array of shape (outputs, maps); None for no bias.

    Attributes:
        linear: The linear layer to all maps: those of the first output, of the second one, ...

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Maxout(3, 2, 4)(np.ones((5, 3), np.float32)).shape
        (5, 2)
    """

    linear: Linear

    def __init__(
        self, in_size: int | None, out_size: int, pool_size: int, initialW: Any = None, initial_bias: Any = 0
    ) -> None:
        out = checked_size("Maxout", "out_size", out_size)
        self.pool_size = checked_size("Maxout", "pool_size", pool_size)
        weight = _joined("initialW", initialW, (out, pool_size), 3)
        bias = _joined("initial_bias", initial_bias, (out, pool_size), 2)
        super().__init__(linear=Linear(in_size, out * pool_size, initial_bias is None, weight, bias))
        self.out_size = out

    def forward(self, x: Any) -> Variable:
        """Return the largest of the maps.

        Args:
            x: Input, shape (batch, ...).
        """
        return F.maxout(self.linear(x), self.pool_size)


def _joined(argument: str, initial: Any, sizes: tuple[int, int], ndim: int) -> Any:
    """Return an initializer for all maps side by side: arrays have one axis for outputs and one for maps."""
    if not is_array(initial) or initial.ndim == 0:
        return initial
    if initial.ndim != ndim or initial.shape[:2] != sizes:
        rest = ", inputs" if ndim == 3 else ""
        raise ShapeError(f"Maxout: {argument} must have shape ({sizes[0]}, {sizes[1]}{rest}), got {initial.shape}")
    joined: Array = initial.reshape(sizes[0] * sizes[1], *initial.shape[2:])
    return joined


class SimplifiedDropconnect(Link):
    """A fully connected layer whose weights are set to zero at random, and scaled up otherwise.

    Source: Wan et al., "Regularization of Neural Networks using DropConnect" (2013), without its noise at test time.

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of outputs.
        ratio: The probability of zero, at least 0 and below 1.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.

    Attributes:
        W: Weight, shape (outputs, inputs).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.SimplifiedDropconnect(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(
        self,
        in_size: int | None,
        out_size: int,
        ratio: float = 0.5,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__()
        self.out_size = checked_size("SimplifiedDropconnect", "out_size", out_size)
        self.ratio = checked_ratio("SimplifiedDropconnect", "ratio", ratio)
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias, self.out_size)
        if in_size is not None:
            self.W.initialize((self.out_size, checked_size("SimplifiedDropconnect", "in_size", in_size)))

    def forward(
        self, x: Any, train: bool = True, mask: Array | None = None, use_batchwise_mask: bool = True
    ) -> Variable:
        """Return x W^T + b with weights that are zero at random.

        Args:
            x: Input, shape (batch, ...).
            train: Whether weights are zero; otherwise it is `Linear`, whatever the setting `train` says.
            mask: 1 where weights stay and 0 elsewhere, shape (batch, outputs, inputs) or (outputs, inputs); drawn if
                None.
            use_batchwise_mask: Whether each example has a mask of its own.
        """
        if self.W._array is None:
            self.W.initialize((self.out_size, x.size // len(x)))
        return F.simplified_dropconnect(x, self.W, self.b, self.ratio, train, mask, use_batchwise_mask)
