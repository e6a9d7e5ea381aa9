"""Fully connected layers and look-up tables."""

from __future__ import annotations

import math
from typing import Any, Self

import catenary.functions as F
from catenary import Link, Parameter, Variable, as_array, as_variable
from catenary_links.initializers import LeCunNormal, Normal
from catenary_links.sizes import checked_size


class Linear(Link):
    """A fully connected layer: x W^T + b.

    Args:
        in_size: The number of inputs; if None, it is taken from the first call.
        out_size: The number of outputs. With one number alone, `Linear(n)`, that is the number of outputs.
        nobias: Whether to leave the bias out.
        initialW: The initializer of `W`; LeCunNormal by default.
        initial_bias: The initializer of `b`; zero by default.

    Attributes:
        W: Weight, shape (outputs, inputs).
        b: Bias, shape (outputs,), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Linear(3, 2)(np.ones((4, 3), np.float32)).shape
        (4, 2)
    """

    def __init__(
        self,
        in_size: int | None,
        out_size: int | None = None,
        nobias: bool = False,
        initialW: Any = None,
        initial_bias: Any = None,
    ) -> None:
        super().__init__()
        if out_size is None:
            in_size, out_size = None, in_size
        self.in_size, self.out_size = in_size, checked_size("Linear", "out_size", out_size)
        with self.init_scope():
            self.W = Parameter(LeCunNormal() if initialW is None else initialW)
            self.b = None if nobias else Parameter(0.0 if initial_bias is None else initial_bias, self.out_size)
        if in_size is not None:
            self._initialize_params(checked_size("Linear", "in_size", in_size))

    @classmethod
    def from_params(cls, W: Any, b: Any = None, nobias: bool = False) -> Self:
        """Make a layer of given weights, which are copied.

        Args:
            W: Weight, shape (outputs, inputs).
            b: Bias, shape (outputs,); zeros if None.
            nobias: Whether to leave the bias out.

        Example:
            >>> import numpy as np, catenary.links as L
            >>> L.Linear.from_params(np.ones((2, 3), np.float32), nobias=True)(np.ones((1, 3), np.float32)).array
            array([[3., 3.]], dtype=float32)
        """
        W = as_array(W)
        out_size, in_size = W.shape
        return cls(in_size, out_size, nobias, W, None if b is None else as_array(b))

    def _initialize_params(self, in_size: int) -> None:
        self.W.initialize((self.out_size, in_size))
        self.in_size = in_size

    def forward(self, x: Any, n_batch_axes: int = 1) -> Variable:
        """Return x W^T + b.

        Args:
            x: Input, shape (batch, ...).
            n_batch_axes: The number of batch axes.
        """
        if self.W._array is None:
            self._initialize_params(math.prod(as_variable(x).shape[n_batch_axes:]))
        return F.linear(x, self.W, self.b, n_batch_axes)

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        return int(out.size * self.W.shape[1])

    @property
    def printable_specs(self) -> Any:
        """The sizes, for `repr`."""
        yield from (("in_size", self.in_size), ("out_size", self.out_size), ("nobias", self.b is None))


class EmbedID(Link):
    """A look-up table of vectors.

    Args:
        in_size: The number of entries.
        out_size: The length of a vector.
        initialW: The initializer of `W`; normal with standard deviation 1 by default.
        ignore_label: An index that gives zeros.

    Attributes:
        W: The table, shape (entries, length).

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.EmbedID(10, 4)(np.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    def __init__(self, in_size: int, out_size: int, initialW: Any = None, ignore_label: int | None = None) -> None:
        super().__init__()
        self.ignore_label = ignore_label
        shape = (checked_size("EmbedID", "in_size", in_size), checked_size("EmbedID", "out_size", out_size))
        with self.init_scope():
            self.W = Parameter(Normal(1.0) if initialW is None else initialW, shape)

    @classmethod
    def from_params(cls, W: Any, ignore_label: int | None = None) -> Self:
        """Make a table of given vectors, which are copied.

        Args:
            W: The table, shape (entries, length).
            ignore_label: An index that gives zeros.

        Example:
            >>> import numpy as np, catenary.links as L
            >>> L.EmbedID.from_params(np.eye(2, dtype=np.float32))(np.array([1])).array
            array([[0., 1.]], dtype=float32)
        """
        W = as_array(W)
        in_size, out_size = W.shape
        return cls(in_size, out_size, W, ignore_label)

    def forward(self, x: Any) -> Variable:
        """Return the vectors of the entries.

        Args:
            x: Integers of any shape.
        """
        return F.embed_id(x, self.W, self.ignore_label)
