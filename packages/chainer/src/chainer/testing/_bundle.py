"""Classes of tests that are made from one class: one for each set of parameters, or for each device."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from typing import Any

#: From a class of tests, for each class to make: what its name ends with, and its members.
Maker = Callable[[type], Iterable[tuple[str, dict[str, Any]]]]


class Bundle:
    """What a decorated class of tests becomes: it is not collected itself, and can be decorated again.

    Args:
        cases: The classes that were made; they are members of the module, under their names.
    """

    def __init__(self, cases: list[type]) -> None:
        self.cases = cases


def spread(make: Maker) -> Callable[[Any], Bundle]:
    """Return a decorator that puts classes made from one class, or from each of a bundle, in its place.

    Args:
        make: Says which.
    """

    def decorate(base: Any) -> Bundle:
        bases = base.cases if isinstance(base, Bundle) else [base]
        made = []
        for one in bases:
            members_of_module = vars(sys.modules[one.__module__])
            members_of_module.pop(one.__name__, None)
            for suffix, members in make(one):
                name = one.__name__ + suffix
                case = type(one)(name, (one,), {"__module__": one.__module__, "__qualname__": name, **members})
                members_of_module[name] = case
                made.append(case)
        return Bundle(made)

    return decorate


def tests_of(case: type) -> dict[str, Callable[..., Any]]:
    """Return the methods of a class that are tests, by name.

    Args:
        case: The class.
    """
    return {
        name: getattr(case, name) for name in dir(case) if name.startswith("test") and callable(getattr(case, name))
    }


def with_note(test: Callable[..., Any], note: str) -> Callable[..., Any]:
    """Return a test that adds a note to what it raises.

    Args:
        test: The method.
        note: The note.
    """

    @functools.wraps(test)
    def noted(*args: Any, **kwargs: Any) -> Any:
        try:
            return test(*args, **kwargs)
        except Exception as e:
            e.add_note(note)
            raise

    return noted


def with_argument(test: Callable[..., Any], value: Any) -> Callable[..., Any]:
    """Return a test whose first argument after `self` is given.

    Args:
        test: The method.
        value: The argument.
    """

    @functools.wraps(test)
    def given(self: Any, *args: Any, **kwargs: Any) -> Any:
        return test(self, value, *args, **kwargs)

    signature = inspect.signature(test)
    this, _, *others = signature.parameters.values()
    given.__signature__ = signature.replace(parameters=[this, *others])  # type: ignore[attr-defined]
    return given
