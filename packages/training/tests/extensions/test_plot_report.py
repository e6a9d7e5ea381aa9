from __future__ import annotations

import importlib.util
import math
import sys

import matplotlib.image
import numpy as np
import pytest

from catenary.errors import MissingLibraryError
from catenary.training.extensions import PlotReport


def run(tools, plot, values, stop, **kwargs):
    trainer = tools.trainer(stop=stop, per_epoch=2, values=values, **kwargs)
    trainer.extend(plot)
    trainer.run()
    return trainer


def curve_of(figure):
    lines = figure.axes[0].get_lines()
    return [(line.get_label(), line.get_xdata().tolist(), line.get_ydata().tolist()) for line in lines]


def test_image_has_the_curve(tools, tmp_path):
    run(
        tools,
        PlotReport("main/loss", trigger=(1, "iteration"), marker=None, grid=False),
        [0.0, 1.0, 2.0],
        (3, "iteration"),
    )
    image = matplotlib.image.imread(tmp_path / "plot.png")
    blue = (abs(image[..., :3] - np.array([0x1F, 0x77, 0xB4]) / 255) < 0.02).all(axis=2)
    rows, columns = np.nonzero(blue)
    assert blue.sum() > 300
    rising = columns.min() + 60, columns.max() - 60  # apart from the legend in the corner
    left, right = (rows[columns == column].mean() for column in rising)
    assert left > right + 100
    assert [path.name for path in tmp_path.iterdir()] == ["plot.png"]


def pixels(image, colour):
    """Return rows and columns of the pixels of a colour of matplotlib's cycle, apart from the legend's lines."""
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rows, columns = np.nonzero((abs(image[..., :3] - rgb) < 0.02).all(axis=2))
    assert len(rows) > 300
    return rows, columns


def test_several_curves_on_a_logarithmic_scale(tools, tmp_path):
    """10^x is a straight line; the other value is constant at its height in the middle."""
    plot = PlotReport(["main/loss", "flat"], trigger=(1, "iteration"), marker=None, grid=False, yscale="log")
    trainer = tools.trainer(stop=(9, "iteration"), values=[10.0**i for i in range(-4, 5)])
    trainer.extend(lambda trainer: trainer.observation.update(flat=1.0), name="flat", priority=300)
    trainer.extend(plot)
    trainer.run()
    image = matplotlib.image.imread(tmp_path / "plot.png")
    rows, columns = pixels(image, "#1f77b4")
    inner = (columns > 200) & (columns < 450)
    slope, height = np.polyfit(columns[inner], rows[inner], 1)
    assert abs(rows[inner] - slope * columns[inner] - height).max() < 2
    flat_rows, flat_columns = pixels(image, "#ff7f0e")
    flat = flat_rows[(flat_columns > 200) & (flat_columns < 450)]
    assert flat.max() - flat.min() < 3
    assert abs(flat.mean() - (slope * (80 + 576) / 2 + height)) < 3  # the axes are from 80 to 576


def test_points_are_means_of_intervals(tools):
    seen = []

    def look(figure, axes, summary):
        seen.append((curve_of(figure), summary.compute_mean()))

    plot = PlotReport(["main/loss", "missing"], "epoch", postprocess=look, filename="x.svg")
    run(tools, plot, [1.0, 2.0, 3.0, 5.0], (4, "iteration"))
    assert seen == [
        ([("main/loss", [1.0], [1.5])], {"main/loss": 1.5}),
        ([("main/loss", [1.0, 2.0], [1.5, 4.0])], {"main/loss": 4.0}),
    ]


def test_nan_and_infinity_are_gaps(tools, tmp_path):
    seen = []
    plot = PlotReport("main/loss", trigger=(1, "iteration"), postprocess=lambda f, a, s: seen.append(curve_of(f)[0][2]))
    run(tools, plot, [1.0, math.nan, 2.0, math.inf], (4, "iteration"))
    np.testing.assert_array_equal(seen[-1], [1.0, np.nan, 2.0, np.nan])
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_nothing_reported_draws_an_empty_plot(tools, tmp_path):
    run(tools, PlotReport("main/loss"), [], (2, "iteration"))
    assert matplotlib.image.imread(tmp_path / "plot.png").shape[2] == 4


def test_another_value_as_x(tools):
    seen = []
    plot = PlotReport(
        "main/loss",
        "lr",
        trigger=(1, "iteration"),
        postprocess=lambda f, a, s: seen.append(curve_of(f)[0][1]),
    )
    trainer = tools.trainer(stop=(2, "iteration"), values=[1.0, 2.0])
    trainer.extend(lambda t: t.observation.update(lr=0.5**t.updater.iteration), name="lr", priority=300)
    trainer.extend(plot)
    trainer.run()
    assert list(seen[-1]) == [0.5, 0.25]


def test_pyplot_is_not_imported(tools):
    sys.modules.pop("matplotlib.pyplot", None)
    run(tools, PlotReport("main/loss"), [1.0, 2.0], (2, "iteration"))
    assert "matplotlib.pyplot" not in sys.modules


@pytest.mark.parametrize("resume_at", [1, 4])
def test_resumed_plot_has_all_points(tools, resume_at):
    seen = []

    def make():
        trainer = tools.trainer(stop=(6, "iteration"), per_epoch=2, values=[1.0, 2.0, math.nan, 5.0, 6.0, 7.0])
        look = lambda f, a, s: seen.append(curve_of(f))  # noqa: E731
        trainer.extend(PlotReport("main/loss", "epoch", postprocess=look))
        return trainer

    first, second = make(), make()
    first.extend(
        lambda trainer: trainer.defer(lambda: tools.copy_state(trainer, second)),
        name="save",
        trigger=lambda trainer: trainer.updater.iteration == resume_at,
    )
    first.run()
    second.run()
    assert repr(seen[-1]) == "[('main/loss', [1.0, 2.0, 3.0], [1.5, nan, 6.5])]"


def test_without_matplotlib(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else real(name))
    assert not PlotReport.available()
    with pytest.raises(MissingLibraryError, match=r"pip install 'catenary-training\[plot\]'"):
        PlotReport("main/loss")
