"""One step of recurrent networks."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, several_outputs, widens_half
from catenary.arithmetic import get_item
from catenary.errors import ShapeError
from catenary.types import Array, ArrayModule
from catenary_functions.activation.smooth import sigmoid, tanh
from catenary_functions.array.joining import concat, split_axis
from catenary_functions.checks import check_arrays

__all__ = ["lstm", "slstm", "tree_lstm"]


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
    check_arrays("lstm", c_prev=c_prev, x=x)
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


@widens_half
def slstm(c_prev1: Any, c_prev2: Any, x1: Any, x2: Any) -> tuple[Variable, Variable]:
    """Do one step of S-LSTM, which joins two memories, as of the children in a tree.

    The channels of `x1` and `x2` are four per unit, in the order input, input gate, forget gate, output gate.

    Source: Zhu, Sobhani, Guo, "Long Short-Term Memory Over Recursive Structures" (2015).

    Args:
        c_prev1: The cell states of the first, shape (batch, units, ...).
        c_prev2: The cell states of the second, of the same shape.
        x1: What the gates get from the first, shape (batch, 4 * units, ...).
        x2: What the gates get from the second, of the same shape.

    Returns:
        The new cell states and the outputs, both of shape (batch, units, ...).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> c, h = F.slstm(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 12)), np.zeros((2, 12)))
        >>> c.shape, h.shape
        ((2, 3), (2, 3))
    """
    check_arrays("slstm", c_prev1=c_prev1, c_prev2=c_prev2, x1=x1, x2=x2)
    c, x = c_prev1.shape, (*c_prev1.shape[:1], *(4 * n for n in c_prev1.shape[1:2]), *c_prev1.shape[2:])
    if len(c) < 2 or c_prev2.shape != c or x1.shape != x or x2.shape != x:
        shapes = ", ".join(str(a.shape) for a in (c_prev1, c_prev2, x1, x2))
        raise ShapeError(f"slstm: the shapes must be (batch, units, ...) and (batch, 4 * units, ...), got {shapes}")
    parts = [a.reshape((c[0], c[1], 4, *c[2:])) for a in (x1, x2)]
    (a1, i1, f1, o1), (a2, i2, f2, o2) = ([part[:, :, k] for k in range(4)] for part in parts)
    new = tanh(a1) * sigmoid(i1) + tanh(a2) * sigmoid(i2) + sigmoid(f1) * c_prev1 + sigmoid(f2) * c_prev2
    return new, sigmoid(o1 + o2) * tanh(new)


@widens_half
def tree_lstm(*inputs: Any) -> tuple[Variable, Variable]:
    """Do one step of Tree-LSTM: a node of a tree from its children.

    The channels of the last input stand in blocks of as many as there are units: input, input gate, output gate, and
    a forget gate for each child.

    Source: Tai, Socher, Manning, "Improved Semantic Representations From Tree-Structured Long Short-Term Memory
    Networks" (2015).

    Args:
        inputs: The cell states of the children, each of shape (batch, units, ...), and at last what the gates get,
            shape (batch, (3 + children) * units, ...).

    Returns:
        The new cell states and the outputs, both of shape (batch, units, ...).

    Raises:
        ShapeError: If the shapes do not fit.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> c, h = F.tree_lstm(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 15)))
        >>> c.shape, h.shape
        ((2, 3), (2, 3))
    """
    check_arrays("tree_lstm", **{f"inputs[{i}]": one for i, one in enumerate(inputs)})
    *cs, x = inputs or (None,)
    shape = cs[0].shape if cs else ()
    expected = (*shape[:1], *((3 + len(cs)) * n for n in shape[1:2]), *shape[2:])
    if len(shape) < 2 or any(c.shape != shape for c in cs) or x.shape != expected:
        raise ShapeError(
            "tree_lstm: inputs must be cell states of one shape (batch, units, ...), and an array of shape "
            f"(batch, (3 + children) * units, ...), got {[one.shape for one in inputs]}"
        )
    a, i, o, *fs = split_axis(x, 3 + len(cs), 1)
    new = sigmoid(i) * tanh(a)
    for f, c in zip(fs, cs):
        new = new + sigmoid(f) * c
    return new, sigmoid(o) * tanh(new)
