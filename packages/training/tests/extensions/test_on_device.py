"""Extensions that look at parameters and values, on a device whose arrays are no NumPy arrays."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import catenary
from catenary.training import extensions


class Model(catenary.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.W = catenary.Parameter(np.arange(6, dtype=np.float32).reshape(2, 3))


def observed(tools, device, monkeypatch, out):
    """Return everything that the extensions report and draw for a model that doubles itself."""
    model = Model()
    model.to_device(device)
    number = catenary.get_device(device).send(np.array(2, np.float32))
    model.W.grad = model.W.array * 3
    trainer = tools.trainer(stop=(3, "iteration"), values=[number, number + 1, number * 4], out=out)
    each = {"trigger": (1, "iteration")}
    trainer.extend(lambda t: model.W.array.__imul__(2), name="double", priority=1000)
    trainer.extend(extensions.ParameterStatistics(model, skip_nan_params=True, **each))
    trainer.extend(extensions.MicroAverage("main/loss", "main/loss", "quotient", **each))
    trainer.extend(extensions.VariableStatisticsPlot(model, **each))
    trainer.extend(extensions.TensorBoard(histograms=model, **each))
    trainer.extend(extensions.EarlyStopping(restore_best=model, **each))
    found = []
    trainer.extend(extensions.ForwardMetrics(lambda metrics, step: found.append((metrics, step)), **each))

    def draw(figure, path, **kwargs):
        path.touch()
        found.extend(line.get_ydata().tolist() for axes in figure.axes for line in axes.get_lines())

    monkeypatch.setattr(Figure, "savefig", draw)
    trainer.run()
    assert model.W.device == catenary.get_device(device)
    found.append(catenary.get_device("@numpy").send(model.W.array).tolist())
    return found


def test_what_is_observed_is_that_of_the_host(tools, monkeypatch, tmp_path):
    on_device = observed(tools, "@tripwire", monkeypatch, tmp_path / "device")
    on_host = observed(tools, "@numpy", monkeypatch, tmp_path / "host")
    assert on_device == on_host
    assert on_host[-1] == [[0, 2, 4], [6, 8, 10]]  # the best loss was that of the first iteration
    assert len(on_host) == 3 + 3 * 2 * (1 + 1 + 9) + 1
