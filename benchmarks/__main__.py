"""Compare Catenary with its peers: one process, the same works in turn.

The peers are PyTorch, Chainer 7 where it can be imported, and NumPy by hand where a work has that.

    python -m benchmarks [WORK ...] [--seconds 6] [--json FILE]

Each work is warmed up, then the frameworks take turns until the time is over. A turn is a run of steps as in training,
after a few that warm the caches up again; its time is the median of its steps. The ratio is the median of the ratios
of neighbouring turns, so that a machine that becomes slower in between changes little.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import weight

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

WORKS = ("tiny", "exp_regression", "mlp", "adam", "ptb", "ptb_lengths", "cnn")
FRAMEWORKS = ("catenary", "torch", "chainer", "numpy")
VARIANTS = ("by_steps", "torch_fused")  # another way to do a work in Catenary, or in PyTorch
TURN = 0.4  # seconds


def importable(name: str) -> bool:
    """Return whether a framework is there; PyTorch is told to use two threads."""
    try:
        if name == "chainer":
            importlib.metadata.distribution(name)  # not catenary-chainer, which has that module, too
        module = importlib.import_module(name)
    except Exception:  # Chainer 7 fails in many ways on today's NumPy
        return False
    if name == "torch":
        module.set_num_threads(2)
    return True


def time_in_turn(steps: dict[str, Callable[[], Any]], seconds: float) -> dict[str, list[float]]:
    """Return the times of the turns: for each the median of its steps."""
    for step in steps.values():
        for _ in range(5):
            step()
    turns: dict[str, list[float]] = {name: [] for name in steps}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(turns["catenary"]) < 5:
        for name, step in steps.items():
            turns[name].append(one_turn(step))
    return turns


def one_turn(step: Callable[[], Any]) -> float:
    """Return the median time of the steps of a turn."""
    times = []
    end = time.perf_counter() + TURN
    while time.perf_counter() < end or len(times) < 4:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times[len(times) // 4 :])


def compare(work: str, frameworks: list[str], seconds: float) -> dict[str, Any]:
    """Return the medians of one work in milliseconds, and the ratios of Catenary to the others."""
    module = importlib.import_module(f"benchmarks.works.{work}")
    frameworks = [name for name in frameworks if hasattr(module, name)]
    times = time_in_turn({name: getattr(module, name)() for name in frameworks}, seconds)
    result: dict[str, Any] = {"work": work, "title": module.TITLE, "turns": len(times["catenary"])}
    for name in frameworks:
        result[f"{name}_ms"] = statistics.median(times[name]) * 1e3
        if name != "catenary":
            pairs = zip(times["catenary"], times[name], strict=True)
            result[f"ratio_{name}"] = statistics.median(a / b for a, b in pairs)
    return result


def show(results: list[dict[str, Any]], frameworks: list[str]) -> str:
    """Return a Markdown table."""
    others = [name for name in frameworks if name != "catenary"]
    head = ["work", *(f"{name} (ms)" for name in frameworks), *(f"Catenary / {name}" for name in others)]
    rows = [head, ["---"] * len(head)]
    for r in results:
        rows.append(
            [
                r["title"],
                *(number(r, f"{n}_ms", ".3g") for n in frameworks),
                *(number(r, f"ratio_{n}", ".2f") for n in others),
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def number(result: dict[str, Any], key: str, format: str) -> str:
    """Return a number of a result, or nothing where a work has none for this framework."""
    return f"{result[key]:{format}}" if key in result else ""


def main() -> None:
    """Run the works, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choices = [*WORKS, "weight"]
    parser.add_argument("works", nargs="*", default=choices, metavar="WORK", help=", ".join(choices))
    parser.add_argument("--seconds", type=float, default=6.0, help="time for each work")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    arguments = parser.parse_args()
    frameworks = [name for name in (*FRAMEWORKS, *VARIANTS) if name == "by_steps" or importable(name.split("_")[0])]
    results = [compare(work, frameworks, arguments.seconds) for work in arguments.works if work in WORKS]
    if results:
        print(show(results, frameworks))
    if "weight" in arguments.works:
        print("\n" + weight.report())
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
