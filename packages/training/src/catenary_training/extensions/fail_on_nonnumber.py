"""The extension that ends training when parameters are no numbers any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catenary import get_array_module
from catenary.errors import TrainingError
from catenary_training.extension import Extension

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


class FailOnNonNumber(Extension):
    """Raise an error after the first iteration that leaves NaN or infinity in a parameter.

    Snapshots are taken after it, so the last one is sound.

    Raises:
        TrainingError: When a parameter of an optimizer's target is not finite.

    Example:
        >>> from catenary.training.extensions import FailOnNonNumber
        >>> extension = FailOnNonNumber()
    """

    def __call__(self, trainer: Trainer) -> None:
        """Look at all parameters."""
        for name, optimizer in trainer.updater.get_all_optimizers().items():
            for path, param in optimizer.target.namedparams():
                array = param.array
                if array is not None and not get_array_module(array).isfinite(array).all().item():
                    raise TrainingError(
                        f"FailOnNonNumber: parameter {path!r} of the target of optimizer {name!r} has NaN or "
                        f"infinity after iteration {trainer.updater.iteration}; a smaller learning rate or "
                        "optimizer_hooks.GradientClipping may help"
                    )
