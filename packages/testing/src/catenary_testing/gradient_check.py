"""Gradients of a function against differences, along random directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import catenary
from catenary import Variable, as_variable
from catenary.types import Array

Function = Callable[..., Any]


def outputs_of(y: Any) -> tuple[Variable, ...]:
    """Return what a function returned as a tuple of Variables."""
    return tuple(y) if isinstance(y, list | tuple) else (y,)


def _directions(rng: np.random.Generator, arrays: Sequence[Array]) -> list[Array]:
    return [rng.standard_normal(a.shape).astype(a.dtype) for a in arrays]


def check_backward(
    function: Function,
    inputs: Sequence[Array],
    *,
    order: int = 1,
    eps: float = 1e-5,
    rtol: float = 1e-4,
    atol: float = 1e-5,
) -> None:
    """Hold the gradients of a function against central differences along a random direction.

    Args:
        function: A function of Variables that returns a Variable or a tuple of them.
        inputs: float64 arrays, one per argument.
        order: 1 for the gradient, 2 for the gradient of the gradient, and so on.
        eps: The length of the step.
        rtol: The tolerance, relative to the derivative.
        atol: The absolute tolerance.

    Raises:
        AssertionError: If they differ.

    Example:
        >>> import numpy as np
        >>> from catenary.testing import check_backward
        >>> check_backward(lambda x: x * x * x, [np.array([1.0, 2.0])], order=2)
    """
    rng = np.random.default_rng(len(inputs) + order)
    weights: list[Array] = []

    def scalar(*xs: Any) -> Variable:
        """Return the function, or its derivative of one order less along fixed directions, as one number."""
        ys = outputs_of(function(*xs))
        if not weights:
            weights.extend(_directions(rng, [y.array for y in ys]))
        total: Any = sum((y * w).sum() for y, w in zip(ys, weights, strict=True))
        for along in lower:
            gradients = catenary.grad([total], list(xs), enable_double_backprop=True)
            total = sum(
                ((g * v).sum() for g, v in zip(gradients, along, strict=True) if g is not None), Variable(np.zeros(()))
            )
        return as_variable(total)

    lower = [_directions(rng, inputs) for _ in range(order - 1)]
    direction = _directions(rng, inputs)
    xs = [Variable(x.copy()) for x in inputs]
    total = scalar(*xs)
    if total.creator is not None:
        total.backward()
    found = sum(float((x.grad * v).sum()) for x, v in zip(xs, direction, strict=True) if x.grad is not None)
    ahead, behind = (
        scalar(*(Variable(x + sign * eps * v) for x, v in zip(inputs, direction, strict=True))).item()
        for sign in (1, -1)
    )
    np.testing.assert_allclose(
        found, (ahead - behind) / (2 * eps), rtol=rtol, atol=atol, err_msg=f"derivative of order {order}"
    )


def numerical_grad(
    f: Callable[[], Sequence[Array]], inputs: Sequence[Array], grad_outputs: Sequence[Array], eps: float = 1e-3
) -> list[Array]:
    """Return gradients by central differences, element by element.

    Args:
        f: A function without arguments that reads `inputs` and returns a tuple of arrays.
        inputs: The arrays to change, in place.
        grad_outputs: The gradients of the outputs.
        eps: The step.

    Returns:
        One array per input.
    """
    gradients = []
    for x in inputs:
        gx = np.zeros(x.shape, x.dtype)
        for i in np.ndindex(*x.shape):
            old, values = x[i].copy(), []
            for step in (eps, -eps):
                x[i] = old + step
                values.append(
                    sum(float((y * g).sum()) for y, g in zip(f(), grad_outputs, strict=True) if g is not None)
                )
            x[i] = old
            gx[i] = (values[0] - values[1]) / (2 * eps)
        gradients.append(gx)
    return gradients
