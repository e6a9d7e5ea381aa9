"""Loading of images: the iterators beside PyTorch's DataLoader.

    python -m benchmarks.loading [--seconds 20] [--json FILE]

Two thousand uint8 images of 64 x 64 with three channels; an example is one of them cropped after padding, flipped half
of the time, with other brightness, as float32 with the channels first, and its label. A turn takes some batches of 64
as arrays. The loaders take turns in one process, in another order each round; the ratio is the median of the ratios
within a round. "Converter" means that the workers make the arrays, as those of PyTorch do.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np

from catenary.dataset import concat_examples
from catenary.iterators import MultiprocessIterator, MultithreadIterator, SerialIterator

N_IMAGES = 2000
BATCH_SIZE = 64
N_WORKERS = 2
N_BATCHES = 30  # in a turn
N_PREPARED = 5  # before a turn
REST = 0.1  # seconds after a turn, in which workers prepare what they still have to
MEAN = np.array([0.48, 0.46, 0.41], np.float32)[:, None, None]
STD = np.array([0.25, 0.24, 0.26], np.float32)[:, None, None]


class Images:
    """Pairs of an image, changed at random, and its label."""

    def __init__(self) -> None:
        draw = np.random.default_rng(0)
        self.images = draw.integers(0, 256, (N_IMAGES, 64, 64, 3), np.uint8)
        self.labels = draw.integers(0, 10, N_IMAGES)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        top, left = np.random.randint(0, 9, 2)  # noqa: NPY002  # what both kinds of workers seed
        image = np.pad(self.images[index], ((4, 4), (4, 4), (0, 0)))[top : top + 64, left : left + 64]
        if np.random.random() < 0.5:  # noqa: NPY002
            image = image[:, ::-1]
        gain = np.float32(np.random.uniform(0.8, 1.2) / 255)  # noqa: NPY002
        return (image.transpose(2, 0, 1) * gain - MEAN) / STD, self.labels[index]


def batches_of(iterator: Any) -> Iterator[Any]:
    """Yield arrays without end."""
    while True:
        yield concat_examples(iterator.next())


def batches_of_torch() -> Iterator[Any]:
    """Yield tensors without end; the workers stay from sweep to sweep."""
    import torch
    from torch.utils.data import DataLoader

    torch.set_num_threads(2)
    loader: Any = DataLoader(
        Images(),
        BATCH_SIZE,
        shuffle=True,
        num_workers=N_WORKERS,
        drop_last=True,
        persistent_workers=True,  # type: ignore[arg-type]
    )
    while True:
        yield from loader


def turn(batches: Iterator[Any]) -> float:
    """Return how many images come per second in a turn, those aside that were prepared before it."""
    for _ in range(N_PREPARED):
        next(batches)
    start = time.perf_counter()
    for _ in range(N_BATCHES):
        next(batches)
    seconds = time.perf_counter() - start
    time.sleep(REST)
    return BATCH_SIZE * N_BATCHES / seconds


def compare(loaders: dict[str, Callable[[], Iterator[Any]]], seconds: float) -> dict[str, list[float]]:
    """Return the images per second of all turns of each loader."""
    sources = {name: make() for name, make in loaders.items()}
    for batches in sources.values():
        turn(batches)
    found: dict[str, list[float]] = {name: [] for name in loaders}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(found["MultiprocessIterator"]) < 5:
        for name in random.sample(sorted(sources), len(sources)):
            found[name].append(turn(sources[name]))
    return found


def main() -> None:
    """Time the loaders, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="time for all loaders together")
    parser.add_argument("--json", type=Path, help="file for the numbers")
    arguments = parser.parse_args()
    workers = {"n_processes": N_WORKERS, "n_prefetch": N_WORKERS}  # as many batches on their way as PyTorch has
    with (
        SerialIterator(Images(), BATCH_SIZE) as serial,
        MultithreadIterator(Images(), BATCH_SIZE, n_threads=N_WORKERS) as threads,
        MultiprocessIterator(Images(), BATCH_SIZE, **workers) as processes,
        MultiprocessIterator(Images(), BATCH_SIZE, **workers, converter=concat_examples) as converted,
    ):
        loaders: dict[str, Callable[[], Iterator[Any]]] = {
            "SerialIterator": lambda: batches_of(serial),
            "MultithreadIterator": lambda: batches_of(threads),
            "MultiprocessIterator": lambda: batches_of(processes),
            "MultiprocessIterator, converter": lambda: iter(converted),
            "PyTorch DataLoader": batches_of_torch,
        }
        found = compare(loaders, arguments.seconds)
    print("| loader | images per second | / PyTorch |\n|---|---|---|")
    results = {}
    for name, speeds in found.items():
        ratio = statistics.median(a / b for a, b in zip(speeds, found["PyTorch DataLoader"]))
        results[name] = {"images_per_second": statistics.median(speeds), "ratio": ratio, "turns": len(speeds)}
        print(f"| {name} | {statistics.median(speeds):.0f} | {ratio:.2f} |")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
