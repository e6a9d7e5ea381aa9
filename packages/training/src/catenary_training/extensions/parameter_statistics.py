"""The extension that reports statistics of parameters and gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from catenary import DictSummary, Link, get_array_module, report
from catenary.errors import ArgumentTypeError
from catenary_training.extension import PRIORITY_WRITER
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer

Statistic = Callable[[Any], Any]

#: Percentiles of a normal distribution at -3, -2, ..., 3 standard deviations.
PERCENTILES = (0.13, 2.28, 15.87, 50, 84.13, 97.72, 99.87)


def percentile(array: Any) -> Any:
    """Return the percentiles of an array."""
    return get_array_module(array).percentile(array, PERCENTILES)


class ParameterStatistics(IntervalMeans):
    """Report means over an interval of statistics of the parameters of links, and of their gradients.

    The keys are such as `model/l1/W/data/mean` and `model/l1/W/grad/percentile/3`; they begin with the name of the link
    (`None` if it has none). Parameters without a shape, and gradients that are None, are left out.

    Args:
        links: A link or several.
        statistics: Functions of a flat array by name; each returns a number, or several in an array. `"default"` takes
            `default_statistics`, None takes none.
        report_params: Whether to look at the parameters.
        report_grads: Whether to look at their gradients.
        prefix: What the keys begin with, before a slash.
        trigger: The interval, as for `get_trigger`.
        skip_nan_params: Whether the statistics of an array with a NaN are NaN without being computed.

    Attributes:
        default_statistics: Mean, standard deviation, least and largest value, number of zeros, and percentiles at
            -3, -2, ..., 3 standard deviations of a normal distribution.
        report_key_template: How keys are made.

    Raises:
        ArgumentTypeError: If `links` are no links, or a statistic is not callable.

    Example:
        >>> import catenary
        >>> from catenary.training.extensions import ParameterStatistics
        >>> extension = ParameterStatistics(catenary.Chain(), {"norm": lambda x: (x * x).sum() ** 0.5})
    """

    priority = PRIORITY_WRITER
    default_name = "parameter_statistics"
    report_key_template = "{prefix}{link_name}{param_name}/{attr_name}/{function_name}"
    default_statistics: ClassVar[dict[str, Statistic]] = {
        "mean": lambda x: x.mean(),
        "std": lambda x: x.std(),
        "min": lambda x: x.min(),
        "max": lambda x: x.max(),
        "zeros": lambda x: (x == 0).sum(),
        "percentile": percentile,
    }

    def __init__(
        self,
        links: Link | Iterable[Link],
        statistics: Mapping[str, Statistic] | str | None = "default",
        report_params: bool = True,
        report_grads: bool = True,
        prefix: str | None = None,
        trigger: TriggerLike = (1, "epoch"),
        skip_nan_params: bool = False,
    ) -> None:
        super().__init__(None, trigger)
        self._links = links_of("ParameterStatistics", links)
        self._attributes = [name for name, wanted in (("data", report_params), ("grad", report_grads)) if wanted]
        self._prefix = "" if prefix is None else f"{prefix}/"
        self._skip_nan_params = skip_nan_params
        self._statistics: dict[str, Statistic] = {}
        chosen = self.default_statistics if statistics == "default" else statistics or {}
        if not isinstance(chosen, Mapping):
            raise ArgumentTypeError(
                f"ParameterStatistics: statistics must be a dict of functions, 'default' or None, got {statistics!r}"
            )
        for name, function in chosen.items():
            self.register_statistics(name, function)

    def register_statistics(self, name: str, function: Statistic) -> None:
        """Add a statistic, or put it into the place of one of the same name.

        Args:
            name: Its name in the keys.
            function: A function of a flat array that returns a number, or several in an array.

        Raises:
            ArgumentTypeError: If it is not callable.
        """
        if not callable(function):
            raise ArgumentTypeError(f"ParameterStatistics: statistic {name!r} must be a function, got {function!r}")
        self._statistics[name] = function

    def values(self, trainer: Trainer) -> dict[str, Any]:
        """Return the statistics of this iteration."""
        return {key: value for parts, array in self._arrays() for key, value in self._compute(parts, array.ravel())}

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Report the means."""
        report(summary.compute_mean())

    def _arrays(self) -> Iterator[tuple[dict[str, str], Any]]:
        """Yield the arrays to look at, with the parts of their keys."""
        for link in self._links:
            for path, param in link.namedparams(include_uninit=False):
                for attribute in self._attributes:
                    array = param.array if attribute == "data" else param.grad
                    if array is not None and array.size:
                        names = (self._prefix, str(link.name), path, attribute)
                        yield dict(zip(("prefix", "link_name", "param_name", "attr_name"), names)), array

    def _compute(self, parts: dict[str, str], array: Any) -> Iterator[tuple[str, Any]]:
        skip = self._skip_nan_params and bool(get_array_module(array).isnan(array).any())
        for name, function in self._statistics.items():
            value: Any = math.nan if skip else function(array)
            key = self.report_key_template.format(**parts, function_name=name)
            if getattr(value, "ndim", 0) == 1:
                yield from ((f"{key}/{index}", value[index]) for index in range(len(value)))
            else:
                yield key, value


def links_of(extension: str, links: Any) -> list[Link]:
    """Return a link or several as a list.

    Raises:
        ArgumentTypeError: If something else is among them.
    """
    found = [links] if isinstance(links, Link) or not isinstance(links, Iterable) else list(links)
    for link in found:
        if not isinstance(link, Link):
            raise ArgumentTypeError(f"{extension}: expected a Link or several, got {type(link).__name__}")
    return found
