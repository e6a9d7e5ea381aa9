"""Decorators that run a test several times, for tests that draw random numbers."""

from __future__ import annotations

import functools
import unittest
from collections.abc import Callable
from typing import Any

Decorator = Callable[[Callable[..., Any]], Callable[..., None]]


def repeat_with_success_at_least(times: int, min_success: int) -> Decorator:
    """Return a decorator that runs a test several times and wants so many of them to pass.

    `setUp` and `tearDown` of the test run around each of them. What a run skips, the test skips.

    Args:
        times: How often it runs at most; it stops when the result is known.
        min_success: How many runs must pass.

    Example:
        >>> from chainer.testing import condition
        >>> seen = []
        >>> @condition.repeat_with_success_at_least(4, 2)
        ... def test():
        ...     seen.append(len(seen))
        ...     assert len(seen) > 1
        >>> test()
        >>> seen
        [0, 1, 2]
    """

    def decorate(test: Callable[..., Any]) -> Callable[..., None]:
        @functools.wraps(test)
        def repeated(*args: Any, **kwargs: Any) -> None:
            instance = args[0] if args else None
            passed, failed = 0, 0
            while passed < min_success:
                if passed + failed:
                    _call(instance, "tearDown", "teardown_method")
                    _call(instance, "setUp", "setup_method")
                try:
                    test(*args, **kwargs)
                    passed += 1
                except unittest.SkipTest:
                    raise
                except Exception as e:
                    failed += 1
                    if times - failed < min_success:
                        e.add_note(f"{failed} of {passed + failed} runs failed; {min_success} of {times} must pass")
                        raise

        return repeated

    return decorate


def _call(instance: Any, *names: str) -> None:
    """Call the first of these methods that a test has."""
    for name in names:
        if hasattr(instance, name):
            getattr(instance, name)()
            return


def repeat(times: int) -> Decorator:
    """Return a decorator that runs a test several times; each of them must pass.

    Args:
        times: How often.
    """
    return repeat_with_success_at_least(times, times)


def retry(times: int) -> Decorator:
    """Return a decorator that runs a test until it passes.

    Args:
        times: How often at most.
    """
    return repeat_with_success_at_least(times, 1)
