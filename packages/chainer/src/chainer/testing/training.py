"""A trainer for tests of extensions and triggers, which trains nothing."""

from __future__ import annotations

from typing import Any
from unittest import mock

from catenary.training import Trainer, Updater


def get_trainer_with_mock_updater(
    stop_trigger: Any = (10, "iteration"), iter_per_epoch: int = 10, extensions: Any = None
) -> Trainer:
    """Return a trainer whose updater is a mock that counts iterations and epochs.

    Args:
        stop_trigger: When the training stops.
        iter_per_epoch: How many iterations are an epoch.
        extensions: Extensions to add.

    Example:
        >>> from chainer import testing
        >>> trainer = testing.get_trainer_with_mock_updater((2, "epoch"), iter_per_epoch=5)
        >>> trainer.extend(lambda trainer: print(trainer.updater.iteration), name="print", trigger=(1, "epoch"))
        >>> trainer.run()
        5
        10
    """
    updater = mock.Mock(spec=Updater)
    updater.iteration = 0
    updater.iter_per_epoch = iter_per_epoch
    updater.get_all_optimizers.return_value = {}
    updater.contents.return_value = {}

    def count() -> None:
        updater.epoch, rest = divmod(updater.iteration, iter_per_epoch)
        updater.epoch_detail = updater.iteration / iter_per_epoch
        updater.is_new_epoch = rest == 0

    def update() -> None:
        updater.previous_epoch_detail = updater.epoch_detail
        updater.iteration += 1
        count()

    count()
    updater.previous_epoch_detail = None
    updater.update = update
    return Trainer(updater, stop_trigger, extensions=extensions)
