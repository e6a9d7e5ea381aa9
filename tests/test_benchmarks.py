"""The benchmarks run, their networks are what they say, and small calls take no more instructions than they did."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
WORKS = (
    "tiny", "exp_regression", "mlp", "adam", "ptb", "ptb_lengths", "cnn", "resnet18", "transformer", "dcgan",
    "resnet18_inference", "latency_mlp", "latency_cnn", "latency_resnet18", "latency_ptb", "latency_transformer",
    "latency_dcgan",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _benchmarks_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT)


def run(*arguments: str) -> str:
    """Run Python in the root of the repository; return what it printed."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_all_works_are_here() -> None:
    assert importlib.import_module("benchmarks.works").WORKS == WORKS


@pytest.mark.parametrize("name", WORKS)
def test_each_work_runs(name: str) -> None:
    work = importlib.import_module("benchmarks.works").find(name)
    result = work.catenary()()
    assert work.TITLE
    if name != "adam":  # whose step gives nothing
        array = np.asarray(getattr(result, "array", result))
        assert np.isfinite(array).all()
        # The score of each word, number or class, or an image; a work of training gives its loss.
        shape = {"latency_dcgan": (1, 3, 64, 64), "latency_transformer": (128, 1000), "latency_ptb": (1, 10_000)}
        shape |= {"resnet18_inference": (32, 1000), "latency_resnet18": (1, 1000), "tiny": (10,)}
        shape |= dict.fromkeys(("latency_mlp", "latency_cnn"), (1, 10))
        assert array.shape == shape.get(name, ())


# Not the GAN, whose loss falls and rises.
@pytest.mark.parametrize("name", ["exp_regression", "mlp", "ptb", "cnn", "resnet18", "transformer"])
def test_a_work_of_training_trains(name: str) -> None:
    importlib.import_module("catenary").seed(0)
    step = importlib.import_module("benchmarks.works").find(name).catenary()
    losses = [float(step().array) for _ in range(4)]
    assert losses[-1] < losses[0]


def convolutions(*sizes: tuple[int, int, int]) -> int:
    return sum(before * after * size**2 for before, after, size in sizes)


#: By the papers' sizes: a layer of n outputs has n biases, a normalization of n channels 2 n parameters.
PARAMETERS = {
    "mlp": 784 * 1000 + 1000 + 1000 * 1000 + 1000 + 1000 * 10 + 10,
    "cnn": convolutions((3, 32, 3), (32, 32, 3), (32, 64, 3), (64, 64, 3)) + 3 * (32 + 32 + 64 + 64) + 64 * 10 + 10,
    "ptb": 10_000 * 200 + 2 * 4 * (2 * 200 * 200 + 2 * 200) + 200 * 10_000 + 10_000,
    "resnet18": 11_689_512,  # of the network with a thousand classes, as it is known
    "transformer": (1000 + 128) * 256
    + 4 * (4 * (256 * 256 + 256) + 2 * 4 * 256 * 256 + 4 * 256 + 256 + 4 * 256)
    + 256 * 1000
    + 1000,
    "dcgan_generator": convolutions((100, 512, 4), (512, 256, 4), (256, 128, 4), (128, 64, 4), (64, 3, 4))
    + 2 * (512 + 256 + 128 + 64),
    "dcgan_discriminator": convolutions((3, 64, 4), (64, 128, 4), (128, 256, 4), (256, 512, 4), (512, 1, 4))
    + 2 * (128 + 256 + 512),
}


def test_the_networks_have_the_parameters_of_their_papers() -> None:
    library = importlib.import_module("benchmarks.frameworks").library("catenary")
    found = {}
    for name, (work, function, _) in importlib.import_module("benchmarks.same").NETWORKS.items():
        network = getattr(importlib.import_module(f"benchmarks.works.{work}"), function)(library)
        found[name] = sum(param.size for param in network.params())
    assert found == PARAMETERS


def test_the_networks_are_those_of_pytorch() -> None:
    pytest.importorskip("torch", reason="PyTorch is only in the environment of the benchmarks")
    same = importlib.import_module("benchmarks.same")
    for name, count in PARAMETERS.items():
        found = same.compare(name)
        assert found.parameters == (count, count)
        assert max(found.differences) < same.TOLERANCE


def test_times_are_added_to_a_history_and_shown(tmp_path: Path) -> None:
    file, picture = tmp_path / "history.json", tmp_path / "history.png"
    output = run("-m", "benchmarks", "tiny", "--plain", "--seconds", "0", "--json", str(file))
    assert output.startswith("Implementations of plugins: none\n\n| work | catenary (ms) |")
    (record,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert record["versions"]["numpy"] == np.__version__
    assert record["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert (record["threads"], record["plugins"], record["unit"]) == (1, [], "ms")
    file.write_text("".join(f"{json.dumps(one)}\n" for one in (later(record), record)), "utf-8")
    shown = run("-m", "benchmarks.history", str(file), "--png", str(picture)).splitlines()
    assert shown[0] == f"| work (ms) | {record['date'][:16]} | 2999-01-01T00:00 |"
    number = record["results"][0]["catenary_ms"]
    assert f" | {number:.3g}" in shown[2]
    assert shown[2].endswith(" | 2e+03 (0.50) |")
    assert picture.read_bytes()[:4] == b"\x89PNG"


def made(date: str, unit: str, plugins: list[str], **ratios: float | None) -> dict[str, Any]:
    """Return a record of a history with these ratios to PyTorch."""
    results = [{"work": work, f"catenary_{unit}": 1.0, "ratio_torch": ratio} for work, ratio in ratios.items()]
    for result in results:
        if result["ratio_torch"] is None:  # PyTorch was not there
            del result["ratio_torch"]
    return {"date": f"{date}T00:00:00+00:00", "unit": unit, "plugins": plugins, "results": results}


def test_the_newest_ratios_of_each_way_are_drawn(tmp_path: Path) -> None:
    plots, history = (importlib.import_module(f"benchmarks.{name}") for name in ("plots", "history"))
    records = [
        made("2026-01-03", "ms", [], mlp=1.25, tiny=None),
        made("2026-01-01", "ms", [], mlp=9.0, cnn=2.0, ptb=None),
        made("2026-01-02", "ms", ["onednn 1"], cnn=0.75, mlp=1.1),
        made("2026-01-04", "MiB", ["onednn 1"], mlp=0.5),
        made("2026-01-04", "ms", ["onednn 1"], mlp=None, latency_mlp=0.4),
    ]
    file = tmp_path / "history.jsonl"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    times, memory = (history.read(file, unit) for unit in ("ms", "MiB"))
    # In the order of the works that are asked for; later records win, and those without PyTorch change nothing.
    works = ("cnn", "tiny", "mlp", "ptb")
    assert plots.newest(times, works) == [("cnn", 2.0, 0.75), ("mlp", 1.25, 1.1)]
    assert plots.newest(memory, works) == [("mlp", None, 0.5)]
    assert plots.goals("mlp", "ms") == (0.6, 0.45)
    assert plots.goals("tiny", "ms") == (None, None)
    assert plots.goals("tiny", "MiB") == (1.2, 1.0)
    folders = [tmp_path / "once", tmp_path / "again"]
    for folder in folders:
        run("-m", "benchmarks.plots", str(file), "--into", str(folder))
    once, again = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert {*once} == {"training.svg", "inference.svg", "memory.svg"}
    assert once == again
    assert b" 1.25</text>" in once["training.svg"]
    assert b"9.00" not in once["training.svg"]


def later(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as another run gives it, with PyTorch."""
    result = {**record["results"][0], "catenary_ms": 2000.0, "torch_ms": 4000.0, "ratio_torch": 0.5}
    return {**record, "date": "2999-01-01T00:00:00+00:00", "results": [result]}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no resource module on Windows")
def test_peak_memory_counts_what_a_work_holds(tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    output = run("-m", "benchmarks", "--memory", "tiny", "adam", "--json", str(file))
    assert "| tiny operations (150 on 10 elements), forward and backward |" in output
    (record,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert record["unit"] == "MiB"
    # 1.8 million parameters as float32, five times: their values twice, their gradients twice, and two moments.
    adam = next(result["catenary_MiB"] for result in record["results"] if result["work"] == "adam")
    assert 6 * 1_796_010 * 4 / 2**20 < adam < 100


def test_a_name_that_is_no_work_is_said() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "mpl"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "there is no work 'mpl' (works: tiny, " in done.stderr


STORED = ROOT / "tools" / "instructions.json"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.mark.skipif(VERSION not in json.loads(STORED.read_text("utf-8")), reason="no numbers for this Python")
def test_small_calls_take_no_more_instructions_than_before() -> None:
    outputs = [run("tools/count_instructions.py", "--check") for _ in range(2)]
    assert outputs[0] == outputs[1]
