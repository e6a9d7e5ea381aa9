"""Gradients by differences, and whether a function has a gradient where they are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import catenary.testing
from catenary.errors import ArgumentError, CatenaryError
from catenary.types import Array
from chainer.backends import cuda


class NondifferentiableError(CatenaryError):
    """A gradient was asked for at a point where there is none."""


def numerical_grad(
    f: Callable[[], Sequence[Array]],
    inputs: Sequence[Array],
    grad_outputs: Sequence[Any],
    eps: float = 1e-3,
    detect_nondifferentiable: bool = False,
    diff_atol: float = 0,
    diff_rtol: float = 1e-2,
    center_outputs: Sequence[Array] | None = None,
) -> tuple[Array, ...]:
    """Return gradients by central differences, element by element.

    Args:
        f: A function without arguments that reads `inputs` and returns a tuple of arrays.
        inputs: The arrays to change, in place.
        grad_outputs: The gradients of the outputs, None where there is none.
        eps: The step.
        detect_nondifferentiable: Whether to hold the outputs at five points against a parabola through them.
        diff_atol: How far the outputs may be from the parabola, absolutely.
        diff_rtol: How far, relative to how much the outputs change.
        center_outputs: The outputs for the inputs as they are, if known.

    Returns:
        One array per input.

    Raises:
        ArgumentError: If an input has no floating-point dtype, or shapes do not fit.
        NondifferentiableError: If the outputs are further from a parabola.
    """
    if any(x.dtype.kind != "f" for x in inputs):
        raise ArgumentError(f"numerical_grad: inputs must have floating-point dtypes, got {[x.dtype for x in inputs]}")
    center = f() if center_outputs is None else center_outputs
    check_gradients("numerical_grad", center, grad_outputs, dtypes=False)
    wanted = [i for i, gy in enumerate(grad_outputs) if gy is not None]

    def outputs() -> list[Array]:
        ys = f()
        return [np.asarray(cuda.to_cpu(ys[i]), np.float64) for i in wanted]

    if detect_nondifferentiable:
        for x in inputs:
            _check_smooth(outputs, x, eps, diff_atol, diff_rtol)
    return tuple(catenary.testing.numerical_grad(outputs, inputs, [cuda.to_cpu(grad_outputs[i]) for i in wanted], eps))


def _check_smooth(outputs: Callable[[], list[Array]], x: Array, eps: float, diff_atol: float, diff_rtol: float) -> None:
    """Hold the outputs at five points around each element of an array against the parabola that fits them best."""
    steps = np.array([-1, -0.5, 0, 0.5, 1])
    powers = np.stack([np.ones(5), steps, steps**2], 1)
    away = np.eye(5) - powers @ np.linalg.pinv(powers)
    for i in np.ndindex(*x.shape):
        old, points = x[i].copy(), []
        for step in steps:
            x[i] = old + step * eps
            points.append(outputs())
        x[i] = old
        for k, ys in enumerate(map(np.stack, zip(*points, strict=True))):
            change = ys.max(0) - ys.min(0)
            error = np.sqrt((np.tensordot(away, ys, 1) ** 2).mean(0))
            if ((change > 0) & (error > diff_atol + diff_rtol * change)).any():
                raise NondifferentiableError(
                    f"numerical_grad: output {k} has a kink or a jump near x{list(i)} = {old} (eps={eps}, "
                    f"diff_atol={diff_atol}, diff_rtol={diff_rtol}); the outputs there:\n{ys}"
                )


def check_gradients(name: str, ys: Sequence[Any], gys: Sequence[Any], dtypes: bool = True) -> None:
    """Check that gradients fit outputs.

    Args:
        name: The function that asks, for messages.
        ys: The outputs.
        gys: Their gradients, None where there is none.
        dtypes: Whether dtypes must be the same, too.

    Raises:
        ArgumentError: If they do not.
    """
    shown = [", ".join("None" if a is None else f"{a.shape}:{a.dtype}" for a in arrays) for arrays in (ys, gys)]
    fit = len(ys) == len(gys) and all(
        gy is None or (y.shape == gy.shape and (y.dtype == gy.dtype or not dtypes))
        for y, gy in zip(ys, gys, strict=True)
    )
    if not fit:
        raise ArgumentError(
            f"{name}: gradients do not fit the outputs\n  outputs:   {shown[0]}\n  gradients: {shown[1]}"
        )
