"""What catenary-training registers; importing this module imports nothing else of the package."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_extensions() -> dict[str, str]:
    """Name the extensions of the trainer."""
    names = (
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
        "unchain_variables",
    )
    return {name: f"catenary_training.extensions:{name}" for name in names}


@hookimpl
def catenary_triggers() -> dict[str, str]:
    """Name the triggers of the trainer."""
    names = (
        "BestValueTrigger",
        "EarlyStoppingTrigger",
        "IntervalTrigger",
        "ManualScheduleTrigger",
        "MaxValueTrigger",
        "MinValueTrigger",
        "OnceTrigger",
        "TimeTrigger",
    )
    return {name: f"catenary_training.triggers:{name}" for name in names}
