"""Products of vectors, matrices, stacks of them, and tensors."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

from catenary import Variable, function
from catenary.arithmetic import matmul as _matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Arrays

__all__ = ["batch_matmul", "einsum", "matmul", "tensordot"]


def matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """Multiply matrices, or stacks of them.

    Args:
        a: The left one, shape (..., m, k).
        b: The right one, shape (..., k, n).
        transa: Whether the last two axes of `a` are swapped first.
        transb: Whether the last two axes of `b` are swapped first.

    Returns:
        Shape (..., m, n).

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.matmul(np.ones((2, 3)), np.ones((4, 3)), transb=True).shape
        (2, 4)
    """
    return _matmul(swapped(a) if transa else a, swapped(b) if transb else b)


def swapped(x: Any) -> Any:
    """Return matrices with their axes swapped; a vector as it is."""
    return x.transpose((*range(x.ndim - 2), x.ndim - 1, x.ndim - 2)) if x.ndim > 1 else x


def batch_matmul(a: Any, b: Any, transa: bool = False, transb: bool = False) -> Variable:
    """Multiply the matrices of two batches; examples that are vectors are taken as columns.

    Args:
        a: The left ones, shape (batch, m, k) or (batch, m).
        b: The right ones, shape (batch, k, n) or (batch, k).
        transa: Whether the matrices of `a` are transposed first.
        transb: Whether the matrices of `b` are transposed first.

    Returns:
        Shape (batch, m, n).

    Raises:
        ShapeError: If an input has another number of axes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.batch_matmul(np.ones((5, 2, 3)), np.ones((5, 3))).shape
        (5, 2, 1)
    """
    for argument, x in (("a", a), ("b", b)):
        if x.ndim not in (2, 3):
            raise ShapeError(f"batch_matmul: {argument} must have 2 or 3 axes, got shape {x.shape}")
    a, b = (x if x.ndim == 3 else x.reshape((*x.shape, 1)) for x in (a, b))
    return matmul(a, b, transa, transb)


def tensordot(a: Any, b: Any, axes: int | Sequence[Any] = 2) -> Variable:
    """Sum the products of elements over some axes of two tensors.

    Args:
        a: Input of any shape.
        b: Input of any shape.
        axes: How many of the last axes of `a` meet the first ones of `b`; or two axes, or two lists of axes, one
            for each input.

    Returns:
        The shape is the other axes of `a`, then those of `b`.

    Raises:
        ShapeError: If axes that meet differ in length.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.tensordot(np.ones((2, 3, 4)), np.ones((4, 3, 5)), axes=([1, 2], [1, 0])).shape
        (2, 5)
    """
    of_a, of_b = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    over_a, over_b = ([of] if isinstance(of, int) else list(of) for of in (of_a, of_b))
    met = [x.shape[i] for x, over in ((a, over_a), (b, over_b)) for i in over if -x.ndim <= i < x.ndim]
    if len(over_a) != len(over_b) or met[: len(over_a)] != met[len(over_a) :]:
        raise ShapeError(f"tensordot: axes {axes} must have equal lengths, got shapes {a.shape} and {b.shape}")
    free_a, free_b = ([i for i in range(x.ndim) if i not in _positive(x, o)] for x, o in ((a, over_a), (b, over_b)))
    shape_a, shape_b = (tuple(x.shape[i] for i in free) for x, free in ((a, free_a), (b, free_b)))
    k = math.prod(met[: len(over_a)])
    left = a.transpose((*free_a, *over_a)).reshape((math.prod(shape_a), k))
    right = b.transpose((*over_b, *free_b)).reshape((k, math.prod(shape_b)))
    return _matmul(left, right).reshape((*shape_a, *shape_b))


def _positive(x: Any, axes: list[int]) -> list[int]:
    return [i % x.ndim for i in axes]


def einsum(*operands: Any) -> Variable:
    """Sum products of elements over the axes that letters name: the convention of Einstein.

    Args:
        operands: The letters of the axes, as in "ij,jk->ik" (with "..." for any axes, and without "->" for all
            letters that stand once, in alphabetical order), and the inputs. Or each input followed by a list of
            numbers in place of letters, and such a list for the result at the end.

    Raises:
        ArgumentError: If the letters do not fit the inputs.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.einsum("bij,bjk->bik", np.ones((5, 2, 3)), np.ones((5, 3, 4))).shape
        (5, 2, 4)
    """
    if not operands or not isinstance(operands[0], str):
        operands = _with_letters(operands)
    text, *xs = operands
    terms, out = _terms(text, xs)
    return _einsum(xs, terms, out)


def _with_letters(operands: Sequence[Any]) -> tuple[Any, ...]:
    def letters(axes: Any) -> str:
        return "".join("..." if i is Ellipsis else string.ascii_letters[i] for i in axes)

    text = ",".join(map(letters, operands[1::2]))
    if len(operands) % 2:
        return f"{text}->{letters(operands[-1])}", *operands[:-1:2]
    return text, *operands[::2]


def _terms(text: str, xs: Sequence[Any]) -> tuple[list[str], str]:
    """Return the letters of each input and of the result, with letters in place of "..."."""
    left, arrow, out = text.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(xs) or not xs:
        raise ArgumentError(f"einsum: {text!r} must name the axes of each input, got {len(xs)} inputs")
    widths = [x.ndim - len(term.replace("...", "")) for term, x in zip(terms, xs)]
    for term, x, width in zip(terms, xs, widths):
        if width < 0 or (width and "..." not in term):
            raise ArgumentError(f"einsum: {term!r} must name the axes of an input of shape {x.shape}")
    free = "".join(c for c in string.ascii_letters if c not in text)[: max(widths)]
    terms = [term.replace("...", free[len(free) - width :]) for term, width in zip(terms, widths)]
    if arrow:
        return terms, out.replace("...", free)
    named = "".join(terms)
    return terms, free + "".join(c for c in sorted(set(named)) if named.count(c) == 1 and c not in free)


@function(widens_half=True)
def _einsum(xp: ArrayModule, xs: Arrays, terms: list[str], out: str) -> Array:
    return xp.einsum(f"{','.join(terms)}->{out}", *xs, optimize=True)


def _einsum_gxs(gy: Any, xs: Any, terms: list[str], out: str, xp: ArrayModule) -> list[Any]:
    sizes: dict[str, int] = {}
    for term, x in zip(terms, xs):
        sizes.update((c, n) for c, n in zip(term, x.shape) if sizes.get(c, 1) == 1)
    gxs = []
    for i, term in enumerate(terms):
        given, named, wanted = [gy, *xs[:i], *xs[i + 1 :]], [out, *terms[:i], *terms[i + 1 :]], ""
        for c in term:
            if c in wanted:  # a diagonal was taken: the gradient goes there
                fresh = next(f for f in string.ascii_letters if f not in "".join([wanted, *named, *terms]))
                given.append(xp.eye(sizes[c], dtype=gy.dtype))
                named.append(c + fresh)
                wanted += fresh
                continue
            if c not in "".join(named):  # it was summed over alone
                given.append(xp.ones(sizes[c], gy.dtype))
                named.append(c)
            wanted += c
        gxs.append(_einsum(given, named, wanted))
    return gxs


_einsum.gradient(xs=_einsum_gxs)
