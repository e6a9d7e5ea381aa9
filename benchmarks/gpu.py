"""Compare Catenary with PyTorch on a GPU: the works of training of `python -m benchmarks`, and ResNet-50.

    python -m benchmarks.gpu [WORK ...] [--turns 9] [--capture] [--json FILE]

Both frameworks run in one process, in turns of some steps each, after a warm-up; events of the device time a turn. The
ratio is the median of the ratios of neighbouring turns. With --capture Catenary replays its step as a CUDA graph, and
PyTorch runs as ever. The last columns are the peaks of both memory pools. TF32 is on for both where CUPY_TF32=1 is set.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.frameworks import surroundings
from benchmarks.works import find

WORKS = ("exp_regression", "mlp", "cnn", "resnet18", "resnet50", "ptb", "transformer")
WARM_UP, SECONDS = 10, 0.25


def main() -> None:
    """Run the works, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", default=WORKS, metavar="WORK", help=", ".join(WORKS))
    parser.add_argument("--turns", type=int, default=9, help="turns of each framework")
    parser.add_argument("--capture", action="store_true", help="replay Catenary's step as a CUDA graph")
    parser.add_argument("--json", type=Path, metavar="FILE", help="history to add the numbers to")
    arguments = parser.parse_args()
    results = [compare(work, arguments.turns, arguments.capture) for work in arguments.works]
    head = ["work", "Catenary (ms)", "PyTorch (ms)", "Catenary / PyTorch", "Catenary (MiB)", "PyTorch (MiB)", "memory"]
    for row in (head, ["---"] * len(head), *map(cells, results)):
        print("| " + " | ".join(row) + " |")
    if arguments.json:
        record = {**surroundings(), "unit": "gpu", "captured": arguments.capture, "results": results}
        with arguments.json.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")


def cells(result: dict[str, Any]) -> list[str]:
    """Return a row of the table."""
    if "error" in result:
        return [result["work"], result["error"], *[""] * 5]
    names = ("catenary_ms", "torch_ms", "ratio", "catenary_mib", "torch_mib", "ratio_memory")
    return [result["title"] + " " * bool(result["note"]) + result["note"], *(f"{result[name]:.3g}" for name in names)]


def compare(work: str, turns: int, capture: bool) -> dict[str, Any]:
    """Return the medians of one work, and the ratios of Catenary to PyTorch."""
    try:
        return _compare(work, turns, capture)
    except Exception as error:  # the other works go on
        return {"work": work, "error": f"{type(error).__name__}: {error}"}


def _compare(work: str, turns: int, capture: bool) -> dict[str, Any]:
    import cupy
    import torch

    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = os.environ.get("CUPY_TF32") == "1"
    found = find(work)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    with torch.device("cuda"):
        theirs = found.torch()
    mine, note = catenary_step(found, capture)
    for step in (mine, theirs):
        for _ in range(WARM_UP):
            step()
    count = {step: _steps_of_a_turn(step, torch.cuda.synchronize) for step in (mine, theirs)}
    times: dict[Callable[[], Any], list[float]] = {mine: [], theirs: []}
    for _ in range(turns):
        times[mine].append(_timed(mine, count[mine], cupy.cuda.Event, _elapsed_by_cupy))
        with torch.device("cuda"):
            times[theirs].append(_timed(theirs, count[theirs], _torch_event, _elapsed_by_torch))
    mib = 2**20
    memory = cupy.get_default_memory_pool().total_bytes() / mib, torch.cuda.max_memory_reserved() / mib
    cupy.get_default_memory_pool().free_all_blocks()
    return {
        "work": work,
        "title": found.TITLE,
        "note": note(),
        "catenary_ms": statistics.median(times[mine]),
        "torch_ms": statistics.median(times[theirs]),
        "ratio": statistics.median(a / b for a, b in zip(times[mine], times[theirs], strict=True)),
        "catenary_mib": memory[0],
        "torch_mib": memory[1],
        "ratio_memory": memory[0] / memory[1],
    }


def catenary_step(work: Any, capture: bool) -> tuple[Callable[[], Any], Callable[[], str]]:
    """Return a work's step on the GPU, and what says afterwards how it ran."""
    import catenary

    device = catenary.get_device("@cupy:0")
    device.use()
    step = work.catenary()
    step.optimizer.target.to_device(device)
    for name in ("X", "T"):  # what the works compute on stands in their modules
        if hasattr(work, name):
            setattr(work, name, device.send(getattr(work, name)))
    if not capture:
        return step, str

    def whole() -> None:
        step()

    captured: Any = device.captured(whole)
    return captured, lambda: f"(captured, {captured.replays} replays)" if not captured.reason else captured.reason


def _steps_of_a_turn(step: Callable[[], Any], synchronize: Callable[[], None]) -> int:
    import time

    synchronize()
    start = time.perf_counter()
    for _ in range(3):
        step()
    synchronize()
    return max(3, int(SECONDS / ((time.perf_counter() - start) / 3)))


def _timed(step: Callable[[], Any], count: int, event: Callable[[], Any], elapsed: Callable[..., float]) -> float:
    """Return the milliseconds of a step between two events on the device."""
    start, end = event(), event()
    start.record()
    for _ in range(count):
        step()
    end.record()
    end.synchronize()
    return elapsed(start, end) / count


def _torch_event() -> Any:
    import torch

    return torch.cuda.Event(enable_timing=True)


def _elapsed_by_torch(start: Any, end: Any) -> float:
    return float(start.elapsed_time(end))


def _elapsed_by_cupy(start: Any, end: Any) -> float:
    import cupy

    return float(cupy.cuda.get_elapsed_time(start, end))


if __name__ == "__main__":
    main()
