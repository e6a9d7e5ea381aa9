from __future__ import annotations

import io
import sys

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError
from catenary.iterators import SerialIterator
from catenary.training.extensions import Evaluator


class Model:
    """Reports the mean of a batch and of its child, and writes down in which mode it runs."""

    def __init__(self):
        self.child = object()
        self.modes = []

    def namedlinks(self, skipself=False):
        return [("/child", self.child)]

    def __call__(self, x, factor=1):
        self.modes.append((catenary.config.train, catenary.config.enable_backprop))
        catenary.report({"mean": np.mean(x) * np.mean(factor)}, self)
        catenary.report({"size": len(x)}, self.child)


def batches(data, batch_size=2):
    return SerialIterator(data, batch_size, repeat=False, shuffle=False)


def test_means_over_batches():
    model = Model()
    result = Evaluator(batches([1.0, 2.0, 6.0]), model)()
    assert result == {"validation/main/mean": (1.5 + 6.0) / 2, "validation/main/child/size": 1.5}


@pytest.mark.parametrize("data", [[(1.0, 2.0), (3.0, 4.0)], [{"x": 1.0, "factor": 2.0}, {"x": 3.0, "factor": 4.0}]])
def test_tuples_and_dicts(data):
    assert Evaluator(batches(data), Model())()["validation/main/mean"] == 6.0


def test_evaluation_mode_whatever_is_called():
    class Own(Evaluator):
        def evaluate(self):
            observation = {}
            with catenary.report_scope(observation):
                self.get_target("main")(np.ones(2))
            return observation

    for evaluator in (Evaluator, Own):
        model = Model()
        evaluator(batches([1.0, 2.0]), model)()
        assert model.modes == [(False, False)]
    model = Model()
    with catenary.Reporter() as reporter:
        reporter.add_observer("m", model)
        reporter.add_observer("c", model.child)
        assert Evaluator(batches([1.0, 2.0]), model).evaluate() == {"m/mean": 1.5, "c/size": 2.0}
    assert model.modes == [(False, False)]
    assert (catenary.config.train, catenary.config.enable_backprop) == (True, True)


def test_mode_is_put_back_after_an_error():
    def fail(x):
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        Evaluator(batches([1.0]), Model(), eval_func=fail)()
    assert (catenary.config.train, catenary.config.enable_backprop) == (True, True)


def test_functions_and_overrides_run_in_evaluation_mode_and_leave_it():
    """Also where the target is a link in training mode of its own, and what runs is a function beside it."""

    class Child(catenary.Chain):
        def forward(self, x):
            return catenary.config.train

    link, child, other = catenary.Chain(), Child().train(), Child().train()
    with link.init_scope():
        link.child = child
    seen = []

    def look(*batch):
        y = catenary.Parameter(1.0, (1,)) * 2
        seen.append((catenary.config.train, catenary.config.enable_backprop, child(0), y.creator))
        if batch[0][0] == 9:
            raise OSError("nine")

    class Own(Evaluator):
        def evaluate(self):
            look([9])

    Evaluator(batches([1.0]), link, eval_func=look)()
    for evaluator in (Evaluator(batches([9.0]), link, eval_func=look), Own(batches([1.0]), link)):
        with pytest.raises(OSError, match="nine"):
            evaluator()
        assert (catenary.config.train, catenary.config.enable_backprop, child(0)) == (True, True, True)
    assert seen == [(False, False, False, None)] * 3
    other.forward = lambda x: seen.append(catenary.config.train)
    Evaluator(batches([1.0]), link, eval_func=other)()
    assert seen[-1] is False


def test_evaluating_again_begins_anew():
    evaluator = Evaluator(batches([1.0, 2.0, 6.0]), Model())
    assert evaluator() == evaluator()


def test_iterator_without_reset_is_copied():
    class Plain:
        def __init__(self, left):
            self.left = left

        def __iter__(self):
            return self

        def __next__(self):
            if not self.left:
                raise StopIteration
            self.left -= 1
            return [1.0]

        def finalize(self):
            pass

    iterator, model = Plain(3), Model()
    evaluator = Evaluator(iterator, model)
    evaluator()
    evaluator()
    assert iterator.left == 3
    assert len(model.modes) == 6


def test_in_a_trainer_values_carry_the_name_of_the_extension(tools):
    trainer = tools.trainer(stop=(4, "iteration"), per_epoch=2)
    seen = []
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.extend(Evaluator(batches([1.0]), Model()))
    trainer.extend(Evaluator(batches([2.0]), Model()))
    trainer.extend(Evaluator(batches([3.0]), Model()), name="test", trigger=(3, "iteration"))
    trainer.run()
    both = {
        "validation/main/mean": 1.0,
        "validation/main/child/size": 1.0,
        "validation_1/main/mean": 2.0,
        "validation_1/main/child/size": 1.0,
    }
    assert seen == [{}, both, {"test/main/mean": 3.0, "test/main/child/size": 1.0}, both]


def test_name_by_hand():
    evaluator = Evaluator(batches([1.0]), Model())
    evaluator.name = "mine"
    assert list(evaluator()) == ["mine/main/mean", "mine/main/child/size"]


def test_several_iterators_and_targets():
    iterators = {"main": batches([1.0]), "other": batches([2.0])}
    targets = {"main": Model(), "other": Model()}
    seen = []

    def look(evaluator):
        seen.append((evaluator.get_all_iterators(), evaluator.get_all_targets()))

    evaluator = Evaluator(iterators, targets, eval_hook=look, eval_func=lambda x: targets["other"](x))
    assert evaluator() == {"validation/other/mean": 1.0, "validation/other/child/size": 1.0}
    assert seen == [(iterators, targets)]
    assert evaluator.get_iterator("other") is iterators["other"]
    assert evaluator.get_target("other") is targets["other"]


def test_converter_and_device():
    seen = []

    def convert(batch, device):
        seen.append((batch, device))
        return np.array(batch)

    Evaluator(batches([1.0, 2.0]), Model(), converter=convert, device=-1)()
    assert seen == [([1.0, 2.0], catenary.get_device("@numpy"))]


def test_finalize_finalizes_the_iterators():
    iterator = batches([1.0])
    iterator.finalize = lambda: setattr(iterator, "closed", True)
    Evaluator(iterator, Model()).finalize()
    assert iterator.closed


def test_progress_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for progress_bar, shown in [(True, True), (False, False)]:
        out = Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        Evaluator(batches([1.0, 2.0]), Model(), progress_bar=progress_bar)()
        assert ("evaluation" in out.getvalue()) == shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (SerialIterator([1], 1), Model()),
            "iterator 'main' repeats, so an evaluation would never end; .* repeat=False",
        ),
        (({"a": batches([1])}, Model()), r"one iterator must be named 'main', got \['a'\]"),
        ((batches([1]), {"a": Model()}), r"one target must be named 'main', got \['a'\]"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=f"Evaluator: {message}"):
        Evaluator(*arguments)


def test_unknown_names():
    evaluator = Evaluator(batches([1]), Model())
    with pytest.raises(ArgumentError, match="there is no iterator 'x'"):
        evaluator.get_iterator("x")
    with pytest.raises(ArgumentError, match="there is no target 'x'"):
        evaluator.get_target("x")
