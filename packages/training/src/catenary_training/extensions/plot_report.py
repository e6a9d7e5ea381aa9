"""The extension that draws observed values as curves."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary.errors import MissingLibraryError
from catenary_training.extension import Extension
from catenary_training.files import replacing
from catenary_training.serialization import serialize_child
from catenary_training.triggers.get_trigger import TriggerLike, get_trigger

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class PlotReport(Extension):
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
    ) -> None:
        if not self.available():
            raise MissingLibraryError(
                "PlotReport: matplotlib is not installed. Install it with:  pip install 'catenary-training[plot]'"
            )
        self._y_keys = [y_keys] if isinstance(y_keys, str) else list(y_keys)
        self._x_key = x_key
        self._trigger = get_trigger(trigger)
        self._postprocess = postprocess
        self._filename = filename
        self._marker = marker
        self._grid = grid
        self._summary = DictSummary()
        self._points: dict[str, list[tuple[float, float]]] = {key: [] for key in self._y_keys}

    @staticmethod
    def available() -> bool:
        """Return whether matplotlib is installed."""
        return importlib.util.find_spec("matplotlib") is not None

    def __call__(self, trainer: Trainer) -> None:
        """Take the values of this iteration in, and draw if the interval ends."""
        keys = [*self._y_keys, self._x_key]
        self._summary.add({key: trainer.observation[key] for key in keys if key in trainer.observation})
        if self._trigger(trainer):
            summary, self._summary = self._summary, DictSummary()
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
        # Not pyplot: its figures are global, it picks a window system, and it is not for other threads.
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure()
        FigureCanvasAgg(figure)
        axes = figure.add_subplot(xlabel=self._x_key)
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
        with replacing(path) as temporary:
            figure.savefig(temporary, format=path.suffix.removeprefix(".") or "png")

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the points and the interval that is going on."""
        serialize_child(serializer, "_trigger", self._trigger)
        self._summary.serialize(serializer["_summary"])
        for key, points in self._points.items():
            self._points[key] = json.loads(serializer(f"_plot_{key}", json.dumps(points)))
