"""The examples run, and what they train beats a guess."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
pytestmark = pytest.mark.slow


def run(folder: Path, program: str, *options: str) -> str:
    """Run an example in a folder with warnings as errors; return what it printed."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / program), *options]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def perplexities(output: str) -> tuple[float, float]:
    """Return the perplexity of the model and that of the frequencies alone."""
    found = re.search(r"^perplexity ([\d.]+), by frequency of \w+ alone ([\d.]+)$", output, re.M)
    assert found is not None, output
    return float(found[1]), float(found[2])


def test_ptb_learns_which_word_comes_next(tmp_path: Path) -> None:
    model, frequency = perplexities(run(tmp_path, "ptb/train_ptb.py"))
    assert model < frequency / 4


def test_ptb_reads_any_text(tmp_path: Path) -> None:
    text = "the bridge hangs in a catenary\nthe chain hangs in a catenary too\n" * 100
    for name in ("train.txt", "test.txt"):
        (tmp_path / name).write_text(text, "utf-8")
    output = run(tmp_path, "ptb/train_ptb.py", "--train", "train.txt", "--test", "test.txt", "--units", "20")
    assert "1500 words, 9 different ones" in output
    model, frequency = perplexities(output)
    assert model < frequency


def test_the_transformer_learns_to_add(tmp_path: Path) -> None:
    output = run(tmp_path, "transformer/train_characters.py")
    model, frequency = perplexities(output)
    assert model < frequency / 4
    found = re.search(r"^(\d+) of 100 sums are right$", output, re.M)
    assert found is not None
    assert int(found[1]) > 75


def test_sentiment_learns_what_not_does(tmp_path: Path) -> None:
    output = run(tmp_path, "sentiment/train_sentiment.py")
    assert float(output.split()[-1]) > 0.95
