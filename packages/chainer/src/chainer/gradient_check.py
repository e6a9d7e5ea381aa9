"""Gradients of functions against differences, along random directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import catenary
from catenary import Parameter, Variable, as_array, get_array_module, get_device_from_array
from catenary.errors import ArgumentError, GraphError
from catenary.types import Array
from chainer._differences import (
    NondifferentiableError as NondifferentiableError,
    check_gradients,
    numerical_grad as numerical_grad,
)
from chainer.backends import cuda

Function = Callable[..., Any]


def check_backward(
    func: Function,
    x_data: Any,
    y_grad: Any,
    params: Any = (),
    eps: float = 0.001,
    atol: float = 1e-5,
    rtol: float = 1e-4,
    no_grads: Sequence[bool] | None = None,
    dtype: Any = None,
    detect_nondifferentiable: bool = False,
) -> None:
    """Hold the gradients of a function against a central difference along one random direction.

    Args:
        func: A function of Variables that returns a Variable or a tuple of them.
        x_data: Its input array, or a tuple of them.
        y_grad: The gradient of its output, or a tuple of them, None where there is none; None alone for a function
            that returns one number.
        params: Parameters that the function uses, whose gradients are checked, too.
        eps: The length of the step.
        atol: The absolute tolerance.
        rtol: The tolerance, relative to the gradient.
        no_grads: For each input whether its gradient must be None; by default those of integers and booleans.
        dtype: The floating-point dtype of the arrays for the difference; their own by default. The gradients that
            are checked are those of the arrays as they are.
        detect_nondifferentiable: Whether to look for kinks in the direction of the step.

    Raises:
        AssertionError: If they differ.
        ArgumentError: If arguments do not fit the function or each other.
        GraphError: If an input has a gradient that must be None.
        NondifferentiableError: If a kink is found.

    Example:
        >>> import numpy as np
        >>> import chainer.functions as F
        >>> from chainer import gradient_check
        >>> x = np.array([0.5, -1.5], np.float32)
        >>> gradient_check.check_backward(F.tanh, x, np.ones_like(x), dtype=np.float64)
    """
    xs, params = as_tuple(x_data), as_tuple(params)
    no_gxs = [x.dtype.kind != "f" for x in xs] if no_grads is None else list(no_grads)
    if len(no_gxs) != len(xs):
        raise ArgumentError(f"check_backward: no_grads must have one entry per input ({len(xs)}), got {len(no_gxs)}")
    arrays = [_cast(x, dtype) for x in (*xs, *(param.array for param in params))]
    moves = [*(not without for without in no_gxs), *(True for _ in params)]
    directions = _directions([a for a, moving in zip(arrays, moves, strict=True) if moving], eps)
    found, gys = _slope(func, xs, y_grad, params, no_gxs, directions)

    def outputs(step: Any) -> list[Array]:
        """Return the outputs that have a gradient, a step away from the inputs."""
        ways = iter(directions)
        moved = [
            (a + get_array_module(a).asarray(step) * next(ways)).astype(a.dtype) if moving else a
            for a, moving in zip(arrays, moves, strict=True)
        ]
        with _arrays_of_params(params, moved[len(xs) :]):
            ys = as_tuple(func(*map(Variable, moved[: len(xs)])))
        return [as_array(y) for y, gy in zip(ys, gys, strict=True) if gy is not None]

    delta = np.zeros(())
    (expected,) = numerical_grad(
        lambda: outputs(delta),
        (delta,),
        [gy for gy in gys if gy is not None],
        eps,
        detect_nondifferentiable,
        diff_rtol=rtol,
    )
    if not np.isclose(expected, found, rtol=rtol, atol=atol, equal_nan=True):
        groups = {"inputs": xs, "grad_outputs": gys, "directions": directions}
        shown = [f"{name}[{i}]:\n{array}" for name, group in groups.items() for i, array in enumerate(group)]
        raise AssertionError(
            "\n".join(
                [
                    f"check_backward failed (eps={eps} atol={atol} rtol={rtol})",
                    *shown,
                    f"gradients (numeric):  {expected}\ngradients (backward): {found}",
                ]
            )
        )


def check_double_backward(
    func: Function,
    x_data: Any,
    y_grad: Any,
    x_grad_grad: Any,
    params: Any = (),
    params_grad_grad: Any = (),
    eps: float = 0.001,
    atol: float = 1e-4,
    rtol: float = 1e-3,
    no_grads: Sequence[bool] | None = None,
    dtype: Any = None,
    detect_nondifferentiable: bool = False,
) -> None:
    """Hold the gradients of the gradients of a function against a central difference along one random direction.

    Args:
        func: A function of Variables that returns a Variable or a tuple of them.
        x_data: Its input array, or a tuple of them.
        y_grad: The gradient of its output, or a tuple of them.
        x_grad_grad: The gradient of the gradient of its input, or a tuple of them, None where there is none.
        params: Parameters that the function uses, whose gradients are checked, too.
        params_grad_grad: The gradients of their gradients.
        eps: The length of the step.
        atol: The absolute tolerance.
        rtol: The tolerance, relative to the gradient.
        no_grads: For each input (and perhaps each gradient of an output) whether it has no gradient.
        dtype: The floating-point dtype of the arrays for the difference; their own by default. The gradients that
            are checked are those of the arrays as they are.
        detect_nondifferentiable: Whether to look for kinks in the direction of the step.

    Raises:
        AssertionError: If they differ.
        ArgumentError: If arguments do not fit the function or each other.
        NondifferentiableError: If a kink is found.
    """
    x_data, y_grad, params = as_tuple(x_data), as_tuple(y_grad), as_tuple(params)
    given = [i for i, gy in enumerate(y_grad) if gy is not None]
    second = (*as_tuple(x_grad_grad), *as_tuple(params_grad_grad))
    if len(second) != len(x_data) + len(params):
        raise ArgumentError(
            f"check_double_backward: expected {len(x_data)} gradients of gradients of inputs and {len(params)} "
            f"of parameters, got {len(second)} together"
        )
    if no_grads is not None and len(no_grads) == len(x_data):
        no_grads = [*no_grads, *[False] * len(given)]

    def gradients(*inputs: Any) -> tuple[Any, ...]:
        """Return those first gradients that have a gradient."""
        xs, gys = inputs[: len(x_data)], inputs[len(x_data) :]
        ys = as_tuple(func(*xs))
        check_gradients("check_double_backward", ys, y_grad, dtypes=False)
        sources = [x for x, g in zip((*xs, *params), second, strict=True) if g is not None]
        found = catenary.grad([ys[i] for i in given], sources, gys, enable_double_backprop=True)
        return tuple(x * 0 if g is None else g for x, g in zip(sources, found, strict=True))

    try:
        check_backward(
            gradients,
            (*x_data, *(y_grad[i] for i in given)),
            tuple(g for g in second if g is not None),
            params,
            eps,
            atol,
            rtol,
            no_grads,
            dtype,
            detect_nondifferentiable,
        )
    except AssertionError as e:
        raise AssertionError(f"check_double_backward failed (eps={eps} atol={atol} rtol={rtol})\n{e}") from None


def assert_allclose(x: Any, y: Any, atol: float = 1e-5, rtol: float = 1e-4, verbose: bool = True) -> None:
    """Assert that the elements of two arrays are close to each other, on whatever device they are.

    Args:
        x: An array, a Variable or a number.
        y: What it must be close to.
        atol: The absolute tolerance.
        rtol: The tolerance, relative to `y`.
        verbose: Whether the message shows the arrays.

    Raises:
        AssertionError: If shapes differ, or an element is further away.

    Example:
        >>> import numpy as np
        >>> from chainer import testing
        >>> testing.assert_allclose(np.ones(2), np.ones(2) + 1e-6)
    """
    actual, desired = (np.asarray(cuda.to_cpu(as_array(a)) if hasattr(a, "dtype") else a) for a in (x, y))
    np.testing.assert_allclose(actual, desired, rtol=rtol, atol=atol, verbose=verbose)


def as_tuple(values: Any) -> tuple[Any, ...]:
    """Return one value or several ones as a tuple."""
    return tuple(values) if isinstance(values, list | tuple) else (values,)


def _cast(x: Any, dtype: Any) -> Any:
    """Return an array of floating-point numbers in a dtype, any other one as it is."""
    if dtype is not None and np.dtype(dtype).kind != "f":
        raise ArgumentError(f"check_backward: dtype must be a floating-point dtype, got {dtype}")
    return x if x is None or dtype is None or x.dtype.kind != "f" else x.astype(dtype)


def _directions(arrays: Sequence[Array], eps: float) -> list[Array]:
    """Return arrays of these shapes that are one vector of length 1 together, with no element near zero.

    They are rounded such that a step of `eps` ends at a number that the dtype holds; then differences have no error
    but that of the outputs. In half precision a step may be too short for that.
    """
    drawn = [np.random.choice([-1.0, 1.0], a.shape) * np.random.uniform(0.5, 1.5, a.shape) for a in arrays]
    length = np.sqrt(sum((d**2).sum() for d in drawn)) or 1.0
    directions = []
    for a, d in zip(arrays, drawn, strict=True):
        x, wanted = np.asarray(cuda.to_cpu(a)), np.asarray(d / length)
        exact = ((x + eps * wanted).astype(x.dtype).astype(np.float64) - x) / eps
        close = np.allclose(exact, wanted, rtol=1e-2)
        directions.append(get_device_from_array(a).send(np.asarray(exact if close else wanted)))
    return directions


@contextmanager
def _arrays_of_params(params: Sequence[Parameter], arrays: Sequence[Array]) -> Iterator[None]:
    """Give parameters other arrays inside a `with` block."""
    before = [param.array for param in params]
    for param, array in zip(params, arrays, strict=True):
        param.array = array
    try:
        yield
    finally:
        for param, array in zip(params, before, strict=True):
            param.array = array


def _slope(
    func: Function,
    xs: Sequence[Array],
    y_grad: Any,
    params: Sequence[Parameter],
    no_gxs: Sequence[bool],
    directions: Sequence[Array],
) -> tuple[float, tuple[Any, ...]]:
    """Return the derivative along the directions by a backward pass, and the gradients of the outputs."""
    inputs = [Variable(x) for x in xs]
    ys = as_tuple(func(*inputs))
    if y_grad is None:
        if [y.shape for y in ys] != [()]:
            raise ArgumentError(
                f"check_backward: y_grad can be None for a single output of shape () only, got {[y.shape for y in ys]}"
            )
        y_grad = np.ones((), ys[0].dtype)
    gys = as_tuple(y_grad)
    check_gradients("check_backward", ys, gys)
    for param in params:
        param.cleargrad()
    ends = [(y, Variable(gy)) for y, gy in zip(ys, gys, strict=True) if gy is not None and y.requires_grad]
    if ends:
        catenary.backward(*map(list, zip(*ends, strict=True)))
    for i, (x, without) in enumerate(zip(inputs, no_gxs, strict=True)):
        if without and x.grad is not None:
            raise GraphError(f"check_backward: inputs[{i}] ({x.dtype}) has a gradient, which must be None")
    found = [x.grad for x, without in zip(inputs, no_gxs, strict=True) if not without] + [p.grad for p in params]
    for param in params:
        param.cleargrad()
    return sum(float((gx * d).sum()) for gx, d in zip(found, directions, strict=True) if gx is not None), gys
