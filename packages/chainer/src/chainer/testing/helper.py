"""What tests need now and then: warnings, installed libraries, patches."""

from __future__ import annotations

import importlib.metadata
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

from catenary.errors import ArgumentError

REQUIREMENT = re.compile(r"\s*([\w.-]+)\s*(?:\[[^]]*\])?\s*((?:[<>=!~]=?[^,]+,?)*)\s*$")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


@contextmanager
def assert_warns(expected: type[Warning]) -> Iterator[None]:
    """Assert that a `with` block gives a warning.

    Args:
        expected: The class of the warning.

    Raises:
        AssertionError: If there is none.

    Example:
        >>> import warnings
        >>> from chainer import testing
        >>> with testing.assert_warns(DeprecationWarning):
        ...     warnings.warn("old", DeprecationWarning)
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    if not any(issubclass(warning.category, expected) for warning in caught):
        raise AssertionError(f"assert_warns: expected a {expected.__name__}, got {[str(w.message) for w in caught]}")


def with_requires(*requirements: str) -> Callable[[Any], Any]:
    """Return a decorator that skips a test unless libraries are installed.

    Args:
        requirements: Such as "scipy" or "numpy>=2,<3".
    """
    met = all(map(_installed, requirements))
    return pytest.mark.skipif(not met, reason=f"requires: {', '.join(requirements)}")


def without_requires(*requirements: str) -> Callable[[Any], Any]:
    """Return a decorator that skips a test if libraries are installed.

    Args:
        requirements: Such as "scipy" or "numpy>=2,<3".
    """
    met = all(map(_installed, requirements))
    return pytest.mark.skipif(met, reason=f"requires that there is no: {', '.join(requirements)}")


def _installed(requirement: str) -> bool:
    found = REQUIREMENT.match(requirement)
    if found is None:
        raise ArgumentError(f"with_requires: expected a name and versions such as 'numpy>=2,<3', got {requirement!r}")
    name, limits = found.groups()
    try:
        version = _numbers(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False
    for limit in filter(None, limits.split(",")):
        sign, number = re.match(r"\s*([<>=!~]+)\s*(.*)", limit).groups()  # type: ignore[union-attr]
        wanted = _numbers(number)
        width = max(len(version), len(wanted))
        a, b = (v + (0,) * (width - len(v)) for v in (version, wanted))
        if sign == "~=":
            if not (a >= b and version[: len(wanted) - 1] == wanted[:-1]):
                return False
        elif not COMPARE[sign](a, b):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers at the beginning of a version."""
    return tuple(int(part) for part in re.match(r"\d*(?:\.\d+)*", version).group().split(".") if part)  # type: ignore[union-attr]


def patch(target: str, *args: Any, **kwargs: Any) -> Any:
    """Return a `unittest.mock.patch` that imports the modules on the way to the target first.

    Args:
        target: The dotted name of what is replaced.
        args: Further arguments of `unittest.mock.patch`.
        kwargs: Further arguments of `unittest.mock.patch`.
    """
    parent = target.rpartition(".")[0]
    pkgutil.resolve_name(parent)
    return mock.patch(target, *args, **kwargs)


def run_module(name: str, file: str) -> None:
    """Run the tests of a file, if it is run as a script.

    Args:
        name: Its `__name__`.
        file: Its `__file__`.
    """
    if name == "__main__":
        raise SystemExit(pytest.main([file, "-vv"]))
