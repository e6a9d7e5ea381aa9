"""Save and load a model of 1 GB, beside a plain copy of the same bytes and PyTorch.

    python -m benchmarks.files [--gigabytes 1.0] [--rounds 5] [--folder FOLDER]

All take turns in one process, on the same disk. A save ends when the bytes are on the disk (fsync), a copy of a file
likewise. Loading begins with the file in the memory of the system, for all of them. The ratio is the median of the
ratios to the copy of the same round. Peak memory is that of a fresh process that holds the model and loads or saves it
once, less that of one that only holds it; pages of the file itself, which the system may drop, do not count.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

WIDTH = 4096


def make_model(gigabytes: float) -> Any:
    """Return a chain of square layers."""
    import catenary as ct

    links = []
    rng = np.random.default_rng(0)
    for _ in range(max(1, round(gigabytes * 2**30 / (4 * WIDTH * WIDTH)))):
        link = ct.Link()
        with link.init_scope():
            link.W = ct.Parameter(rng.random((WIDTH, WIDTH), np.float32))
        links.append(link)
    return ct.ChainList(*links)


def flush(file: Path) -> None:
    """Wait until a file is on the disk, as the functions of Catenary do."""
    with open(file, "rb+") as stream:
        os.fsync(stream.fileno())


def ways(model: Any, folder: Path) -> dict[str, dict[str, Callable[[], Any]]]:
    """Return the works: what is done -> way -> function."""
    from catenary import serializers

    npz, safe, copied, torch_file = (folder / name for name in ("m.npz", "m.safetensors", "copy", "m.pt"))

    def copy() -> None:
        shutil.copyfile(npz, copied)
        flush(copied)

    saving: dict[str, Callable[[], Any]] = {
        "stored NPZ": lambda: serializers.save_npz(npz, model, compression=False),
        "safetensors": lambda: serializers.save_safetensors(safe, model),
        "plain copy": copy,
    }
    loading: dict[str, Callable[[], Any]] = {
        "stored NPZ": lambda: serializers.load_npz(npz, model),
        "safetensors": lambda: serializers.load_safetensors(safe, model),
        "plain copy": copy,
    }
    try:
        import torch
    except ImportError:
        return {"save": saving, "load": loading}
    state = {name: torch.from_numpy(param.array) for name, param in model.namedparams()}

    def save_torch() -> None:
        torch.save(state, torch_file)
        flush(torch_file)

    def load_torch() -> None:
        found = torch.load(torch_file, weights_only=True)
        for name, tensor in state.items():  # into the model's memory, as a module's load_state_dict does
            tensor.copy_(found[name])

    saving["PyTorch"], loading["PyTorch"] = save_torch, load_torch
    return {"save": saving, "load": loading}


def timed(function: Callable[[], Any]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def peak_of(gigabytes: float, folder: Path, work: str, way: str) -> float:
    """Return by how many MiB a fresh process grows while it does a work."""
    arguments = ["--gigabytes", str(gigabytes), "--folder", str(folder), "--peak", work, way]
    result = subprocess.run(
        [sys.executable, "-m", "benchmarks.files", *arguments], capture_output=True, text=True, check=True
    )
    return float(result.stdout)


def anonymous(field: str = "RssAnon") -> int:
    """Return the memory of this process in KiB, without pages of files."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def watch(function: Callable[[], Any]) -> float:
    """Return by how many MiB the memory grows while a function runs, looked at every millisecond."""
    import threading

    before, highest, done = anonymous(), 0, threading.Event()

    def look() -> None:
        nonlocal highest
        while not done.wait(0.001):
            highest = max(highest, anonymous() - before)

    watcher = threading.Thread(target=look)
    watcher.start()
    function()
    done.set()
    watcher.join()
    return highest / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary folder by default")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        work, way = options.peak
        print(watch(ways(make_model(options.gigabytes), options.folder)[work][way]))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        print("| work | way | seconds | to a copy | peak over the model (MiB) |\n|---|---|---|---|---|")
        for work, functions in ways(make_model(options.gigabytes), folder).items():
            times: dict[str, list[float]] = {way: [] for way in functions}
            for function in functions.values():  # makes the files, and brings them into memory
                function()
            for _ in range(options.rounds):
                for way, function in functions.items():
                    times[way].append(timed(function))
            for way, taken in times.items():
                ratio = statistics.median(a / b for a, b in zip(taken, times["plain copy"], strict=True))
                peak = "" if way == "plain copy" else f"{peak_of(options.gigabytes, folder, work, way):.0f}"
                print(f"| {work} | {way} | {statistics.median(taken):.2f} | {ratio:.2f} | {peak} |", flush=True)


if __name__ == "__main__":
    main()
