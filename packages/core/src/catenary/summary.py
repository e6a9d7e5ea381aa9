"""Summary and DictSummary: mean and standard deviation of values that come one by one."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from catenary.device import device_of
from catenary.errors import ArgumentTypeError
from catenary.serializer import AbstractSerializer, Deserializer
from catenary.variable import Variable


class Summary:
    """Running mean and standard deviation of scalars.

    Sums are kept in float64, those of a device's arrays on that device: adding waits for nothing. A NaN makes the
    statistics NaN and raises nothing.

    Example:
        >>> from catenary import Summary
        >>> summary = Summary()
        >>> summary.add(3.0)
        >>> summary.add(1.0, weight=3)
        >>> summary.make_statistics()
        (1.5, 0.8660254037844386)
    """

    def __init__(self) -> None:
        self._x: Any = 0.0
        self._x2: Any = 0.0
        self._n: Any = 0

    def add(self, value: Any, weight: float = 1) -> None:
        """Add a value.

        Args:
            value: Number, 0-d array or Variable. Of other arrays, statistics are taken element by element.
            weight: How often it counts.

        Raises:
            ArgumentTypeError: If `value` is not numeric.
        """
        value = _numeric(value)
        with np.errstate(over="ignore", invalid="ignore"):
            self._x = self._x + weight * value
            self._x2 = self._x2 + weight * value * value
        self._n += weight

    def compute_mean(self) -> Any:
        """Return the mean; NaN if nothing was added."""
        return self._statistics()[0]

    def make_statistics(self) -> tuple[Any, Any]:
        """Return the mean and the standard deviation; NaN if nothing was added."""
        return self._statistics()

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the sums."""
        self._x = serializer("_x", _on_host(self._x))
        self._x2 = serializer("_x2", _on_host(self._x2))
        self._n = serializer("_n", float(self._n))  # weights may be fractions

    def _statistics(self) -> tuple[Any, Any]:
        x, x2 = _on_host(self._x), _on_host(self._x2)
        if not self._n:
            return math.nan, math.nan
        mean = x / self._n
        with np.errstate(invalid="ignore"):
            # Rounding can make the variance of equal values slightly negative; NaN stays NaN.
            std = np.sqrt(np.maximum(x2 / self._n - mean * mean, 0))
        return mean, float(std) if np.ndim(std) == 0 else std


class DictSummary:
    """One `Summary` for each key of dictionaries that come one by one.

    Example:
        >>> from catenary import DictSummary
        >>> summary = DictSummary()
        >>> summary.add({"loss": 1.0, "accuracy": (0.5, 10)})
        >>> summary.add({"loss": 2.0, "comment": "skipped"})
        >>> summary.compute_mean()
        {'loss': 1.5, 'accuracy': 0.5}
    """

    def __init__(self) -> None:
        self._summaries: dict[str, Summary] = {}

    def add(self, d: Mapping[str, Any]) -> None:
        """Add the scalars of a dictionary.

        Args:
            d: Key -> number, 0-d array, Variable, or pair of one of these and its weight. Other values are left
                out.
        """
        for key, value in d.items():
            weight: float = 1
            if isinstance(value, tuple) and len(value) == 2:
                value, weight = value[0], _numeric(value[1])
            if isinstance(value, Variable):
                value = value.array
            if isinstance(value, int | float | np.number | np.bool_) or getattr(value, "ndim", None) == 0:
                self._summaries.setdefault(key, Summary()).add(value, weight)

    def compute_mean(self) -> dict[str, Any]:
        """Return the mean of each key."""
        return {key: summary.compute_mean() for key, summary in self._summaries.items()}

    def make_statistics(self) -> dict[str, Any]:
        """Return the mean of each key, and its standard deviation as ``"<key>.std"``."""
        found: dict[str, Any] = {}
        for key, summary in self._summaries.items():
            found[key], found[f"{key}.std"] = summary.make_statistics()
        return found

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the keys and their sums."""
        sums = serializer["_summaries"]
        if isinstance(serializer, Deserializer):
            # A first, checking pass of a loader returns "" for the names. Then the sums are asked for by number.
            names = serializer("_names", "")
            summaries = [Summary() for _ in (json.loads(str(names)) if names else _numbers(sums))]
        else:
            names = serializer("_names", json.dumps(list(self._summaries)))
            summaries = list(self._summaries.values())
        for index, summary in enumerate(summaries):
            summary.serialize(sums[str(index)])
        if names:
            self._summaries = dict(zip(json.loads(str(names)), summaries, strict=True))


def _numbers(sums: Any) -> range:
    """Return the numbers for which there are entries; none if the format cannot tell."""
    if "no such entry" in sums:
        return range(0)
    return range(next(index for index in itertools.count() if str(index) not in sums))


def _numeric(value: Any) -> Any:
    """Return a float, or an array of float64 on its device."""
    if isinstance(value, Variable):
        value = value.array
    if isinstance(value, int | float | np.number | np.bool_):
        return float(value)
    if not hasattr(value, "dtype") or value.dtype.kind in "OSUMmc":
        raise ArgumentTypeError(f"Summary.add: expected a number, an array or a Variable, got {value!r}")
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return float(value)
    return value.astype(np.float64)


def _on_host(total: Any) -> Any:
    """Return a sum as a float where it is a scalar, as a NumPy array otherwise."""
    if isinstance(total, float | int):
        return float(total)
    array = device_of(total).to_host(total)
    return float(array) if array.ndim == 0 else array
