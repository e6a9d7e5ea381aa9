from __future__ import annotations

from types import SimpleNamespace

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
