"""A function: one body on arrays, and one gradient rule for each input."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import function
from catenary.types import Array, ArrayModule


@function(widens_half=True)
def swiglu(xp: ArrayModule, gate: Array, x: Array) -> Array:
    """Let x through a smooth gate: gate sigmoid(gate) x.

    Source: Shazeer, "GLU Variants Improve Transformer" (2020).

    Args:
        gate: The gate, of any shape.
        x: What goes through it, of a shape that broadcasts with the gate's.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.swiglu(np.array([-9.0, 0.0, 9.0]), np.ones(3)).array.round(2)
        array([-0.,  0.,  9.])
    """
    sigmoid = xp.tanh(gate * 0.5) * 0.5 + 0.5
    return gate * sigmoid * x


def _gate_gradient(gy: Any, gate: Any, x: Any) -> Any:
    s = F.sigmoid(gate)
    return gy * x * s * (1 + gate * (1 - s))


swiglu.gradient(
    gate=_gate_gradient,
    x=lambda gy, gate: gy * gate * F.sigmoid(gate),
)
