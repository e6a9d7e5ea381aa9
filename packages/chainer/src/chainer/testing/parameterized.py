"""Classes of tests with parameters."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from catenary.errors import ArgumentTypeError
from chainer.testing._bundle import spread, tests_of, with_note

Parameters = dict[str, Any]


def parameterize(*params: Parameters) -> Callable[[type], Any]:
    """Return a decorator that makes a class of tests for each set of parameters; they become attributes.

    Args:
        params: The sets: from names to values.

    Example:
        >>> from chainer import testing
        >>> @testing.parameterize({"n": 1}, {"n": 2})
        ... class TestSquare:
        ...     def test_grows(self):
        ...         assert self.n**2 >= self.n
        >>> [case.__name__ for case in TestSquare.cases]
        ['TestSquare_param_0_{n=1}', 'TestSquare_param_1_{n=2}']
    """

    def make(base: type) -> Iterator[tuple[str, dict[str, Any]]]:
        for i, param in enumerate(params):
            note = "\n".join(["Test parameters:", *(f"  {name}: {value}" for name, value in param.items())])
            tests = {name: with_note(test, note) for name, test in tests_of(base).items()}
            values = ", ".join(f"{name}={_short(value)}" for name, value in param.items())
            yield f"_param_{i}_{{{values}}}", {**tests, **{name: _attribute(v) for name, v in param.items()}}

    return spread(make)


def _attribute(value: Any) -> Any:
    """Return a value such that it can be read from an instance: functions would become methods."""
    return staticmethod(value) if callable(value) and not isinstance(value, type) else value


def _short(value: Any, width: int = 100) -> str:
    """Return a value as a part of the name of a class."""
    text = value.__name__ if isinstance(value, type) else str(value)
    text = " ".join(text.split()).replace("::", ":")
    half = width // 2 - 2
    return text if len(text) <= width else f"{text[:half]}...{text[-half:]}"


def product(parameter: Mapping[str, Iterable[Any]] | Sequence[Iterable[Parameters]]) -> list[Parameters]:
    """Return all combinations of parameters.

    Args:
        parameter: From names to possible values; or lists of sets of parameters, of each of which one is taken.

    Raises:
        ArgumentTypeError: If it is neither.

    Example:
        >>> from chainer import testing
        >>> testing.product({"x": [1, 2], "y": [3]})
        [{'x': 1, 'y': 3}, {'x': 2, 'y': 3}]
    """
    if isinstance(parameter, Mapping):
        names = sorted(parameter)
        return [dict(zip(names, values)) for values in itertools.product(*(parameter[name] for name in names))]
    if not isinstance(parameter, list | tuple) or not all(isinstance(p, Mapping) for group in parameter for p in group):
        raise ArgumentTypeError("product: expected a dict of lists, or a list of lists of dicts")
    return product_dict(*parameter)


def product_dict(*parameters: Iterable[Parameters]) -> list[Parameters]:
    """Return all combinations of sets of parameters.

    Args:
        parameters: Lists of sets; one of each is taken.

    Example:
        >>> from chainer import testing
        >>> testing.product_dict([{"x": 1}, {"x": 2}], [{"y": 3}])
        [{'x': 1, 'y': 3}, {'x': 2, 'y': 3}]
    """
    return [{k: v for part in parts for k, v in part.items()} for parts in itertools.product(*parameters)]


def from_pytest_parameterize(names: str, values: Iterable[Any]) -> list[Parameters]:
    """Return sets of parameters from what `pytest.mark.parametrize` takes.

    Args:
        names: Names, with commas between them.
        values: For each set the values, a tuple if there are several names.
    """
    keys = [name.strip() for name in names.split(",")]
    return [dict(zip(keys, row if len(keys) > 1 else (row,), strict=True)) for row in values]


def parameterize_pytest(names: str, values: Iterable[Any]) -> Callable[[type], Any]:
    """Return a decorator that makes classes of tests, from what `pytest.mark.parametrize` takes.

    Args:
        names: Names, with commas between them.
        values: For each set the values, a tuple if there are several names.
    """
    return parameterize(*from_pytest_parameterize(names, values))
