from __future__ import annotations

from types import SimpleNamespace

import pytest

from catenary.errors import ArgumentError
from catenary.training.extensions import observe_lr, observe_value


def test_values_are_reported_before_they_are_read(tools):
    trainer = tools.trainer(stop=(4, "iteration"), per_epoch=2)
    trainer.updater.get_optimizer = {
        "main": SimpleNamespace(lr=0.25),
        "other": SimpleNamespace(lr=4.0),
    }.__getitem__
    seen = []
    trainer.extend(lambda trainer: seen.append(dict(trainer.observation)), name="see")
    trainer.extend(observe_value("count", lambda trainer: 10 * trainer.updater.iteration))
    trainer.extend(observe_lr())
    trainer.extend(observe_lr("other", "lr/other"), trigger=(1, "iteration"))
    trainer.run()
    assert seen == [
        {"lr/other": 4.0},
        {"count": 20, "lr": 0.25, "lr/other": 4.0},
        {"lr/other": 4.0},
        {"count": 40, "lr": 0.25, "lr/other": 4.0},
    ]


def test_learning_rates_by_other_names(tools):
    optimizers = {
        "main": SimpleNamespace(alpha=0.25),
        "both": SimpleNamespace(lr=1.0, alpha=0.9),
        "none": SimpleNamespace(rho=0.95),
    }
    trainer = tools.trainer(stop=(1, "iteration"), per_epoch=1)
    trainer.updater.get_optimizer = optimizers.__getitem__
    trainer.extend(observe_lr())
    trainer.extend(observe_lr("both", "both/lr"))
    trainer.run()
    assert trainer.observation == {"lr": 0.25, "both/lr": 1.0}
    trainer = tools.trainer(stop=(1, "iteration"), per_epoch=1)
    trainer.updater.get_optimizer = optimizers.__getitem__
    trainer.extend(observe_lr("none"))
    message = "observe_lr: the optimizer 'none', of type SimpleNamespace, has no 'lr' and no 'alpha'"
    with pytest.raises(ArgumentError, match=message):
        trainer.run(show_loop_exception_msg=False)


def test_unknown_optimizer(tools, tmp_path):
    trainer = tools.regression((1, "iteration"), tmp_path)
    trainer.extend(observe_lr("second"), trigger=(1, "iteration"))
    with pytest.raises(ArgumentError, match=r"there is no optimizer 'second'; it has \['main'\]"):
        trainer.run(show_loop_exception_msg=False)
