"""`@function`: one forward body and one gradient rule per input make a differentiable function.

The decorated name is a plain Python function. Until its first call it is a stub; then all rules are known, and
its code is replaced by one written for it (see `specialise.py`): what a call has to do was decided once.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

from catenary.graph.declaration import Declaration, Rule, read_body
from catenary.graph.node import DeclaredNode
from catenary.graph.specialise import specialise
from catenary.variable import Variable

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class DeclaredFunction(Protocol[P, R_co]):
    """A differentiable function: callable, with the methods that complete its declaration."""

    __name__: str
    declaration: Declaration

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Call the function on Variables or arrays."""

    def gradient(self, **rules: Rule) -> None:
        """Give the gradient rules by input.

        A rule names by its parameters what it needs: `gy` (or `gys`), `y` (or `ys`), any input, any attribute,
        `saved`, `xp`. What no rule names is not kept alive. It gets arrays in a first-order walk and Variables
        in a differentiable one, so it is written with operators, methods that both have, and declared functions.
        """

    def joint_gradient(self, rule: Rule) -> Rule:
        """Give one rule for all inputs (as a decorator), where their gradients share work.

        It returns a tuple with one gradient per input; those that nobody needs are dropped.
        """

    def compose(self, definition: Callable[..., Any]) -> Callable[..., Any]:
        """Give the same function out of others (as a decorator), for gradients of higher order and exporters."""


_specialising = threading.RLock()


@overload
def function(body: Callable[Concatenate[Any, P], Any], /) -> DeclaredFunction[P, Variable]: ...
@overload
def function(
    *, keeps_numbers: bool = False, widens_half: bool = False
) -> Callable[[Callable[Concatenate[Any, P], Any]], DeclaredFunction[P, Variable]]: ...
def function(body: Any = None, /, *, keeps_numbers: bool = False, widens_half: bool = False) -> Any:
    """Declare a differentiable function from its forward body.

    The body's first parameter is `xp`, the array module (`_` if it needs none). Parameters annotated `Array` or
    `Array | None` are inputs, `Arrays` is an input that is a list; the others are attributes. A last parameter
    `saved: Saved = PER_CALL` is a place to keep what the rules need.

    Args:
        body: The forward body, on arrays.
        keeps_numbers: Whether Python numbers among the inputs reach the body as they are, so that they do not
            widen a dtype.
        widens_half: Whether inputs of half precision reach the body as float32; results come back in half
            precision. For sums and whatever else half precision is too coarse.

    Returns:
        The function on Variables, with `.gradient(...)` and `.compose(...)` to complete it.

    Raises:
        DeclarationError: If the body has another form.

    Example:
        >>> import numpy as np
        >>> import catenary
        >>> from catenary.types import Array
        >>> @catenary.function
        ... def cube(_, x: "Array") -> "Array":
        ...     return x * x * x
        >>> cube.gradient(x=lambda gy, x: 3 * gy * x * x)
        >>> x = catenary.Variable(np.array([2.0], np.float32))
        >>> cube(x).backward()
        >>> x.grad
        array([12.], dtype=float32)
    """
    declare = functools.partial(_declare, several_outputs=False, keeps_numbers=keeps_numbers, widens_half=widens_half)
    return declare if body is None else declare(body)


@overload
def several_outputs(body: Callable[Concatenate[Any, P], Any], /) -> DeclaredFunction[P, tuple[Variable, ...]]: ...
@overload
def several_outputs(
    *, widens_half: bool = False
) -> Callable[[Callable[Concatenate[Any, P], Any]], DeclaredFunction[P, tuple[Variable, ...]]]: ...
def several_outputs(body: Any = None, /, *, widens_half: bool = False) -> Any:
    """Declare a differentiable function whose body returns a tuple of arrays.

    Its rules name `gys` and `ys`, tuples with one entry per output; where no gradient came, `gys` has zeros.

    Args:
        body: As for `function`.
        widens_half: As for `function`.
    """
    declare = functools.partial(_declare, several_outputs=True, keeps_numbers=False, widens_half=widens_half)
    return declare if body is None else declare(body)


def _declare(body: Callable[..., Any], **options: bool) -> Any:
    return declare_as(read_body(body, **options), body)


def declare_as(declaration: Declaration, like: Callable[..., Any] | None = None) -> Any:
    """Return the function of a declaration, for those who make one from another.

    Args:
        declaration: What is known of it.
        like: What name and documentation come from; the body by default.
    """
    like = declaration.body if like is None else like
    namespace: dict[str, Any] = {"__name__": like.__module__, "__builtins__": __builtins__}
    call: Any = FunctionType(_stub.__code__, namespace, like.__name__)
    namespace["first_call"] = functools.partial(_first_call, call)
    functools.update_wrapper(call, like)
    del call.__wrapped__
    call.__signature__ = declaration.signature
    call.declaration = declaration
    call.gradient = declaration.add_rules
    call.joint_gradient = declaration.set_joint_rule
    call.compose = declaration.set_composed
    return call


def _stub(*args: Any, **kwargs: Any) -> Any:
    return first_call(*args, **kwargs)  # type: ignore[name-defined]  # noqa: F821  # in the namespace of each


def _first_call(call: Any, *args: Any, **kwargs: Any) -> Any:
    with _specialising:
        if call.__code__ is _stub.__code__:
            specialise(call, call.declaration)
    return call(*args, **kwargs)


def forget_specialisation(call: Any) -> None:
    """Have `call` read its declaration and the registered implementations again at its next call."""
    call.__code__ = _stub.__code__
    call.declaration.node_class = DeclaredNode
