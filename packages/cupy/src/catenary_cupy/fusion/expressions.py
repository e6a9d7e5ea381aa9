"""Expressions of elementwise operations, and what each operation is called in CUDA C++."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

DTypeOf = np.dtype[Any]

#: Operation -> its text. The operands are variables of the dtype in which NumPy computes, so none is evaluated twice.
FLOAT_ONLY = {
    "arccos": "acos({0})",
    "arcsin": "asin({0})",
    "arctan": "atan({0})",
    "arctan2": "atan2({0}, {1})",
    "ceil": "ceil({0})",
    "cos": "cos({0})",
    "cosh": "cosh({0})",
    "erf": "erf({0})",
    "erfc": "erfc({0})",
    "exp": "exp({0})",
    "exp2": "exp2({0})",
    "expm1": "expm1({0})",
    "floor": "floor({0})",
    "isfinite": "isfinite({0})",
    "isinf": "isinf({0})",
    "isnan": "isnan({0})",
    "log": "log({0})",
    "log10": "log10({0})",
    "log1p": "log1p({0})",
    "log2": "log2({0})",
    "ndtr": "normcdf({0})",
    "reciprocal": "1 / {0}",
    "rint": "rint({0})",
    "sin": "sin({0})",
    "sinh": "sinh({0})",
    "sqrt": "sqrt({0})",
    "tan": "tan({0})",
    "tanh": "tanh({0})",
    "true_divide": "{0} / {1}",
    "trunc": "trunc({0})",
}
ANY = {
    "absolute": "{0} < 0 ? -{0} : {0} + 0",
    "add": "{0} + {1}",
    "equal": "{0} == {1}",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    # NaN goes through, as in NumPy.
    "maximum": "{0} > {1} || {0} != {0} ? {0} : {1}",
    "minimum": "{0} < {1} || {0} != {0} ? {0} : {1}",
    "multiply": "{0} * {1}",
    "negative": "-{0}",
    "not_equal": "{0} != {1}",
    "positive": "{0}",
    "sign": "{0} > 0 ? 1 : {0} < 0 ? -1 : {0}",
    "square": "{0} * {0}",
    "subtract": "{0} - {1}",
}
INTEGER_ONLY = {
    "bitwise_and": "{0} & {1}",
    "bitwise_or": "{0} | {1}",
    "bitwise_xor": "{0} ^ {1}",
    "logical_and": "{0} && {1}",
    "logical_not": "!{0}",
    "logical_or": "{0} || {1}",
}
#: What is no ufunc; the dtypes of these are settled where they are made.
OTHER = {"where": "{0} ? {1} : {2}", "cast": "{0}"}
TEXTS = FLOAT_ONLY | ANY | INTEGER_ONLY | OTHER
#: Functions of SciPy, and the ufunc whose dtypes are the same.
LIKE = {"erf": "exp", "erfc": "exp", "ndtr": "exp"}
#: Where halves are computed in float32, and rounded when they are written.
HALF = np.dtype(np.float16)
SUPPORTED = frozenset("?bBhHiIlLqQefd")


class Expression:
    """An operation on other expressions, or one of the leaves: an input, or a number.

    Args:
        operation: What is done; `"input"` and `"number"` for leaves.
        operands: What it is done to; the register of an input, the value of a number.
        dtype: Of the result.
    """

    __slots__ = ("dtype", "operands", "operation")

    def __init__(self, operation: str, operands: tuple[Any, ...], dtype: DTypeOf) -> None:
        self.operation = operation
        self.operands = operands
        self.dtype = dtype


def combine(operation: str, operands: tuple[Any, ...]) -> Expression | None:
    """Return the expression of a ufunc, or None if it cannot be written in a kernel.

    Args:
        operation: The name of the ufunc.
        operands: Expressions and numbers.
    """
    dtypes = computed_in(operation, tuple(_kind(one) for one in operands))
    if dtypes is None:
        return None
    *wanted, result = dtypes
    return Expression(operation, tuple(as_operand(o, d) for o, d in zip(operands, wanted, strict=True)), result)


def _kind(operand: Any) -> Any:
    """Return what NumPy's rules of promotion ask of an operand: its dtype, or the class of a Python number."""
    if isinstance(operand, bool):
        return np.dtype(bool)
    if isinstance(operand, Expression | np.generic):
        return operand.dtype
    return type(operand)


@lru_cache(4096)
def computed_in(operation: str, kinds: tuple[Any, ...]) -> tuple[DTypeOf, ...] | None:
    """Return the dtypes in which NumPy computes an operation, and that of its result; None if there is no kernel."""
    ufunc = getattr(np, LIKE.get(operation, operation), None)
    if operation not in TEXTS or not isinstance(ufunc, np.ufunc) or ufunc.nin != len(kinds):
        return None
    try:
        dtypes = ufunc.resolve_dtypes((*kinds, None))
    except TypeError:
        return None
    first = dtypes[0].kind
    fits = {"f": operation not in INTEGER_ONLY, "b": operation not in FLOAT_ONLY and operation not in ("sign",)}
    if not all(d.char in SUPPORTED for d in dtypes) or not fits.get(first, operation not in FLOAT_ONLY):
        return None
    if first == "b" and operation in ("add", "multiply"):  # of booleans, they mean "or" and "and"
        return None
    return tuple(dtypes)


def as_operand(value: Any, dtype: DTypeOf) -> Expression:
    """Return an expression of a dtype from an expression or a number."""
    if not isinstance(value, Expression):
        return Expression("number", (value,), dtype)
    return value if value.dtype == dtype else Expression("cast", (value,), dtype)


def choose(condition: Any, a: Any, b: Any) -> Expression:
    """Return the expression of `where`."""
    kinds = [one.dtype if isinstance(one, Expression) else one for one in (a, b)]
    dtype = np.result_type(*kinds)
    operands = as_operand(condition, np.dtype(bool)), as_operand(a, dtype), as_operand(b, dtype)
    return Expression("where", operands, dtype)
