"""The demo learns, and a run that was killed goes on from its last snapshot as if nothing had happened."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parent.parent / "examples" / "digits" / "train_digits.py"
FILES = {"log", "cg.dot", "loss.png", "accuracy.png"}

pytestmark = pytest.mark.slow


def start(folder: Path, *options: str, resume: bool = False) -> subprocess.Popen[str]:
    # One thread: several that wait for each other are slow where other tests run beside this one.
    environment = {**os.environ, "RESUME": "1" if resume else "0", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", str(DEMO), *options]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True)


def run(folder: Path, *options: str, resume: bool = False) -> list[str]:
    """Run the demo to its end; return the lines that it printed."""
    process = start(folder, *options, resume=resume)
    output, errors = process.communicate(timeout=100)
    assert process.returncode == 0, errors
    return output.splitlines()


def interrupt(folder: Path, number: signal.Signals, *options: str) -> tuple[int, str]:
    """Start the demo and send it a signal when its first snapshot is there; return the exit status and its messages."""
    process = start(folder, *options)
    while not snapshots(folder):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.005)
    process.send_signal(number)
    errors = process.communicate(timeout=30)[1]
    return process.returncode, errors


def snapshots(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("result/snapshot_iter_*")}


def log(folder: Path) -> list[dict[str, Any]]:
    """Return the log without the seconds, which differ from run to run."""
    records = json.loads((folder / "result" / "log").read_text("utf-8"))
    return [{key: value for key, value in record.items() if key != "elapsed_time"} for record in records]


def test_it_learns_to_read_digits(tmp_path: Path) -> None:
    lines = run(tmp_path)
    match = re.fullmatch(r"validation/main/accuracy (0\.\d{4})", lines[-1])
    assert match, lines[-1]
    assert float(match[1]) >= 0.97
    assert [line.split()[0] for line in lines[1:-1]] == [str(epoch + 1) for epoch in range(30)]  # below the head
    assert {path.name for path in (tmp_path / "result").iterdir()} - snapshots(tmp_path) == FILES
    for image in ("loss.png", "accuracy.png"):
        assert (tmp_path / "result" / image).read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "result" / "cg.dot").read_text("utf-8").startswith("digraph")


def test_killed_and_resumed_it_ends_as_the_uninterrupted_run(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    expected = run(whole, "--epoch", "4")[-1]
    assert interrupt(parts, signal.SIGKILL, "--epoch", "4")[0] == -signal.SIGKILL
    assert snapshots(parts)
    assert "snapshot_iter_115" not in snapshots(parts), "it was not killed before its end"

    lines = run(parts, "--epoch", "4", resume=True)
    assert lines[0].startswith(f"going on from {Path('result', 'snapshot_iter_')}")
    assert lines[-1] == expected
    assert log(parts) == log(whole)
    assert len(log(parts)) == 4

    again = run(parts, "--epoch", "4", resume=True)  # there is nothing left to do
    assert again == [f"going on from {Path('result', 'snapshot_iter_115')}", expected]


def test_an_interrupted_run_says_how_to_go_on(tmp_path: Path) -> None:
    code, errors = interrupt(tmp_path, signal.SIGINT, "--epoch", "4")
    assert code == 1
    assert "RESUME=1" in errors
    assert "Traceback" not in errors
    run(tmp_path, "--epoch", "4", resume=True)
    assert [record["epoch"] for record in log(tmp_path)] == list(range(1, 5))


def test_a_run_from_the_start_leaves_no_older_snapshot(tmp_path: Path) -> None:
    assert run(tmp_path, "--epoch", "1", resume=True)[0] == "no snapshot yet: starting from the beginning"
    assert snapshots(tmp_path) == {"snapshot_iter_29"}
    (tmp_path / "result" / "snapshot_iter_29").rename(tmp_path / "result" / "snapshot_iter_99")
    run(tmp_path, "--epoch", "1")
    assert snapshots(tmp_path) == {"snapshot_iter_29"}


def test_its_options(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        run(tmp_path, "--epoch", "1", "--device", "@numpy", "--out", seed, "--seed", seed)
    first, second = (json.loads((tmp_path / seed / "log").read_text("utf-8")) for seed in ("1", "2"))
    assert len(first) == len(second) == 1
    assert first[0]["main/loss"] != second[0]["main/loss"]
