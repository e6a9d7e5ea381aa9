"""A step of an optimizer for devices that record steps and replay them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from catenary import Link, Parameter, Variable
from catenary.device.repeating import before_replay, is_recording, refuse_recording
from catenary.types import Array

#: Whose attributes, which one, and what it was.
Held = tuple[dict[str, Any], str, Any]


class CapturableStep:
    """One step of an optimizer, which refuses to be recorded if it leaves something on the host that matters later.

    Variables that links keep from call to call, such as the output of an LSTM (`state_names`), may change: a recorded
    step finds them in the same arrays each time.

    Args:
        optimizer: The optimizer.
        lossfun: What gives the loss.
    """

    def __init__(self, optimizer: Any, lossfun: Callable[..., Any]) -> None:
        self._optimizer = optimizer
        self._lossfun = lossfun
        self._states = [
            _State(part, name) for part in optimizer.target.links() for name in getattr(part, "state_names", ())
        ]
        self._passed_over = {(state.link, state.name) for state in self._states}
        self._held: list[Held] = []
        self._version = 0

    def frozen(self) -> Hashable:
        """Return what a recorded step takes from the host as it was."""
        if not all(owner.get(name) is value for owner, name, value in self._held):
            self._held = []
            self._version += 1
        numbers: Hashable = getattr(self._optimizer, "frozen_numbers", tuple)()
        return self._version, numbers, *(state.form() for state in self._states)

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        if not is_recording():
            self._optimizer.update(self._lossfun, *args, **kwargs)
            return
        before = {(part, name): value for part, name, value in self._attributes()}
        try:
            for state in self._states:
                state.enter()
            self._optimizer.update(self._lossfun, *args, **kwargs)
            for state in self._states:
                state.leave(before[state.link, state.name])
            self._refuse_changes(before)
        except Exception:
            for (part, name), value in before.items():  # the step is done again, without being recorded
                if getattr(part, name) is not value:
                    setattr(part, name, value)
            raise
        self._held = [*self._holds()]

    def _holds(self) -> Iterator[Held]:
        """Yield what a recorded step works on: attributes of the links, arrays of parameters and of their rules."""
        for part, name, value in self._attributes():
            if (part, name) not in self._passed_over:
                yield vars(part), name, value
        for param in self._optimizer.target.params():
            yield vars(param), "_array", param.array
            state = getattr(param.update_rule, "state", None)
            if state is not None:
                yield vars(param.update_rule), "state", state
                yield from ((state, name, array) for name, array in state.items())

    def _refuse_changes(self, before: dict[tuple[Link, str], Any]) -> None:
        paths = {part: path for path, part in self._optimizer.target.namedlinks()}
        for part, name, value in self._attributes():
            if (part, name) not in self._passed_over and before.get((part, name)) is not value:
                path = f"{paths[part].rstrip('/')}/{name}"
                refuse_recording(f"each step changes {path} of the model, which is not an array that stays where it is")

    def _attributes(self) -> Iterator[tuple[Link, str, Any]]:
        for part in self._optimizer.target.links():
            for name, value in vars(part).items():
                if not isinstance(value, Parameter | Link) and not name.startswith("_"):
                    yield part, name, value


class _State:
    """A Variable, or None, that a link keeps from step to step in one attribute.

    Args:
        link: The link.
        name: The attribute.
    """

    def __init__(self, link: Link, name: str) -> None:
        self.link = link
        self.name = name

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
        if self.value is not None:
            setattr(self.link, self.name, Variable(self.value.array))
        self._entered = self.value

    def leave(self, before: Variable | None) -> None:
        """Write what the step leaves to where the next one finds it.

        Args:
            before: What the link kept before the step.
        """
        entered, after = self._entered, self.value
        if entered is not None and entered.grad is not None and before is not None and before.creator is not None:
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

    def _hand_over(self, found: Array | None, left: Variable | None) -> None:
        """Put what the link keeps where a replay finds it, and have the link keep what the replay leaves."""
        value = self.value
        if found is not None and value is not None and value.array is not found:
            found[...] = value.array
        setattr(self.link, self.name, left)
