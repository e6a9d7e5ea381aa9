"""Chains that keep Variables from call to call."""

from __future__ import annotations

from typing import Any

from catenary import Chain, Link, Variable, as_variable
from catenary.device_resident import DeviceResidentsVisitor
from catenary.errors import ShapeError
from catenary.types import Shape


class StatefulChain(Chain):
    """A chain that keeps Variables from call to call; they move with it and are not saved.

    Attributes:
        state_names: The attributes that hold them; None before the first call.
    """

    state_names: tuple[str, ...] = ()

    def __init__(self, **links: Link) -> None:
        super().__init__(**links)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget the state."""
        for name in self.state_names:
            setattr(self, name, None)

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameters and the state to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        for name in self.state_names:
            if getattr(self, name) is not None:
                visitor.visit_variable(getattr(self, name))

    def _keep(self, **states: Any) -> None:
        """Set the state from arrays or Variables of any device."""
        for name, value in states.items():
            state = as_variable(value)
            state.to_device(self.device)
            setattr(self, name, state)

    def _state(self, name: str, x: Any, shape: Shape) -> Any:
        """Return a state for the batch of `x`: zeros before the first call.

        Raises:
            ShapeError: If the state is that of another batch.
        """
        state = getattr(self, name)
        if state is None:
            return zeros(self, x, shape)
        if len(state) != len(x):
            name = type(self).__name__
            raise ShapeError(f"{name}: the state has a batch of {len(state)}, x has {len(x)}; call reset_state() first")
        return state


class StateOfTwo(StatefulChain):
    """The state of long short-term memory.

    Attributes:
        c: The cell state, or None.
        h: The output, or None.
    """

    state_names = ("c", "h")
    c: Variable | None
    h: Variable | None

    def set_state(self, c: Any, h: Any) -> None:
        """Set the state.

        Args:
            c: The cell state, shape (batch, units).
            h: The output, shape (batch, units).
        """
        self._keep(c=c, h=h)


class StateOfOne(StatefulChain):
    """The state of a gated recurrent unit.

    Attributes:
        h: The output, or None.
    """

    state_names = ("h",)
    h: Variable | None

    def set_state(self, h: Any) -> None:
        """Set the output.

        Args:
            h: Shape (batch, units).
        """
        self._keep(h=h)


def zeros(link: Link, like: Any, shape: Shape) -> Variable:
    """Return zeros for a link, with the dtype of an input, to which no gradient goes."""
    return Variable(link.xp.zeros(shape, like.dtype), requires_grad=False)
