"""Expressions that remember how they were written: the values of a check, and the words for its message."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

#: How firmly operators bind; the higher, the firmer.
COMPARISON, SIGN, POWER, SUFFIX, ATOM = 0, 6, 7, 8, 9
BINARY = {
    "or": ("|", 1),
    "xor": ("^", 2),
    "and": ("&", 3),
    "lshift": ("<<", 4),
    "rshift": (">>", 4),
    "add": ("+", 5),
    "sub": ("-", 5),
    "mul": ("*", 5.5),
    "truediv": ("/", 5.5),
    "floordiv": ("//", 5.5),
    "mod": ("%", 5.5),
    "pow": ("**", POWER),
}
UNARY = {"neg": "-", "pos": "+", "invert": "~"}
#: Name of a comparison -> its sign, and that of its contrary.
COMPARISONS = {
    "eq": ("==", "!="),
    "ne": ("!=", "=="),
    "lt": ("<", ">="),
    "le": ("<=", ">"),
    "gt": (">", "<="),
    "ge": (">=", "<"),
}


class Expr:
    """A value that is not computed yet, and prints as the code that describes it.

    Attributes, items, calls and operators give further expressions; comparisons are for `expect`.

    Args:
        priority: How firmly its outermost operator binds.

    Example:
        >>> from chainer.utils import type_check
        >>> x = type_check.Variable((2, 3), "x")
        >>> print(x[0] + 1, "=", (x[0] + 1).eval())
        x[0] + 1 = 3
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, priority: float) -> None:
        self.priority = priority

    def eval(self) -> Any:
        """Return the value."""
        raise NotImplementedError(f"{type(self).__name__} gives no eval")

    def __getattr__(self, name: str) -> Expr:
        if name.startswith("__"):
            raise AttributeError(name)
        return Operation(SUFFIX, f"{{}}.{name}", lambda obj: getattr(obj, name), self)

    def __getitem__(self, key: Any) -> Expr:
        return Operation(SUFFIX, "{}[{}]", operator.getitem, self, Subscript(key))

    def __call__(self, *args: Any) -> Expr:
        places = ", ".join(["{}"] * len(args))
        return Operation(SUFFIX, f"{{}}({places})", lambda f, *values: f(*values), self, *map(Inside, args))

    def __bool__(self) -> bool:
        raise RuntimeError(f"{self}: is an expression, neither true nor false; use type_check.eval to compute it")


class Variable(Expr):
    """A value with a name.

    Args:
        value: The value.
        name: How it prints.
    """

    def __init__(self, value: Any, name: str) -> None:
        super().__init__(ATOM)
        self.value, self.name = value, name

    def eval(self) -> Any:
        """Return the value."""
        return self.value

    def __str__(self) -> str:
        return str(self.name)


class Inside(Expr):
    """An operand that stands in brackets, where any operator may be outermost."""

    def __init__(self, value: Any) -> None:
        super().__init__(ATOM)
        self.value = value

    def eval(self) -> Any:
        return eval(self.value)

    def __str__(self) -> str:
        return text_of(self.value)


class Subscript(Inside):
    """What stands in square brackets: an index, a slice, or several of them."""

    def eval(self) -> Any:
        return self._evaluated(self.value)

    def _evaluated(self, key: Any) -> Any:
        if isinstance(key, tuple):
            return tuple(map(self._evaluated, key))
        return slice(eval(key.start), eval(key.stop), eval(key.step)) if isinstance(key, slice) else eval(key)

    def __str__(self) -> str:
        return ", ".join(map(text_of, self.value)) if isinstance(self.value, tuple) else text_of(self.value)


class Operation(Expr):
    """An operator, a call, an attribute or an item, with its operands.

    Args:
        priority: How firmly it binds.
        template: Its text, with `{}` for each operand.
        func: Computes it from the values of the operands.
        operands: Expressions or plain values.
        groups: The position of the operand that may bind as firmly as the operator itself.
    """

    def __init__(
        self, priority: float, template: str, func: Callable[..., Any], *operands: Any, groups: int = 0
    ) -> None:
        super().__init__(priority)
        self.template, self.func, self.operands, self.groups = template, func, operands, groups

    def eval(self) -> Any:
        """Return the value."""
        return self.func(*map(eval, self.operands))

    def __str__(self) -> str:
        return self.template.format(*(self._operand(i) for i in range(len(self.operands))))

    def _operand(self, i: int) -> str:
        binds = self.operands[i].priority if isinstance(self.operands[i], Expr) else ATOM
        text = text_of(self.operands[i])
        return f"({text})" if binds < self.priority or (binds == self.priority and i != self.groups) else text


class Comparison(Operation):
    """A comparison, which `expect` can check.

    Args:
        sign: Its sign.
        inverse: The sign of its contrary.
        func: Computes it.
        lhs: What stands on the left.
        rhs: What stands on the right.
    """

    def __init__(self, sign: str, inverse: str, func: Callable[..., Any], lhs: Any, rhs: Any) -> None:
        super().__init__(COMPARISON, f"{{}} {sign} {{}}", func, lhs, rhs)
        self.inverse = inverse

    def contrary(self) -> str:
        """Return the values as they compare if it is false."""
        left, right = map(eval, self.operands)
        return f"{text_of(left)} {self.inverse} {text_of(right)}"


def _add_operators() -> None:
    """Give `Expr` the methods of all operators."""
    for name, (sign, priority) in BINARY.items():
        make = functools.partial(
            Operation, priority, f"{{}} {sign} {{}}", getattr(operator, f"__{name}__"), groups=int(name == "pow")
        )
        setattr(Expr, f"__{name}__", lambda self, other, make=make: make(self, other))
        setattr(Expr, f"__r{name}__", lambda self, other, make=make: make(other, self))
    for name, sign in UNARY.items():
        make = functools.partial(Operation, SIGN, f"{sign}{{}}", getattr(operator, name))
        setattr(Expr, f"__{name}__", lambda self, make=make: make(self))
    for name, signs in COMPARISONS.items():
        compare = functools.partial(Comparison, *signs, getattr(operator, name))
        setattr(Expr, f"__{name}__", lambda self, other, compare=compare: compare(self, other))


_add_operators()


def text_of(value: Any) -> str:
    """Return a value as code: expressions by their own text, dtypes and numbers of NumPy without their class."""
    if isinstance(value, Expr | np.dtype | np.generic):
        return str(value)
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, slice):
        ends = ["" if end is None else text_of(end) for end in (value.start, value.stop, value.step)]
        return ":".join(ends[: 2 if value.step is None else 3])
    return "..." if value is Ellipsis else repr(value)


def eval(exp: Any) -> Any:
    """Return the value of an expression; anything else as it is.

    Args:
        exp: The expression.
    """
    return exp.eval() if isinstance(exp, Expr) else exp
