"""Work that has to be done at the end, all of it, and without hiding why the end has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def finishing() -> Iterator[list[Callable[[], Any]]]:
    """Give a list for actions; all are called after the block, in order, whatever happens.

    The first error, that of the block before those of the actions, is raised at the end, with a note of each other one.
    """
    actions: list[Callable[[], Any]] = []
    first: BaseException | None = None
    try:
        yield actions
    except BaseException as error:
        first = error
    first = call_all(actions, first)
    if first is not None:
        raise first


def call_all(actions: Iterable[Callable[[], Any]], first: BaseException | None = None) -> BaseException | None:
    """Call all actions, also after one has failed.

    Args:
        actions: The actions.
        first: An error from before.

    Returns:
        The first error, with a note of each other one; None if there is none.
    """
    for action in actions:
        try:
            action()
        except BaseException as error:
            if first is None:
                first = error
            else:
                first.add_note(f"(then this failed, too: {type(error).__name__}: {error})")
    return first
