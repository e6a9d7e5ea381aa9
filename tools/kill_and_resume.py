"""Kill a training at random moments and let it go on, until it is done; then compare it with one that nobody disturbed.

    python tools/kill_and_resume.py [--kills 50] [--seed 0]

The training draws random numbers wherever it can: shuffled data, examples that worker processes change at random,
dropout. It is killed by SIGKILL, so that no part of it can put anything in order. The weights, the state of the
optimizer and the log have to equal those of the undisturbed training bit for bit.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import optimizers, serializers
from catenary.iterators import MultiprocessIterator
from catenary.training import StandardUpdater, Trainer, extensions

#: So many that the training is not done before the last kill.
ITERATIONS_PER_KILL = 15
SNAPSHOT_INTERVAL = 3
RESULT = "trained.npz"


class Points:
    """Points on two rings and the number of their ring, moved a little at random each time."""

    def __init__(self) -> None:
        draw = np.random.default_rng(0)
        self.labels = draw.integers(0, 2, 230).astype(np.int32)
        angles = draw.uniform(0, 2 * np.pi, 230)
        self.points = np.stack([np.cos(angles), np.sin(angles)], 1) * (1 + self.labels[:, None])

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        noise = catenary.get_device("@numpy").random.normal(0, 0.1, 2)
        return (self.points[index] + noise).astype(np.float32), self.labels[index]


class Network(catenary.Chain):
    """Two layers with dropout between them."""

    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.l1 = L.Linear(None, 32)
            self.l2 = L.Linear(32, 2)

    def forward(self, x: Any) -> Any:
        return self.l2(F.dropout(F.relu(self.l1(x)), 0.3))


def train(out: Path, iterations: int, seed: int) -> None:
    """Train from the newest snapshot in `out`, or from the start."""
    catenary.seed(seed)
    model = L.Classifier(Network())
    optimizer = optimizers.Adam().setup(model)
    iterator = MultiprocessIterator(Points(), 50, n_processes=2, n_prefetch=3)
    trainer = Trainer(StandardUpdater(iterator, optimizer), (iterations, "iteration"), out)
    trainer.extend(extensions.LogReport(trigger=(1, "epoch")))
    trainer.extend(extensions.snapshot(n_retains=3, autoload=True), trigger=(SNAPSHOT_INTERVAL, "iteration"))
    trainer.run()
    serializers.save_npz(out / RESULT, trainer)


class Life(NamedTuple):
    """What one start of the training came to.

    Attributes:
        was_killed: Whether it was killed before its end.
        iteration: The iteration of the newest snapshot afterwards.
        left: How many of its processes were there five seconds later.
    """

    was_killed: bool
    iteration: int
    left: int


def live(out: Path, iterations: int, seed: int, draw: random.Random | None) -> Life:
    """Start the training, and kill it at a random moment unless `draw` is None.

    One time out of four the moment is while it starts, else some milliseconds after a new snapshot has appeared.
    """
    before = newest(out)
    command = [sys.executable, __file__, "--train", str(out), "--iterations", str(iterations), "--seed", str(seed)]
    with subprocess.Popen(command, start_new_session=True) as process:
        if draw is not None:
            if draw.random() < 0.25:
                time.sleep(draw.uniform(0.0, 1.0))
            else:
                while newest(out) == before and process.poll() is None:
                    time.sleep(0.001)
                time.sleep(draw.uniform(0.0, 0.06))
            process.send_signal(signal.SIGKILL)
        code = process.wait()
    if code not in (0, -signal.SIGKILL):
        raise SystemExit(f"kill_and_resume: the training ended with exit code {code}")
    return Life(code != 0, newest(out), count_left(process.pid))


def newest(out: Path) -> int:
    """Return the iteration of the newest snapshot; 0 if there is none."""
    return max((int(path.name.rpartition("_")[2]) for path in out.glob("snapshot_iter_*")), default=0)


def count_left(group: int) -> int:
    """Return how many processes of a group are there, at most five seconds later."""
    deadline = time.monotonic() + 5
    while (left := sum(is_in_group(path, group) for path in Path("/proc").glob("[0-9]*/stat"))) != 0:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def is_in_group(path: Path, group: int) -> bool:
    """Return whether a process runs and belongs to a group."""
    try:
        state, _, found = path.read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(found) == group and state not in "ZX"


def differences(one: Path, other: Path) -> list[str]:
    """Return the names of the entries in which two results differ, times left out."""
    with np.load(one / RESULT) as a, np.load(other / RESULT) as b:
        names = sorted(set(a.files) | set(b.files))
        return [name for name in names if not is_same(name, a, b)]


def is_same(name: str, a: Any, b: Any) -> bool:
    """Return whether an entry has the same bits in two files."""
    if name not in a or name not in b:
        return False
    return without_times(name, a[name]) == without_times(name, b[name])


def without_times(name: str, array: Any) -> Any:
    """Return an entry as something to compare; the log, which is text, without the times in it."""
    if name.endswith("elapsed_time"):
        return None
    if array.dtype.kind in "US":
        return re.sub(r'"elapsed_time": [^,}]*', "", str(array))
    return array.dtype.str, array.shape, array.tobytes()


def run(kills: int, seed: int, folder: Path) -> bool:
    """Kill and resume; print a table, and return whether all is as it has to be."""
    draw = random.Random(seed)
    iterations = ITERATIONS_PER_KILL * kills
    whole, parts = folder / "whole", folder / "parts"
    undisturbed = live(whole, iterations, seed, None)
    lives: list[Life] = []
    print("| start | ended by | newest snapshot | processes left |\n|---|---|---|---|")
    while not (parts / RESULT).exists():
        is_to_be_killed = sum(life.was_killed for life in lives) < kills
        # Where there is a snapshot, the seed must not matter any more.
        now = seed if newest(parts) == 0 else seed + len(lives)
        lives.append(live(parts, iterations, now, draw if is_to_be_killed else None))
        how = "SIGKILL" if lives[-1].was_killed else "itself"
        print(f"| {len(lives)} | {how} | {lives[-1].iteration} | {lives[-1].left} |", flush=True)
    different = differences(whole, parts)
    killed, left = sum(life.was_killed for life in lives), sum(life.left for life in [*lives, undisturbed])
    print(f"\n{killed} kills in {iterations} iterations; processes left: {left}; entries that differ: {different or 0}")
    return not different and not left and killed == kills


def main() -> int:
    """Read the arguments; train, or kill those who do."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="how often (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the training and of the moments")
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--iterations", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.train:
        train(options.train, options.iterations, options.seed)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return 0 if run(options.kills, options.seed, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
