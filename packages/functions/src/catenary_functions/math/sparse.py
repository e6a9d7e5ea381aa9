"""Sparse matrices in coordinate form, and their products with dense ones."""

from __future__ import annotations

from typing import Any

from catenary import Variable, as_array, as_variable, get_array_module
from catenary.arithmetic import get_item, put_item
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.math.products import swapped

__all__ = ["CooMatrix", "sparse_matmul", "to_coo"]


class CooMatrix:
    """A sparse matrix, or a batch of them, in coordinate form: for each element its value, row and column.

    In a batch, matrices with fewer elements are filled up with zeros in row -1 and column -1.

    Args:
        data: The values, an array or a Variable of shape (elements,) or (batch, elements).
        row: The rows, integers of the same shape.
        col: The columns, integers of the same shape.
        shape: The shape of one matrix.
        order: "C" if elements are sorted by row, "F" if by column, otherwise "other" or None; it makes no difference.
        requires_grad: Whether an array `data` gets a gradient.

    Raises:
        ShapeError: If the shapes differ.

    Example:
        >>> import numpy as np
        >>> import catenary.functions as F
        >>> F.CooMatrix(np.array([5.0]), np.array([0]), np.array([1]), (1, 3)).to_dense().array
        array([[0., 5., 0.]])
    """

    def __init__(
        self,
        data: Any,
        row: Array,
        col: Array,
        shape: tuple[int, int],
        order: str | None = None,
        requires_grad: bool = False,
    ) -> None:
        if not data.shape == row.shape == col.shape or data.ndim not in (1, 2):
            raise ShapeError(
                f"CooMatrix: data, row and col must have one shape, (elements,) or (batch, elements), got "
                f"{data.shape}, {row.shape} and {col.shape}"
            )
        self.data = data if isinstance(data, Variable) else Variable(data, requires_grad=requires_grad)
        self.row, self.col, self.shape, self.order = row, col, tuple(shape), order

    def to_dense(self) -> Variable:
        """Return the matrix, or the batch of them, with its zeros."""
        lead = batch_index(self)
        return put_item(self.data, (*lead, self.row, self.col), (*self.data.shape[:-1], *self.shape))


def batch_index(a: CooMatrix) -> tuple[Array, ...]:
    """Return the index along the batch, if there is one."""
    xp = get_array_module(a.row)
    return (xp.arange(len(a.row))[:, None],) if a.row.ndim == 2 else ()


def to_coo(x: Any, ldnz: int | None = None, requires_grad: bool = False) -> CooMatrix:
    """Return a dense matrix, or a batch of them, in coordinate form.

    Args:
        x: An array of shape (m, n) or (batch, m, n).
        ldnz: The number of elements to fill up to; None for as few as there can be.
        requires_grad: Whether the values get a gradient.

    Raises:
        ShapeError: If `x` has another number of axes.
        ArgumentError: If there are more than `ldnz` elements.

    Example:
        >>> import numpy as np
        >>> import catenary.functions as F
        >>> a = F.to_coo(np.array([[0.0, 5.0], [6.0, 0.0]]))
        >>> a.row, a.col
        (array([0, 1]), array([1, 0]))
    """
    x = as_array(x)
    if x.ndim not in (2, 3):
        raise ShapeError(f"to_coo: x must have shape (m, n) or (batch, m, n), got {x.shape}")
    xp = get_array_module(x)
    matrices = [x] if x.ndim == 2 else list(x)
    places = [xp.nonzero(one) for one in matrices]
    longest = max((len(row) for row, _ in places), default=0)
    if ldnz is not None and ldnz < longest:
        raise ArgumentError(f"to_coo: ldnz must be at least {longest}, the number of elements, got {ldnz}")
    length = longest if ldnz is None else ldnz
    filled = [
        [_filled(xp, part, length, fill) for part, fill in ((one[row, col], 0), (row, -1), (col, -1))]
        for one, (row, col) in zip(matrices, places)
    ]
    data, row, col = filled[0] if x.ndim == 2 else (xp.stack(parts) for parts in zip(*filled))
    return CooMatrix(data, row, col, x.shape[-2:], "C", requires_grad)


def _filled(xp: ArrayModule, x: Array, length: int, fill: int) -> Array:
    return xp.pad(x, (0, length - len(x)), constant_values=fill)


def sparse_matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """Multiply a sparse matrix and a dense one, or batches of them.

    Args:
        a: The left one, shape (m, k) or (batch, m, k).
        b: The right one, shape (k, n) or (batch, k, n); one of both is a CooMatrix.
        transa: Whether the matrices of `a` are transposed first.
        transb: Whether the matrices of `b` are transposed first.

    Returns:
        A dense matrix, shape (m, n) or (batch, m, n).

    Raises:
        ArgumentTypeError: If not just one input is a CooMatrix.
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.sparse_matmul(F.to_coo(np.eye(2)), np.ones((2, 3))).shape
        (2, 3)
    """
    if isinstance(a, CooMatrix) == isinstance(b, CooMatrix):
        raise ArgumentTypeError(
            "sparse_matmul: one of a and b must be a CooMatrix and the other an array, got "
            f"{type(a).__name__} and {type(b).__name__}"
        )
    if isinstance(a, CooMatrix):
        return _product(a, transa, swapped(b) if transb else b)
    product: Variable = swapped(_product(b, not transb, a if transa else swapped(a)))
    return product


def _product(a: CooMatrix, trans: bool, dense: Any) -> Variable:
    row, col, (m, k) = (a.col, a.row, a.shape[::-1]) if trans else (a.row, a.col, a.shape)
    if dense.shape[:-1] != (*a.data.shape[:-1], k):
        raise ShapeError(
            f"sparse_matmul: for the sparse {'transposed ' * trans}matrices of shape {(*a.data.shape[:-1], m, k)}, the "
            f"others must begin with {(*a.data.shape[:-1], k)}, got {dense.shape}"
        )
    lead = batch_index(a)
    products = a.data.reshape((*a.data.shape, 1)) * get_item(as_variable(dense), (*lead, col))
    return put_item(products, (*lead, row), (*dense.shape[:-2], m, dense.shape[-1]))
