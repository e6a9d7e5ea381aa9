"""Reporter: where models, updaters and extensions leave the values that they have observed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from catenary.errors import ArgumentTypeError, ReportError
from catenary.summary import DictSummary as DictSummary, Summary as Summary
from catenary.variable import Variable


class _Stack(threading.local):
    def __init__(self) -> None:
        self.reporters: list[Reporter] = []


_stack = _Stack()


class Reporter:
    """Collects values under names of the form ``"<observer>/<key>"``.

    A reporter is the current one of its thread inside a `with` statement; `report` goes to it.

    Attributes:
        observation: What has been reported, by name. `scope` puts another dictionary into its place.
        keep_graph: Whether Variables are kept with their graph, and so all arrays behind them; False at
            first.

    Example:
        >>> import catenary
        >>> reporter, model = catenary.Reporter(), object()
        >>> reporter.add_observer("main", model)
        >>> with reporter:
        ...     catenary.report({"loss": 0.5}, model)
        >>> reporter.observation
        {'main/loss': 0.5}
    """

    def __init__(self) -> None:
        self.observation: dict[str, Any] = {}
        self.keep_graph = False
        # By id, for observers need not be hashable; the object is kept so that no other gets its id.
        self._observers: dict[int, tuple[str, object]] = {}

    def __enter__(self) -> Reporter:
        _stack.reporters.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _stack.reporters.pop()

    @contextmanager
    def scope(self, observation: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Let reports go to `observation` inside a `with` statement, and make this the current reporter.

        Args:
            observation: The dictionary that takes the values.
        """
        old = self.observation
        self.observation = observation
        try:
            with self:
                yield observation
        finally:
            self.observation = old

    def add_observer(self, name: str, observer: object) -> None:
        """Give a name to an observer.

        Args:
            name: What stands before the slash in the names of its values.
            observer: Any object.
        """
        self._observers[id(observer)] = (name, observer)

    def add_observers(self, prefix: str, observers: Iterable[tuple[str, object]]) -> None:
        """Give names to several observers.

        Args:
            prefix: What stands before each name.
            observers: Pairs of name and observer, such as `link.namedlinks(skipself=True)`.
        """
        for name, observer in observers:
            self.add_observer(prefix + name, observer)

    def report(self, values: Mapping[str, Any], observer: object = None) -> None:
        """Add values to the observation.

        Args:
            values: Key -> Variable, array or number. Variables are kept without their graph, unless
                `keep_graph`.
            observer: The object that the values are of; None leaves the keys as they are.

        Raises:
            ReportError: If the observer has no name here.
            ArgumentTypeError: If `values` is not a mapping.
        """
        if not isinstance(values, Mapping):
            raise ArgumentTypeError(f"report: expected a dict of values, got {type(values).__name__}")
        prefix = "" if observer is None else self._name_of(observer) + "/"
        keep = _unchanged if self.keep_graph else _detached
        self.observation.update({f"{prefix}{key}": keep(value) for key, value in values.items()})

    def _name_of(self, observer: object) -> str:
        if id(observer) not in self._observers:
            known = ", ".join(repr(name) for name, _ in self._observers.values()) or "none"
            raise ReportError(
                f"report: the observer, of type {type(observer).__name__}, has no name in the current reporter; "
                f"call add_observer first (named observers: {known})"
            )
        return self._observers[id(observer)][0]


def get_current_reporter() -> Reporter:
    """Return the current reporter of this thread.

    Raises:
        ReportError: If there is none.
    """
    if not _stack.reporters:
        raise ReportError("get_current_reporter: this thread has none; write 'with reporter:' around the call")
    return _stack.reporters[-1]


def report(values: Mapping[str, Any], observer: object = None) -> None:
    """Report values to the current reporter; without one, do nothing.

    Args:
        values: Key -> Variable, array or number.
        observer: The object that the values are of, usually the link that calls this.

    Raises:
        ReportError: If the current reporter has no name for the observer.

    Example:
        >>> import catenary
        >>> with catenary.Reporter() as reporter:
        ...     catenary.report({"loss": 0.5})
        >>> reporter.observation
        {'loss': 0.5}
    """
    if _stack.reporters:
        _stack.reporters[-1].report(values, observer)


@contextmanager
def report_scope(observation: dict[str, Any]) -> Iterator[None]:
    """Let reports to the current reporter go to `observation` inside a `with` statement.

    Args:
        observation: The dictionary that takes the values.

    Raises:
        ReportError: If there is no current reporter.

    Example:
        >>> import catenary
        >>> seen = {}
        >>> with catenary.Reporter(), catenary.report_scope(seen):
        ...     catenary.report({"loss": 0.5})
        >>> seen
        {'loss': 0.5}
    """
    with get_current_reporter().scope(observation):
        yield


def _unchanged(value: Any) -> Any:
    return value


def _detached(value: Any) -> Any:
    """Return a Variable without its graph, so that a log keeps no arrays of the forward pass alive."""
    if isinstance(value, Variable) and value.creator is not None:
        return Variable(value.array, name=value.name)
    return value
