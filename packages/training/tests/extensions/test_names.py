"""Every extension and trigger: Chainer's names, signatures, members and defaults, and the names in `Trainer.extend`."""

from __future__ import annotations

import csv
import inspect
import io
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from optuna.trial import FixedTrial

import catenary
import catenary_training_plugin
from catenary.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from catenary.iterators import SerialIterator
from catenary.training import Extension, extensions, triggers

ROWS = list(
    csv.DictReader((Path(__file__).parent / "golden/names.tsv").read_text("utf-8").splitlines(), delimiter="\t")
)
SIGNATURES = [(row["place"], row["name"], row["signature"]) for row in ROWS if not row["member"]]
MEMBERS = [(row["place"], row["name"], row["member"], row["signature"]) for row in ROWS if row["member"]]
PLACES = {"extensions": extensions, "triggers": triggers}

#: Members of Chainer that are not here, and why.
NOT_HERE = {
    ("PolynomialShift", "invoke_before_training"): "Chainer 7 does not look at it",
    ("VariableStatisticsPlot", "save_plot_using_module"): "figures are made without pyplot",
}


class Anything:
    """Stands for a default that is an object, such as a stream; equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


def parameters(signature):
    """Return name, kind and default of the parameters of a signature such as ``(x, axis=1)``."""
    text = re.sub(r"<[^>]*>('[^)]*>)?|convert\.\w+", "Anything()", signature)
    function = eval(f"lambda {text[1:-1]}: 0", {"Anything": Anything})
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize(("place", "name", "signature"), SIGNATURES)
def test_the_signature_begins_as_in_chainer(place, name, signature):
    found = inspect.signature(getattr(PLACES[place], name)).parameters.values()
    positional = [(p.name, p.kind, p.default) for p in found if p.kind != p.KEYWORD_ONLY]
    keywords = {p.name: (p.name, p.kind, p.default) for p in found}
    expected = parameters(signature)
    rest = [parameter for parameter in expected if parameter[1] == inspect.Parameter.KEYWORD_ONLY]
    assert expected[: len(expected) - len(rest)] == positional[: len(expected) - len(rest)]
    assert rest == [keywords[parameter[0]] for parameter in rest]


@pytest.mark.parametrize(("place", "name", "member", "value"), MEMBERS)
def test_members_of_chainer(place, name, member, value):
    owner = getattr(PLACES[place], name)
    if (name, member) in NOT_HERE:
        assert not hasattr(owner, member)
        return
    found = inspect.getattr_static(owner, member)
    if member == "name":
        assert found is None
    elif value and not value.startswith("("):
        assert repr(found).startswith(value.rstrip("'"))


def test_nothing_of_chainer_is_missing():
    assert len(SIGNATURES) == 30
    assert [name for place, name, _ in SIGNATURES if name not in PLACES[place].__all__] == []


LINK = catenary.Chain()
#: What `Trainer.extend` needs besides the name.
ARGUMENTS = {
    "CosineShift": {"attr": "lr", "max_count": 10},
    "DumpGraph": {"root_name": "main/loss"},
    "EarlyStopping": {"monitor": "main/loss"},
    "Evaluator": {"iterator": SerialIterator([1], 1, repeat=False), "target": LINK},
    "ExponentialShift": {"attr": "lr", "rate": 0.5},
    "FailOnNonNumber": {},
    "ForwardMetrics": {"log": print},
    "InverseShift": {"attr": "lr", "gamma": 0.5, "power": 1},
    "LinearShift": {"attr": "lr", "value_range": (0, 1), "time_range": (0, 1)},
    "LogReport": {},
    "MicroAverage": {"numerator_key": "a", "denominator_key": "b", "result_key": "c"},
    "MultistepShift": {"attr": "lr", "gamma": 0.5, "step_value": [1], "init": 1},
    "OneCycleShift": {"attr": "lr", "peak": 1, "max_count": 10},
    "OptunaPruning": {"trial": FixedTrial({}), "key": "main/loss"},
    "ParameterStatistics": {"links": LINK},
    "PlotReport": {"y_keys": "main/loss"},
    "PolynomialShift": {"attr": "lr", "rate": 0.5, "max_count": 10},
    "PrintReport": {"entries": ["epoch"], "out": io.StringIO()},
    "ProgressBar": {},
    "ReduceOnPlateau": {"key": "main/loss"},
    "Schedule": {"attr": "lr", "schedule": abs},
    "StepShift": {"attr": "lr", "gamma": 0.5, "step": 2},
    "TensorBoard": {},
    "VariableStatisticsPlot": {"targets": LINK},
    "WarmupShift": {"attr": "lr", "warmup_start": 0, "warmup_iter": 2, "init": 1},
    "dump_graph": {"root_name": "main/loss"},
    "observe_lr": {},
    "observe_value": {"observation_key": "x", "target_func": len},
    "snapshot": {"savefun": print},
    "snapshot_object": {"savefun": print, "target": LINK, "filename": "x"},
    "unchain_variables": {},
}
SAVED_AS = {
    "DumpGraph": "dump_graph",
    "Evaluator": "validation",
    "ParameterStatistics": "parameter_statistics",
    "observe_lr": "_observe_value",
    "observe_value": "_observe_value",
    "snapshot": "_Snapshot",
    "snapshot_object": "_Snapshot",
}


def test_arguments_are_known_for_every_extension():
    assert set(ARGUMENTS) == set(catenary_training_plugin.catenary_extensions())


@pytest.mark.parametrize("name", ARGUMENTS)
def test_extend_by_name(tools, name):
    trainer = tools.trainer()
    trainer.extend(name, trigger=(3, "iteration"), **ARGUMENTS[name])
    ((key, extension),) = trainer.get_all_extensions().items()
    assert key == SAVED_AS.get(name, name)
    made = getattr(extensions, name)
    assert isinstance(extension, made if isinstance(made, type) else object)


def test_extend_by_a_wrong_name(tools):
    with pytest.raises(
        UnknownNameError, match="no extension named 'LogReprot' is registered; did you mean 'LogReport'"
    ):
        tools.trainer().extend("LogReprot")


@pytest.mark.parametrize("name", ["ProgressBar", "LogReport", "TensorBoard", "ReduceOnPlateau"])
def test_the_trigger_goes_where_it_belongs(tools, monkeypatch, name):
    """To the constructor where that has one, so that values are averaged over the interval; else to the trainer."""
    trainer = tools.trainer(stop=(4, "iteration"), values=[1.0] * 4)
    trainer.updater.get_optimizer = lambda name: SimpleNamespace(lr=1.0)
    trainer.extend(name, trigger=(2, "iteration"), **ARGUMENTS[name])
    ((_, extension),) = trainer.get_all_extensions().items()
    calls = []
    call = type(extension).__call__
    monkeypatch.setattr(type(extension), "__call__", lambda self, t: calls.append(t.updater.iteration) or call(self, t))
    trainer.run()
    assert calls == ([2, 4] if name == "ProgressBar" else [1, 2, 3, 4])


def test_base_class_and_docstrings():
    for name in ARGUMENTS:
        made = getattr(extensions, name)
        assert made.__doc__
        assert not isinstance(made, type) or issubclass(made, Extension)


@pytest.mark.parametrize("name", ["LogReport", "ForwardMetrics", "TensorBoard"])
def test_a_single_key_is_no_list(name):
    with pytest.raises(ArgumentTypeError, match=rf"{name}: keys must be a list of names, got 'x'; write \['x'\]"):
        getattr(extensions, name)(**ARGUMENTS[name], keys="x")


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("trigger", [(1, "day"), (0, "epoch"), (-1, "iteration")])
def test_wrong_triggers(tools, name, trigger):
    trainer = tools.trainer()
    with pytest.raises(
        ArgumentError, match=r"IntervalTrigger: (unit must be 'epoch' or|period must be a number above 0)"
    ):
        trainer.extend(name, trigger=trigger, **ARGUMENTS[name])
    assert trainer.get_all_extensions() == {}
