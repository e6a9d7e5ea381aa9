"""The programs in examples/ run on a GPU and learn as they do on the host."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

import catenary

EXAMPLES = Path(__file__).resolve().parents[4] / "examples"

#: What programs print at the end.
ACCURACY = r"validation/main/accuracy ([\d.]+)"
SHARE = r"([\d.]+) of the test images are read correctly"
PERPLEXITY = r"perplexity ([\d.]+), by frequency of \w+ alone ([\d.]+)"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Return a function that runs an example on a device; it returns the numbers that a pattern finds in the output."""

    def start(program: str, options: str, pattern: str, device: str) -> tuple[float, ...]:
        out = tmp_path / device.replace(":", "-")
        monkeypatch.setattr(sys, "argv", [program, *options.split(), "--device", device, "--out", str(out)])
        with catenary.using_device("@numpy"):  # as in a process of its own
            runpy.run_path(str(EXAMPLES / program), run_name="__main__")
        found = re.search(rf"^{pattern}$", capsys.readouterr().out, re.M)
        assert found is not None
        return tuple(map(float, found.groups()))

    return start


@pytest.mark.parametrize(
    ("program", "options", "pattern"),
    [
        ("mnist/train_mnist.py", "--epoch 2 --model mlp", SHARE),
        ("mnist/train_mnist.py", "--epoch 2 --model mlp --plain", SHARE),
        ("mnist/train_mnist.py", "--epoch 1 --model cnn", SHARE),
        ("digits/train_digits.py", "--epoch 2", ACCURACY),
        ("sentiment/train_sentiment.py", "--epoch 2", ACCURACY),
        ("ptb/train_ptb.py", "--epoch 1 --units 20", PERPLEXITY),
        ("transformer/train_characters.py", "--epoch 10 --layers 1", PERPLEXITY),
    ],
)
def test_what_is_learnt_is_as_good_as_on_the_host(gpu: Any, run: Any, program: str, options: str, pattern: str) -> None:
    # Dropout, and the first weights of layers that learn their sizes from a batch, are those of another generator.
    expected = run(program, options, pattern, "@numpy")
    assert run(program, options, pattern, "@cupy:0") == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize("options", ["--epoch 6", "--epoch 6 --plain"])
def test_the_vae(gpu: Any, run: Any, options: str) -> None:
    pattern = r"nats per test image ([\d.]+), by frequency of pixels alone ([\d.]+)"
    learnt, by_frequency = run("vae/train_vae.py", options, pattern, "@cupy:0")
    assert learnt < by_frequency


@pytest.mark.parametrize("options", ["--epoch 8", "--epoch 8 --plain"])
def test_the_gan(gpu: Any, run: Any, options: str) -> None:
    pattern = r"distance to real images ([\d.]+), of independent pixels ([\d.]+)"
    made, independent = run("gan/train_gan.py", options, pattern, "@cupy:0")
    assert made < 1.2 * independent


@pytest.mark.parametrize(
    ("program", "options", "pattern"),
    [
        ("mnist/train_mnist.py", "--epoch 2 --model mlp", SHARE),
        ("mnist/train_mnist.py", "--epoch 1 --model cnn", SHARE),
        ("digits/train_digits.py", "--epoch 1", ACCURACY),
        ("vae/train_vae.py", "--epoch 1", r"nats per test image ([\d.]+), by frequency of pixels alone ([\d.]+)"),
    ],
)
def test_recorded_steps_learn_the_same(gpu: Any, run: Any, program: str, options: str, pattern: str) -> None:
    plain = run(program, options, pattern, "@cupy:0")
    assert run(program, f"{options} --capture", pattern, "@cupy:0") == pytest.approx(plain, rel=0.05)
