"""The extension that lets Optuna end trials that do not look promising."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary.errors import TrainingError
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.extensions.libraries import load_library
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class OptunaPruning(IntervalMeans):
    """Tell a trial of Optuna the mean of a value over each interval, and end training if the trial is to be pruned.

    The step of Optuna is the number of intervals. Run the trainer with `show_loop_exception_msg=False`, so that pruned
    trials print no traceback. It needs optuna: `pip install catenary-training[optuna]`.

    Args:
        trial: The trial.
        key: The observed value, such as `"validation/main/loss"`.
        trigger: The interval, as for `get_trigger`.

    Raises:
        MissingLibraryError: If optuna is not installed.
        optuna.TrialPruned: When the trial is to be pruned.
        TrainingError: When an interval ends in which the value was not reported.

    Example:
        >>> from catenary.training.extensions import OptunaPruning
        >>> def objective(trial, trainer):
        ...     trainer.extend(OptunaPruning(trial, "validation/main/loss"))
        ...     trainer.run(show_loop_exception_msg=False)
        ...     return trainer.observation["validation/main/loss"]
    """

    def __init__(self, trial: Any, key: str, trigger: TriggerLike = (1, "epoch")) -> None:
        super().__init__([key], trigger)
        self._optuna = load_library("OptunaPruning", "optuna", "optuna")
        self._trial = trial
        self._key = key
        self._step = 0

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Tell the trial the mean, and ask it whether to go on."""
        means = summary.compute_mean()
        if self._key not in means:
            raise TrainingError(
                f"OptunaPruning: {self._key!r} was not reported during the interval that ended at iteration "
                f"{trainer.updater.iteration}; reported now are {sorted(trainer.observation)}"
            )
        self._step += 1
        self._trial.report(float(means[self._key]), self._step)
        if self._trial.should_prune():
            raise self._optuna.TrialPruned(f"pruned at iteration {trainer.updater.iteration}")

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the step and the interval that is going on."""
        super().serialize(serializer)
        self._step = serializer("step", self._step)
