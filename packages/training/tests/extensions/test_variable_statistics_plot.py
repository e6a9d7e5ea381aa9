from __future__ import annotations

import importlib.util

import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

import catenary
from catenary.errors import ArgumentError, ArgumentTypeError, MissingLibraryError
from catenary.training.extensions import VariableStatisticsPlot


@pytest.fixture
def figures(monkeypatch):
    """The curves of each figure that is written: {title: [(x, y), ...]}, instead of the files."""
    found = []

    def look(figure, path, **kwargs):
        found.append(
            {
                axes.get_title(): [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in axes.get_lines()]
                for axes in figure.axes
            }
        )
        path.touch()

    monkeypatch.setattr(Figure, "savefig", look)
    return found


def variables():
    x = catenary.Variable(np.arange(6, dtype=np.float32).reshape(2, 3))
    y = catenary.Variable(np.array([10.0, 20.0], np.float32))
    y.grad = np.array([1, -1], np.float32)
    return x, y


def trainer_with(tools, plot, x, stop):
    trainer = tools.trainer(stop=(stop, "iteration"))

    def grow(trainer):
        x.array[...] = np.arange(6).reshape(2, 3) * trainer.updater.iteration

    trainer.extend(grow, priority=200)
    trainer.extend(plot)
    return trainer


def test_curves(tools, figures):
    x, y = variables()
    plot = VariableStatisticsPlot([x, y], percentile_sigmas=(0, 25), trigger=(3, "iteration"))
    trainer_with(tools, plot, x, 3).run()
    values = [np.array([0, 1, 2, 3, 4, 5, 10 / i, 20 / i]) * i for i in (1, 2, 3)]
    (figure,) = figures
    assert list(figure) == [
        f"{row} of {column}" for row in ("mean", "std", "percentiles") for column in ("data", "grad")
    ]
    expected = {
        "mean of data": [[v.mean() for v in values]],
        "std of data": [[v.std() for v in values]],
        "percentiles of data": [[v.min() for v in values], [np.sort(v)[1:3] @ [0.25, 0.75] for v in values]],
        "mean of grad": [[0, 0, 0]],
        "std of grad": [[1, 1, 1]],
        "percentiles of grad": [[-1, -1, -1], [-0.5, -0.5, -0.5]],
    }
    for title, curves in expected.items():
        assert [xs for xs, _ in figure[title]] == [[1, 2, 3]] * len(curves)
        np.testing.assert_allclose([ys for _, ys in figure[title]], curves, rtol=1e-6)


def test_chosen_parts(tools, figures):
    x, _ = variables()
    arguments = {"report_grad": False, "plot_mean": False, "percentile_sigmas": (), "trigger": (1, "iteration")}
    trainer_with(tools, VariableStatisticsPlot(x, **arguments), x, 2).run()
    assert [list(figure) for figure in figures] == [["std of data"]] * 2


def test_links_and_what_has_no_value(tools, figures):
    link = catenary.Chain()
    with link.init_scope():
        link.W = catenary.Parameter(0.0)  # no shape yet
        link.b = catenary.Parameter(1.0, (2,))  # no gradient yet
    plot = VariableStatisticsPlot(link, plot_std=False, percentile_sigmas=(), trigger=(1, "iteration"))
    trainer = tools.trainer(stop=(1, "iteration"))
    trainer.extend(plot)
    trainer.run()
    assert repr(figures) == "[{'mean of data': [([1], [1.0])], 'mean of grad': [([1], [nan])]}]"


@pytest.mark.parametrize("at", [None, 3, 6])
def test_a_sample_at_equal_distances_also_resumed(tools, figures, at):
    def make(stop):
        x, _ = variables()
        arguments = {"max_sample_size": 4, "report_grad": False, "plot_std": False, "percentile_sigmas": ()}
        plot = VariableStatisticsPlot(x, trigger=(10, "iteration"), **arguments)
        return trainer_with(tools, plot, x, stop)

    trainer = make(10)
    if at is not None:
        first = make(at)
        first.run()
        tools.copy_state(first, trainer)
    trainer.run()
    assert figures == [{"mean of data": [([1, 5, 9], [2.5, 12.5, 22.5])]}]


def test_image_has_curves(tools, tmp_path):
    x, _ = variables()
    plot = VariableStatisticsPlot(
        x, trigger=(2, "iteration"), filename="x.png", figsize=(4, 3), grid=False, report_grad=False
    )
    trainer_with(tools, plot, x, 2).run()
    image = matplotlib.image.imread(tmp_path / "x.png")
    assert image.shape == (300, 400, 4)
    blue = (abs(image[..., :3] - np.array([0x1F, 0x77, 0xB4]) / 255) < 0.02).all(axis=2)
    assert blue.sum() > 300
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


def test_without_matplotlib(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else real(name))
    assert not VariableStatisticsPlot.available()
    with pytest.raises(MissingLibraryError, match=r"VariableStatisticsPlot: .* 'catenary-training\[plot\]'"):
        VariableStatisticsPlot([])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"targets": [3]}, ArgumentTypeError, "targets must be Variables or links, got int"),
        ({"max_sample_size": 1}, ArgumentError, "max_sample_size must be 2 or more, got 1"),
        ({"report_data": False, "report_grad": False}, ArgumentError, "there is nothing to draw"),
        ({"plot_mean": False, "plot_std": False, "percentile_sigmas": ()}, ArgumentError, "there is nothing to draw"),
    ],
)
def test_wrong_arguments(arguments, error, message):
    with pytest.raises(error, match=f"VariableStatisticsPlot: {message}"):
        VariableStatisticsPlot(**{"targets": [], **arguments})
