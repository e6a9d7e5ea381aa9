"""The examples run, and what they train beats a guess."""

from __future__ import annotations

import argparse
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from catenary import datasets

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


def test_ptb_takes_the_penn_treebank_from_its_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    read_texts = runpy.run_path(str(EXAMPLES / "ptb" / "train_ptb.py"))["read_texts"]
    texts = tuple(np.arange(n, dtype=np.int32) for n in (30, 20, 10))
    monkeypatch.setattr(datasets, "get_ptb_words", lambda: texts)
    monkeypatch.setattr(datasets, "get_ptb_words_vocabulary", lambda: {str(i): i for i in range(30)})
    train, valid, count = read_texts(argparse.Namespace(ptb=True))
    assert (train is texts[0], valid is texts[1], count) == (True, True, 30)


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


@pytest.mark.parametrize(("model", "epochs", "least"), [("mlp", 8, 0.95), ("cnn", 3, 0.87)])
def test_mnist_reads_digits_with_a_trainer_and_without(tmp_path: Path, model: str, epochs: int, least: float) -> None:
    command = ["mnist/train_mnist.py", "--model", model, "--epoch", str(epochs)]
    accuracies = [run(tmp_path, *command, *more).split("\n")[-2].split()[0] for more in ([], ["--plain"])]
    assert float(accuracies[0]) > least
    assert accuracies[0] == accuracies[1]


def test_mnist_goes_on_from_a_snapshot(tmp_path: Path) -> None:
    run(tmp_path, "mnist/train_mnist.py", "--epoch", "2")
    resumed = run(tmp_path, "mnist/train_mnist.py", "--epoch", "4", "--resume")
    assert (tmp_path / "result" / f"snapshot_iter_{-(-1437 * 4 // 50)}").exists()
    whole = run(tmp_path, "mnist/train_mnist.py", "--epoch", "4", "--out", "whole")
    assert resumed.splitlines()[-1] == whole.splitlines()[-1]


def test_mnist_reads_other_images(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    labels = draw.integers(0, 10, 240)
    images = np.zeros((240, 12, 12), np.uint8)
    images[np.arange(240), labels] = 255  # the label is the row that is white
    arrays = {f"{name}_{part}": a for name, a in (("x", images), ("y", labels)) for part in ("train", "test")}
    np.savez(tmp_path / "mnist.npz", **arrays)
    output = run(tmp_path, "mnist/train_mnist.py", "--data", "mnist.npz", "--model", "cnn")
    assert float(output.splitlines()[-1].split()[0]) == 1


def test_the_gan_draws_digits(tmp_path: Path) -> None:
    outputs = [run(tmp_path, "gan/train_gan.py", "--epoch", "60", *more).splitlines() for more in ([], ["--plain"])]
    assert outputs[0][-9:] == outputs[1][-9:]  # the picture and the distances
    found = re.search(r"distance to real images ([\d.]+), of independent pixels ([\d.]+)", outputs[0][-1])
    assert found is not None
    assert float(found[1]) < 0.85 * float(found[2])


def test_the_vae_presses_images_into_few_numbers(tmp_path: Path) -> None:
    outputs = [run(tmp_path, "vae/train_vae.py", "--epoch", "20", *more) for more in ([], ["--plain"])]
    for output in outputs:
        found = re.search(r"nats per test image ([\d.]+), by frequency of pixels alone ([\d.]+)$", output, re.M)
        assert found is not None
        assert float(found[1]) < float(found[2]) - 1.5
