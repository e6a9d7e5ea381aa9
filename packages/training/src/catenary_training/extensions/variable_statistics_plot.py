"""The extension that draws how the values of parameters and gradients are distributed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary import Link, Variable, get_device_from_array
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary_training.extensions.figures import figure_file
from catenary_training.extensions.interval_means import IntervalExtension
from catenary_training.extensions.libraries import has_library, need_library
from catenary_training.serialization import optional
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class VariableStatisticsPlot(IntervalExtension):
    """Draw mean, standard deviation and percentiles of Variables, and of their gradients, against the iteration.

    All elements of all targets are taken together. Where there are more iterations than `max_sample_size`, some are
    left out, at equal distances. It needs matplotlib: `pip install catenary-training[plot]`.

    Args:
        targets: A Variable or a link, of which all parameters are taken, or several of these.
        max_sample_size: The largest number of points of a curve, 2 or more.
        report_data: Whether to draw the values.
        report_grad: Whether to draw the gradients.
        plot_mean: Whether to draw the mean.
        plot_std: Whether to draw the standard deviation.
        percentile_sigmas: The percentiles to draw, from 0 to 100.
        trigger: When to draw, as for `get_trigger`.
        filename: Name of the image in the trainer's `out`; its suffix says the format.
        figsize: Width and height of the image in inches; None takes what the number of plots needs.
        marker: How matplotlib marks the points; None marks none.
        grid: Whether to draw grids.

    Raises:
        MissingLibraryError: If matplotlib is not installed.
        ArgumentTypeError: If a target is neither a Variable nor a link.
        ArgumentError: If there is nothing to draw, or `max_sample_size` is less than 2.

    Example:
        >>> import catenary
        >>> from catenary.training.extensions import VariableStatisticsPlot
        >>> plot = VariableStatisticsPlot(catenary.Chain(), filename="model.png")
    """

    def __init__(
        self,
        targets: Variable | Link | Iterable[Variable | Link],
        max_sample_size: int = 1000,
        report_data: bool = True,
        report_grad: bool = True,
        plot_mean: bool = True,
        plot_std: bool = True,
        percentile_sigmas: Sequence[float] = (0, 0.13, 2.28, 15.87, 50, 84.13, 97.72, 99.87, 100),
        trigger: TriggerLike = (1, "epoch"),
        filename: str = "statistics.png",
        figsize: tuple[float, float] | None = None,
        marker: str | None = None,
        grid: bool = True,
    ) -> None:
        need_library("VariableStatisticsPlot", "matplotlib", "plot")
        super().__init__(trigger)
        self._targets = [targets] if isinstance(targets, Variable | Link) else list(targets)
        for target in self._targets:
            if not isinstance(target, Variable | Link):
                raise ArgumentTypeError(
                    f"VariableStatisticsPlot: targets must be Variables or links, got {type(target).__name__}"
                )
        percentiles = tuple(percentile_sigmas)
        self._columns = [name for name, wanted in (("data", report_data), ("grad", report_grad)) if wanted]
        rows = {"mean": plot_mean, "std": plot_std, "percentiles": bool(percentiles)}
        self._rows = [name for name, wanted in rows.items() if wanted]
        if not self._columns or not self._rows:
            raise ArgumentError("VariableStatisticsPlot: there is nothing to draw: every part is switched off")
        if max_sample_size < 2:
            raise ArgumentError(f"VariableStatisticsPlot: max_sample_size must be 2 or more, got {max_sample_size!r}")
        self._percentiles = percentiles
        self._filename = filename
        self._figsize = figsize
        self._style: dict[str, Any] = {"marker": marker}
        self._grid = grid
        self._samples = Samples(max_sample_size)

    @staticmethod
    def available() -> bool:
        """Return whether matplotlib is installed."""
        return has_library("matplotlib")

    def __call__(self, trainer: Trainer) -> None:
        """Take the values of this iteration in, and draw if it is time."""
        if self._samples.is_due():
            self._samples.add([trainer.updater.iteration, *map(self._statistics, self._columns)])
        if self._trigger(trainer):
            self._draw(Path(trainer.out) / self._filename)

    def _statistics(self, column: str) -> dict[str, list[float]]:
        """Return the numbers that each plot of a column shows."""
        arrays = [variable.array if column == "data" else variable.grad for variable in self._variables()]
        flat = [get_device_from_array(array).to_host(array).ravel() for array in arrays if array is not None]
        values = np.concatenate(flat) if flat else np.full(1, np.nan)
        found = {"mean": values.mean(), "std": values.std(), "percentiles": np.percentile(values, self._percentiles)}
        return {row: np.ravel(found[row]).tolist() for row in self._rows}

    def _variables(self) -> Iterable[Variable]:
        for target in self._targets:
            yield from (target.params(include_uninit=False) if isinstance(target, Link) else (target,))

    def _draw(self, path: Path) -> None:
        size = self._figsize or (5 * len(self._columns), 3 * len(self._rows))
        with figure_file(path, figsize=size, layout="constrained") as figure:
            plots = figure.subplots(len(self._rows), len(self._columns), squeeze=False, sharex=True)
            iterations = [sample[0] for sample in self._samples.kept]
            for (row, column), axes in np.ndenumerate(plots):
                curves = [sample[1 + column][self._rows[row]] for sample in self._samples.kept]
                axes.plot(iterations, curves, **self._style)
                axes.set_title(f"{self._rows[row]} of {self._columns[column]}")
                axes.grid(self._grid)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the points."""
        super().serialize(serializer)
        self._samples.load(optional(serializer, "_samples", self._samples.dump()))


class Samples:
    """Some of the things that come one by one, at equal distances, never more than a given number."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._stride, self._seen = 1, 0
        self.kept: list[Any] = []

    def is_due(self) -> bool:
        """Count the next thing; return whether it is to be added."""
        self._seen += 1
        return (self._seen - 1) % self._stride == 0

    def add(self, thing: Any) -> None:
        """Add what is due; if there are too many then, drop every other one."""
        self.kept.append(thing)
        if len(self.kept) > self._size:
            self.kept = self.kept[::2]
            self._stride *= 2

    def dump(self) -> str:
        """Return everything as a text."""
        return json.dumps([self._stride, self._seen, self.kept])

    def load(self, text: str) -> None:
        """Take over what `dump` returned."""
        self._stride, self._seen, self.kept = json.loads(text)
