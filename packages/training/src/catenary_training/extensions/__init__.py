"""Extensions: what a trainer does between updates (``catenary.training.extensions``)."""

from typing import TYPE_CHECKING, Any

from catenary_training.extensions.evaluator import Evaluator as Evaluator
from catenary_training.extensions.fail_on_nonnumber import FailOnNonNumber as FailOnNonNumber
from catenary_training.extensions.graph_dump import DumpGraph as DumpGraph, dump_graph as dump_graph
from catenary_training.extensions.log_report import LogReport as LogReport
from catenary_training.extensions.observe import observe_lr as observe_lr, observe_value as observe_value
from catenary_training.extensions.plot_report import PlotReport as PlotReport
from catenary_training.extensions.print_report import PrintReport as PrintReport
from catenary_training.extensions.progress_bar import ProgressBar as ProgressBar
from catenary_training.extensions.snapshots import (
    snapshot as snapshot,
    snapshot_object as snapshot_object,
)

__all__ = [
    "DumpGraph",
    "Evaluator",
    "FailOnNonNumber",
    "LogReport",
    "PlotReport",
    "PrintReport",
    "ProgressBar",
    "dump_graph",
    "observe_lr",
    "observe_value",
    "snapshot",
    "snapshot_object",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "extensions", name)
