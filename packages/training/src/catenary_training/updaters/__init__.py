"""Updaters: what one iteration does (``catenary.training.updaters``)."""

from catenary_training.updaters.iterator_updater import IteratorUpdater as IteratorUpdater
from catenary_training.updaters.parallel_updater import (
    MultiprocessParallelUpdater as MultiprocessParallelUpdater,
    ParallelUpdater as ParallelUpdater,
)
from catenary_training.updaters.standard_updater import StandardUpdater as StandardUpdater
from catenary_training.updaters.step_updater import StepUpdater as StepUpdater

__all__ = ["IteratorUpdater", "MultiprocessParallelUpdater", "ParallelUpdater", "StandardUpdater", "StepUpdater"]
