"""Wrong calls, and what each says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest


class WrongCall(NamedTuple):
    """A call that must fail with a clear message.

    Attributes:
        name: The name of the called function; the message begins with it and a colon.
        call: The call, without arguments.
        error: The class of the error.
        message: How the message goes on: which argument, what was expected, what came.
    """

    name: str
    call: Callable[[], Any]
    error: type[Exception]
    message: str


def wrong_call_tests(rows: Sequence[WrongCall]) -> Callable[..., None]:
    """Return a pytest test that makes every wrong call; give it a name that begins with `test_`.

    Args:
        rows: The wrong calls.

    Example:
        >>> from catenary.arithmetic import neg
        >>> from catenary.errors import ArgumentTypeError
        >>> from catenary.testing import WrongCall, wrong_call_tests
        >>> test_wrong_calls = wrong_call_tests(
        ...     [WrongCall("neg", lambda: neg("x"), ArgumentTypeError, "x must be an array, got str")]
        ... )
    """

    @pytest.mark.parametrize("row", rows, ids=lambda row: row.name)
    def test_wrong_call(row: WrongCall) -> None:
        with pytest.raises(row.error) as caught:
            row.call()
        message = str(caught.value)
        assert message.startswith(f"{row.name}: {row.message}"), message

    tests: Callable[..., None] = test_wrong_call
    return tests
