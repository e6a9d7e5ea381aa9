"""The training loop: use it as ``catenary.training``."""

from catenary_training import (
    extensions as extensions,
    schedules as schedules,
    triggers as triggers,
    updaters as updaters,
)
from catenary_training.extension import (
    PRIORITY_EDITOR as PRIORITY_EDITOR,
    PRIORITY_READER as PRIORITY_READER,
    PRIORITY_WRITER as PRIORITY_WRITER,
    Extension as Extension,
    ExtensionProtocol as ExtensionProtocol,
    make_extension as make_extension,
)
from catenary_training.resuming import resume as resume
from catenary_training.trainer import Trainer as Trainer
from catenary_training.trials import overfit as overfit, trial as trial
from catenary_training.triggers.trigger import get_trigger as get_trigger
from catenary_training.updater import Updater as Updater
from catenary_training.updaters.parallel_updater import ParallelUpdater as ParallelUpdater
from catenary_training.updaters.standard_updater import StandardUpdater as StandardUpdater
from catenary_training.updaters.step_updater import StepUpdater as StepUpdater

__all__ = [
    "PRIORITY_EDITOR",
    "PRIORITY_READER",
    "PRIORITY_WRITER",
    "Extension",
    "ExtensionProtocol",
    "ParallelUpdater",
    "StandardUpdater",
    "StepUpdater",
    "Trainer",
    "Updater",
    "extensions",
    "get_trigger",
    "make_extension",
    "overfit",
    "resume",
    "schedules",
    "trial",
    "triggers",
    "updaters",
]
