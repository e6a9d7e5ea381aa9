"""Write reports.json: what extensions of Chainer 7.8.1 report, iteration by iteration.

It runs where Chainer runs, outside of this project:  python -W ignore make_reports.py

The tests run `parameter_statistics` and `micro_average` with Catenary in the place of Chainer.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def model(framework, name):
    """Return a chain with a child that has parameters `W` and `b` and gradients, and a parameter of its own."""
    top, child = framework.Chain(), framework.Chain()
    with child.init_scope():
        child.W = framework.Parameter(np.sin(np.arange(12, dtype=np.float32)).reshape(3, 4))
        child.b = framework.Parameter(np.array([0, 0, 3], np.float32))
    with top.init_scope():
        top.child = child
        top.scale = framework.Parameter(np.array(2, np.float32))
    top.name = name
    for i, param in enumerate(top.params()):
        param.grad = np.asarray(np.cos(param.array) * (i + 1), np.float32)
    return top


STATISTICS = {"sum": lambda x: x.sum(), "ends": lambda x: x[[0, -1]]}

#: Name of the link, whether two links are given, keywords.
CASES = [
    ("m", False, {}),
    (None, False, {"statistics": None, "prefix": "p"}),
    (None, False, {"statistics": "own"}),
    ("m", True, {"statistics": "own", "prefix": "p", "report_grads": False}),
    ("m", False, {"statistics": "own", "report_params": False, "trigger": [2, "iteration"]}),
    ("nan", False, {}),
    ("nan", False, {"skip_nan_params": True}),
]


def observe(framework, extension, iterations, change=lambda i: None, observations=()):
    """Return what an extension reports in each iteration."""
    found = []
    for i in range(1, iterations + 1):
        change(i)
        observation = dict(observations[i - 1]) if observations else {}
        updater = SimpleNamespace(iteration=i, epoch=0, epoch_detail=i / 10, previous_epoch_detail=(i - 1) / 10)
        reporter = framework.Reporter()
        with reporter.scope(observation):
            extension(SimpleNamespace(updater=updater, observation=observation, is_before_training=False))
        found.append(observation)
    return found


def parameter_statistics(framework, extensions, name, two, kwargs):
    """Return what ParameterStatistics reports of parameters that change."""
    link = model(framework, name)
    if name == "nan":
        link.child.W.array[1, 1] = np.nan
    kwargs = {"trigger": [1, "iteration"], **kwargs}
    kwargs["trigger"] = tuple(kwargs["trigger"])
    if kwargs.get("statistics") == "own":
        kwargs["statistics"] = STATISTICS

    def change(i):
        link.child.b.array[...] += i

    extension = extensions.ParameterStatistics([link, link.child] if two else link, **kwargs)
    found = observe(framework, extension, 4, change)
    return [{key: float(value) for key, value in row.items()} for row in found]


ROWS = [{"a": 1.0, "b": 2.0}, {}, {"a": 3.0, "b": 5.0}, {"a": 4.0, "b": 2.0}, {"a": 4.0}, {"a": 1.0, "b": 7.0}]


def micro_average(framework, extensions, period):
    """Return what MicroAverage reports."""
    extension = extensions.MicroAverage("a", "b", "c", trigger=(period, "iteration"))
    return observe(framework, extension, len(ROWS), observations=ROWS)


if __name__ == "__main__":
    import chainer.training.extensions

    extensions = chainer.training.extensions
    found = {
        "parameter_statistics": [parameter_statistics(chainer, extensions, *case) for case in CASES],
        "micro_average": {period: micro_average(chainer, extensions, period) for period in (1, 3)},
    }
    Path(__file__).with_name("reports.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
