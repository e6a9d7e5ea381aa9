"""Compare Catenary with its peers: one process, the same works in turn.

The peers are PyTorch, Chainer 7 where it can be imported, and NumPy by hand where a work has that.

    python -m benchmarks [WORK ...] [--plain] [--memory] [--seconds 6] [--json FILE]

Each work is warmed up, then the frameworks take turns until the time is over. A turn is a run of steps as in training,
after a few that warm the caches up again; its time is the median of its steps. The ratio is the median of the ratios
of neighbouring turns, so that a machine that becomes slower in between changes little.

With --memory it is the peak memory that is compared (see `benchmarks.memory`). With --plain the functions of Catenary
run on NumPy alone, without the implementations of plugins. --json adds the numbers to a file, with the date, the
versions and the processor; `python -m benchmarks.history FILE` shows it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import memory, weight
from benchmarks.frameworks import FRAMEWORKS, VARIANTS, framework_of, importable, installed, serving, surroundings
from benchmarks.works import WORKS, find

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

TURN = 0.4  # seconds


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
    found = find(work)
    frameworks = [name for name in frameworks if hasattr(found, name)]
    times = time_in_turn({name: getattr(found, name)() for name in frameworks}, seconds)
    result: dict[str, Any] = {"work": work, "title": found.TITLE, "turns": len(times["catenary"])}
    for name in frameworks:
        result[f"{name}_ms"] = statistics.median(times[name]) * 1e3
        if name != "catenary":
            pairs = zip(times["catenary"], times[name], strict=True)
            result[f"ratio_{name}"] = statistics.median(a / b for a, b in pairs)
    return result


def show(results: list[dict[str, Any]], frameworks: list[str], unit: str) -> str:
    """Return a Markdown table of numbers in milliseconds ("ms") or mebibytes ("MiB")."""
    frameworks = [name for name in frameworks if any(f"{name}_{unit}" in result for result in results)]
    others = [name for name in frameworks if name != "catenary"]
    head = ["work", *(f"{name} ({unit})" for name in frameworks), *(f"Catenary / {name}" for name in others)]
    rows = [head, ["---"] * len(head)]
    for r in results:
        rows.append(
            [
                r["title"],
                *(number(r, f"{n}_{unit}", ".3g") for n in frameworks),
                *(number(r, f"ratio_{n}", ".2f") for n in others),
            ]
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def number(result: dict[str, Any], key: str, format: str) -> str:
    """Return a number of a result, or nothing where a work has none for this framework."""
    return f"{result[key]:{format}}" if key in result else ""


def append(file: Path, unit: str, results: list[dict[str, Any]]) -> None:
    """Add a record to a history: one line of JSON."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({**surroundings(), "unit": unit, "results": results}) + "\n")


def parsed() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choices = [*WORKS, "weight"]
    parser.add_argument("works", nargs="*", default=choices, metavar="WORK", help=", ".join(choices))
    parser.add_argument("--memory", action="store_true", help="compare peak memory")
    parser.add_argument("--plain", action="store_true", help="use no implementations of plugins")
    parser.add_argument("--seconds", type=float, default=6.0, help="time for each work")
    parser.add_argument("--json", type=Path, metavar="FILE", help="history to add the numbers to")
    arguments = parser.parse_args()
    for work in arguments.works:
        if work not in choices:
            parser.error(f"there is no work {work!r} (works: {', '.join(choices)})")
    return arguments


def main() -> None:
    """Run the works, and print the table."""
    arguments = parsed()
    if arguments.plain:
        os.environ["CATENARY_DISABLE_IMPLEMENTATIONS"] = "*"
    works = [work for work in arguments.works if work in WORKS]
    if arguments.memory:
        # Nothing is imported here: what this process takes at its peak would count in those that it starts.
        unit, frameworks = "MiB", [name for name in FRAMEWORKS if installed(name)]
        results = [memory.compare(work, frameworks) for work in works]
    else:
        unit, frameworks = "ms", [name for name in (*FRAMEWORKS, *VARIANTS) if importable(framework_of(name))]
        results = [compare(work, frameworks, arguments.seconds) for work in works]
    if results:
        print(f"Implementations of plugins: {', '.join(serving()) or 'none'}\n")
        print(show(results, frameworks, unit))
    if "weight" in arguments.works and not arguments.memory:
        print("\n" + weight.report())
    if arguments.json:
        append(arguments.json, unit, results)


if __name__ == "__main__":
    main()
