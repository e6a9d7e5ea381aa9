"""The extension that draws observed values as curves."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary_training.extensions.figures import figure_file
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.extensions.libraries import has_library, need_library
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class PlotReport(IntervalMeans):
    """Draw observed values against the iteration or the epoch into an image file.

    A point is the mean of a value over an interval. Where it is NaN or infinite, the curve has a gap. The
    image is replaced as a whole after each interval. It needs matplotlib: `pip install
    catenary-training[plot]`.

    Args:
        y_keys: The value or values to draw.
        x_key: `"iteration"` or `"epoch"`, or an observed value.
        trigger: When an interval ends, as for `get_trigger`.
        postprocess: Called with the figure, the axes and the `DictSummary` of the last interval before the
            image is written.
        filename: Name of the image in the trainer's `out`; its suffix says the format.
        marker: How matplotlib marks the points; None marks none.
        grid: Whether to draw a grid.
        yscale: How matplotlib scales the values, such as `"log"`.

    Raises:
        MissingLibraryError: If matplotlib is not installed.

    Example:
        >>> from catenary.training.extensions import PlotReport
        >>> plot = PlotReport(["main/loss", "validation/main/loss"], "epoch", filename="loss.png")
    """

    def __init__(
        self,
        y_keys: str | Iterable[str],
        x_key: str = "iteration",
        trigger: TriggerLike = (1, "epoch"),
        postprocess: Callable[[Any, Any, DictSummary], Any] | None = None,
        filename: str = "plot.png",
        marker: str | None = "x",
        grid: bool = True,
        *,
        yscale: str = "linear",
    ) -> None:
        need_library("PlotReport", "matplotlib", "plot")
        self._y_keys = [y_keys] if isinstance(y_keys, str) else list(y_keys)
        super().__init__([*self._y_keys, x_key], trigger)
        self._x_key = x_key
        self._postprocess = postprocess
        self._filename = filename
        self._marker = marker
        self._grid = grid
        self._yscale = yscale
        self._points: dict[str, list[tuple[float, float]]] = {key: [] for key in self._y_keys}

    @staticmethod
    def available() -> bool:
        """Return whether matplotlib is installed."""
        return has_library("matplotlib")

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Add a point to each curve, and draw."""
        self._add_points(trainer, summary.compute_mean())
        self._draw(Path(trainer.out) / self._filename, summary)

    def _add_points(self, trainer: Trainer, means: dict[str, Any]) -> None:
        updater = trainer.updater
        own = {"iteration": updater.iteration, "epoch": updater.epoch_detail}
        x = float(own.get(self._x_key, means.get(self._x_key, math.nan)))
        for key in self._y_keys:
            if key in means:
                self._points[key].append((x, float(means[key])))

    def _draw(self, path: Path, summary: DictSummary) -> None:
        with figure_file(path) as figure:
            axes = figure.add_subplot(xlabel=self._x_key, yscale=self._yscale)
            axes.grid(self._grid)
            for key, points in self._points.items():
                if points:
                    x, y = zip(*points)
                    gapped = [value if math.isfinite(value) else math.nan for value in y]
                    axes.plot(x, gapped, marker=self._marker, label=key)
            if axes.get_lines():
                axes.legend()
            if self._postprocess is not None:
                self._postprocess(figure, axes, summary)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the points and the interval that is going on."""
        super().serialize(serializer)
        stored = json.loads(serializer(f"_plot_{self._filename}", json.dumps(self._points)))
        self._points = {key: stored.get(key, []) for key in self._y_keys}
