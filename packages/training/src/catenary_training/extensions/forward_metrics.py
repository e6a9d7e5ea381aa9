"""The extension that passes observed values on to a logger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from catenary import DictSummary
from catenary.errors import ArgumentTypeError
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


class ForwardMetrics(IntervalMeans):
    """Average observed values over intervals and pass the means to a function, such as that of an experiment tracker.

    `ForwardMetrics(mlflow.log_metrics)` writes to MLflow, `ForwardMetrics(wandb.log)` to Weights & Biases.

    Args:
        log: Called with the means, a dict of floats, and the number of iterations.
        keys: The values to pass on; None takes all.
        trigger: When an interval ends, as for `get_trigger`.

    Raises:
        ArgumentTypeError: If `log` is not callable.

    Example:
        >>> from catenary.training.extensions import ForwardMetrics
        >>> extension = ForwardMetrics(lambda metrics, step: print(step, metrics), trigger=(100, "iteration"))
    """

    def __init__(
        self,
        log: Callable[[dict[str, float], int], Any],
        keys: Iterable[str] | None = None,
        trigger: TriggerLike = (1, "epoch"),
    ) -> None:
        if not callable(log):
            raise ArgumentTypeError(f"ForwardMetrics: log must be a function of metrics and a step, got {log!r}")
        super().__init__(keys, trigger)
        self._log = log

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Pass the means on."""
        self._log({key: float(mean) for key, mean in summary.compute_mean().items()}, trainer.updater.iteration)
