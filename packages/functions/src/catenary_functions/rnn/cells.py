"""One step of recurrent networks."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, several_outputs
from catenary.arithmetic import get_item
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.smooth import sigmoid, tanh
from catenary_functions.array.joining import concat

__all__ = ["lstm"]


def logistic(xp: ArrayModule, x: Array) -> Array:
    y = xp.tanh(x * 0.5)
    y *= 0.5
    y += 0.5
    return y


@several_outputs(widens_half=True)
def _lstm_step(xp: ArrayModule, c_prev: Array, x: Array, *, saved: Saved = PER_CALL) -> Any:
    gates = x.reshape(len(x), x.shape[1] // 4, 4, *x.shape[2:])
    a = xp.tanh(gates[:, :, 0])
    i, f, o = (logistic(xp, gates[:, :, k]) for k in (1, 2, 3))
    c = a * i + f * c_prev
    saved.gates = a, i, f, o
    saved.tanh_c = xp.tanh(c)
    return c, o * saved.tanh_c


@_lstm_step.joint_gradient
def _lstm_step_gradients(gys: Any, c_prev: Any, saved: Any, xp: ArrayModule) -> tuple[Any, ...]:
    (gc, gh), (a, i, f, o), t = gys, saved.gates, saved.tanh_c
    gc = gc + gh * o * (1 - t * t)
    parts = gc * i * (1 - a * a), gc * a * i * (1 - i), gc * c_prev * f * (1 - f), gh * t * o * (1 - o)
    gx = xp.stack(parts, 2)
    return gc * f, gx.reshape(len(gx), 4 * gx.shape[1], *gx.shape[3:])


@_lstm_step.compose
def _lstm_step_composed(c_prev: Any, x: Any) -> Any:
    gates = x.reshape((len(x), x.shape[1] // 4, 4, *x.shape[2:]))
    c = tanh(gates[:, :, 0]) * sigmoid(gates[:, :, 1]) + sigmoid(gates[:, :, 2]) * c_prev
    return c, sigmoid(gates[:, :, 3]) * tanh(c)


def lstm(c_prev: Any, x: Any) -> tuple[Variable, Variable]:
    """Do one step of long short-term memory.

    The channels of `x` are four per unit, in the order input, input gate, forget gate, output gate. If `x` has a
    smaller batch than `c_prev`, the states of the rest stay as they are.

    Source: Gers, Schmidhuber, Cummins, "Learning to Forget: Continual Prediction with LSTM" (2000).

    Args:
        c_prev: The cell states, shape (batch, units, ...).
        x: What the gates get, shape (batch, 4 * units, ...).

    Returns:
        The new cell states and the outputs, both of shape (batch, units, ...).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> c, h = F.lstm(np.zeros((2, 3)), np.zeros((2, 12)))
        >>> c.shape, h.shape
        ((2, 3), (2, 3))
    """
    if x.ndim < 2 or x.shape[1] != 4 * c_prev.shape[1] or len(x) > len(c_prev) or x.shape[2:] != c_prev.shape[2:]:
        raise ShapeError(
            f"lstm: for c_prev of shape {c_prev.shape}, x must have shape (batch, {4 * c_prev.shape[1]}, ...) and no "
            f"larger batch, got {x.shape}"
        )
    n = len(x)
    if n == len(c_prev):
        c, h = _lstm_step(c_prev, x)
        return c, h
    c, h = _lstm_step(get_item(c_prev, slice(n)), x)
    return concat([c, get_item(c_prev, slice(n, None))], 0), h
