"""Extensions: what a trainer does between updates (``catenary.training.extensions``)."""

from typing import TYPE_CHECKING, Any

from catenary_training.extensions import snapshot_writers as snapshot_writers
from catenary_training.extensions.early_stopping import EarlyStopping as EarlyStopping
from catenary_training.extensions.evaluator import Evaluator as Evaluator
from catenary_training.extensions.fail_on_nonnumber import FailOnNonNumber as FailOnNonNumber
from catenary_training.extensions.forward_metrics import ForwardMetrics as ForwardMetrics
from catenary_training.extensions.graph_dump import DumpGraph as DumpGraph, dump_graph as dump_graph
from catenary_training.extensions.log_report import LogReport as LogReport
from catenary_training.extensions.micro_average import MicroAverage as MicroAverage
from catenary_training.extensions.observe import observe_lr as observe_lr, observe_value as observe_value
from catenary_training.extensions.optuna_pruning import OptunaPruning as OptunaPruning
from catenary_training.extensions.parameter_statistics import ParameterStatistics as ParameterStatistics
from catenary_training.extensions.plot_report import PlotReport as PlotReport
from catenary_training.extensions.print_report import PrintReport as PrintReport
from catenary_training.extensions.progress_bar import ProgressBar as ProgressBar
from catenary_training.extensions.reduce_on_plateau import ReduceOnPlateau as ReduceOnPlateau
from catenary_training.extensions.schedule import Schedule as Schedule
from catenary_training.extensions.shifts import (
    CosineShift as CosineShift,
    ExponentialShift as ExponentialShift,
    InverseShift as InverseShift,
    LinearShift as LinearShift,
    MultistepShift as MultistepShift,
    OneCycleShift as OneCycleShift,
    PolynomialShift as PolynomialShift,
    StepShift as StepShift,
    WarmupShift as WarmupShift,
)
from catenary_training.extensions.snapshots import (
    snapshot as snapshot,
    snapshot_object as snapshot_object,
)
from catenary_training.extensions.tensorboard import TensorBoard as TensorBoard
from catenary_training.extensions.unchain_variables import unchain_variables as unchain_variables
from catenary_training.extensions.variable_statistics_plot import VariableStatisticsPlot as VariableStatisticsPlot

__all__ = [
    "CosineShift",
    "DumpGraph",
    "EarlyStopping",
    "Evaluator",
    "ExponentialShift",
    "FailOnNonNumber",
    "ForwardMetrics",
    "InverseShift",
    "LinearShift",
    "LogReport",
    "MicroAverage",
    "MultistepShift",
    "OneCycleShift",
    "OptunaPruning",
    "ParameterStatistics",
    "PlotReport",
    "PolynomialShift",
    "PrintReport",
    "ProgressBar",
    "ReduceOnPlateau",
    "Schedule",
    "StepShift",
    "TensorBoard",
    "VariableStatisticsPlot",
    "WarmupShift",
    "dump_graph",
    "observe_lr",
    "observe_value",
    "snapshot",
    "snapshot_object",
    "snapshot_writers",
    "unchain_variables",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "extensions", name)
