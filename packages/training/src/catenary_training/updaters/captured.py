"""A step of an optimizer for devices that record steps and replay them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from catenary import Link, Parameter, Variable
from catenary.device.repeating import is_recording, refuse_recording
from catenary_training.updaters.kept_variables import Output, State

#: A link and the name of an attribute.
Place = tuple[Link, str]
#: Whose attributes, which one, and what it was.
Held = tuple[dict[str, Any], str, Any]
#: How many steps without a recording are watched for what they leave in attributes.
WATCHED = 2


class CapturableStep:
    """One step of an optimizer, which refuses to be recorded if it leaves something on the host that matters later.

    Variables may be left in attributes of the links: those that the next step reads, such as the output of an LSTM, if
    the link tells of them (`state_names`), and those that it does not read, such as a loss. A recorded step works on
    the arrays, and goes by the attributes, that it found; if others take their place, it is recorded anew.

    Args:
        optimizer: The optimizer.
        lossfun: What gives the loss.
    """

    def __init__(self, optimizer: Any, lossfun: Callable[..., Any]) -> None:
        self._optimizer = optimizer
        self._lossfun = lossfun
        self._states = [
            State(part, name) for part in optimizer.target.links() for name in getattr(part, "state_names", ())
        ]
        self._written: set[Place] = set()  # attributes in which each step leaves another Variable
        self._watched = 0
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
        def update() -> None:
            self._optimizer.update(self._lossfun, *args, **kwargs)

        if is_recording():
            self._record(update)
        elif self._watched < WATCHED:
            self._watched += 1
            self._watch(update)
        else:
            update()

    def _watch(self, update: Callable[[], None]) -> None:
        before = self._attributes()
        update()
        self._written = {
            place
            for place, value in self._attributes().items()
            if isinstance(value, Variable) and before.get(place) is not value
        }

    def _record(self, update: Callable[[], None]) -> None:
        before = self._attributes()
        states = {(state.link, state.name) for state in self._states}
        outputs = {place for place in self._written - states if before.get(place) is not None}
        kept: list[State | Output] = [*self._states, *(Output(*place) for place in outputs)]
        fixed = before.keys() - states - outputs
        try:
            for one in kept:
                one.enter()
            update()
            for one in kept:
                one.leave()
            self._refuse_changes(before, fixed)
        except Exception:
            for (part, name), value in before.items():  # the step is done again, without being recorded
                if getattr(part, name) is not value:
                    setattr(part, name, value)
            raise
        self._held = [*self._holds(fixed)]

    def _refuse_changes(self, before: dict[Place, Any], fixed: set[Place]) -> None:
        paths = {part: path for path, part in self._optimizer.target.namedlinks()}
        for (part, name), value in self._attributes().items():
            if ((part, name) in fixed or (part, name) not in before) and before.get((part, name)) is not value:
                path = f"{paths[part].rstrip('/')}/{name}"
                refuse_recording(f"each step changes {path} of the model, which is not an array that stays where it is")

    def _holds(self, fixed: set[Place]) -> Iterator[Held]:
        """Yield what a recorded step works on: attributes of the links, arrays of parameters and of their rules."""
        for part, name in fixed:
            yield vars(part), name, getattr(part, name)
        for param in self._optimizer.target.params():
            yield vars(param), "_array", param.array
            state = getattr(param.update_rule, "state", None)
            if state is not None:
                yield vars(param.update_rule), "state", state
                yield from ((state, name, array) for name, array in state.items())

    def _attributes(self) -> dict[Place, Any]:
        return {
            (part, name): value
            for part in self._optimizer.target.links()
            for name, value in vars(part).items()
            if not isinstance(value, Parameter | Link) and not name.startswith("_")
        }
