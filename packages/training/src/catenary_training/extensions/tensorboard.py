"""The extension that writes files for TensorBoard."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import DictSummary, Link, get_device_from_array
from catenary_training.extensions.interval_means import IntervalMeans
from catenary_training.extensions.libraries import load_library
from catenary_training.extensions.parameter_statistics import links_of
from catenary_training.triggers.trigger import TriggerLike

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


class TensorBoard(IntervalMeans):
    """Average observed values over intervals and write them, with the iteration, for TensorBoard.

    After a resume, what was written later than the snapshot is no longer shown. It needs tensorboardX: `pip install
    catenary-training[tensorboard]`.

    Args:
        keys: The values to write; None takes all.
        trigger: When an interval ends, as for `get_trigger`.
        logdir: The folder for the files, in the trainer's `out`.
        histograms: A link or several, of whose parameters histograms are written, too.

    Raises:
        MissingLibraryError: If tensorboardX is not installed.
        ArgumentTypeError: If `histograms` are no links.

    Example:
        >>> from catenary.training.extensions import TensorBoard
        >>> def add_to(trainer, model):
        ...     trainer.extend(TensorBoard(trigger=(100, "iteration"), histograms=model))
    """

    def __init__(
        self,
        keys: Iterable[str] | None = None,
        trigger: TriggerLike = (1, "epoch"),
        logdir: str = "tensorboard",
        histograms: Link | Iterable[Link] = (),
    ) -> None:
        super().__init__(keys, trigger)
        self._library = load_library("TensorBoard", "tensorboardX", "tensorboard")
        self._logdir = logdir
        self._links = links_of("TensorBoard", histograms)
        self._writer: Any = None

    def initialize(self, trainer: Trainer) -> None:
        """Begin a file."""
        super().initialize(trainer)
        iteration = trainer.updater.iteration
        self._writer = self._library.SummaryWriter(
            str(Path(trainer.out) / self._logdir),
            purge_step=iteration + 1 if iteration else None,
            filename_suffix=f".{iteration}",  # the rest is the time in seconds, the same after a quick resume
        )

    def end_interval(self, trainer: Trainer, summary: DictSummary) -> None:
        """Write the means and the histograms."""
        iteration = trainer.updater.iteration
        for key, mean in summary.compute_mean().items():
            self._writer.add_scalar(key, float(mean), iteration)
        for link in self._links:
            for path, param in link.namedparams(include_uninit=False):
                array = get_device_from_array(param.array).to_host(param.array)
                self._writer.add_histogram(f"{link.name or type(link).__name__}{path}", array, iteration)

    def finalize(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
