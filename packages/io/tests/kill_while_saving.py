"""Kills a process with SIGKILL while it saves, again and again:  python kill_while_saving.py --count 200

After each kill the file must be whole: what was saved last, or what was there before.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from catenary import Link, Parameter
from catenary.serializers import load, save

SUFFIXES = (".npz", ".h5", ".safetensors")


def make_model(value: float) -> Any:
    link = Link()
    with link.init_scope():
        link.W = Parameter(np.full((500, 400), value, np.float32))
        link.b = Parameter(np.full(400, value, np.float32))
    link.add_persistent("version", int(value))
    return link


def work(file: Path) -> None:
    """Save version after version; print each when it is done."""
    for version in range(2, 10_000):
        save(file, make_model(version))
        print(version, flush=True)


def kill_one(folder: Path, suffix: str, rng: random.Random) -> str:
    """Start a process that saves, kill it at a random moment, and say what the file then holds."""
    file = folder / f"model{suffix}"
    save(file, make_model(1))
    child = subprocess.Popen([sys.executable, __file__, "--work", str(file)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    child.stdout.readline()
    try:
        child.wait(rng.uniform(0, 0.1))
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
    rest, _ = child.communicate()
    done = int(rest.splitlines()[-1]) if rest.splitlines() else 2
    found = make_model(0)
    load(file, found)
    whole = all((p.array == found.version).all() for p in found.params())
    if not whole or found.version not in (done, done + 1):
        return f"WRONG: {done} was saved, {found.version} is there, {'whole' if whole else 'in parts'}"
    return "last" if found.version == done else "next"


def run(count: int, suffix: str) -> Counter[str]:
    """Kill `count` processes, and count what was there after."""
    rng = random.Random(count)
    with tempfile.TemporaryDirectory() as folder:
        return Counter(kill_one(Path(folder), suffix, rng) for _ in range(count))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="how many kills for each format")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(Path(options.work))
        return 0
    wrong = False
    for suffix in SUFFIXES:
        found = run(options.count, suffix)
        wrong = wrong or any(outcome.startswith("WRONG") for outcome in found)
        print(suffix, dict(found), flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
