"""Variables that links keep from step to step, while a device records a step."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NoReturn

from catenary import Link, Variable
from catenary.device.repeating import before_replay, refuse_recording
from catenary.types import Array


class State:
    """A Variable, or None, that each step finds in an attribute and leaves there for the next one.

    Args:
        link: The link.
        name: The attribute.
    """

    def __init__(self, link: Link, name: str) -> None:
        self.link = link
        self.name = name
        self._entered: Variable | None = None
        self._has_graph = False

    @property
    def value(self) -> Variable | None:
        """What the link keeps now."""
        kept: Variable | None = getattr(self.link, self.name)
        return kept

    def form(self) -> Hashable:
        """Return what makes a step another one."""
        value = self.value
        return None if value is None else (value.shape, value.dtype)

    def enter(self) -> None:
        """Have the step that is recorded begin with the same numbers, without the graph of the step before."""
        before = self.value
        self._has_graph = before is not None and before.creator is not None
        self._entered = None if before is None else Variable(before.array)
        setattr(self.link, self.name, self._entered)

    def leave(self) -> None:
        """Write what the step leaves to where the next one finds it."""
        entered, after = self._entered, self.value
        if self._has_graph and entered is not None and entered.grad is not None:
            refuse_recording(
                f"gradients go back through {self.name!r} of {type(self.link).__name__} into the step before; "
                "end the step with unchain_backward(), or begin it with reset_state()"
            )
        if entered is not None and after is not None and entered.shape == after.shape:
            entered.array[...] = after.array
            after = entered
        left = None if after is None else Variable(after.array)
        setattr(self.link, self.name, left)
        before_replay(lambda: self._hand_over(None if entered is None else entered.array, left))
        self._entered = None

    def _hand_over(self, found: Array | None, left: Variable | None) -> None:
        """Put what the link keeps where a replay finds it, and have the link keep what the replay leaves."""
        value = self.value
        if found is not None and value is not None and value.array is not found:
            found[...] = value.array
        setattr(self.link, self.name, left)


class Output:
    """A Variable that each step leaves in an attribute, and that no step reads.

    Args:
        link: The link.
        name: The attribute.
    """

    def __init__(self, link: Link, name: str) -> None:
        self.link = link
        self.name = name
        self._before = getattr(link, name)

    def enter(self) -> None:
        """Have the step that is recorded find something that it cannot use."""
        setattr(self.link, self.name, LeftByTheStepBefore(f"{self.name!r} of {type(self.link).__name__}"))

    def leave(self) -> None:
        """Have the link keep, at each replay, what this step leaves."""
        after = getattr(self.link, self.name)
        if isinstance(after, LeftByTheStepBefore):
            setattr(self.link, self.name, self._before)
            return
        if not isinstance(after, Variable | None):
            refuse_recording(f"it leaves something else than a Variable in {self.name!r} of {type(self.link).__name__}")
        left = None if after is None else Variable(after.array)
        setattr(self.link, self.name, left)
        before_replay(lambda: setattr(self.link, self.name, left))


class LeftByTheStepBefore:
    """Stands for what a recorded step must not read: it would find the same numbers each time.

    Args:
        what: What it stands for.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __getattr__(self, name: str) -> Any:
        self._refuse()

    def __getitem__(self, index: Any) -> Any:
        self._refuse()

    def _refuse(self) -> NoReturn:
        refuse_recording(
            f"it reads {self._what}, which the step before left there; links tell of states in their `state_names`"
        )
        raise AttributeError(self._what)
