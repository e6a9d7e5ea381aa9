from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catenary.datasets import cache_or_load_file, get_dataset_root, set_dataset_root


def test_root(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CATENARY_DATASET_ROOT", "CHAINER_DATASET_ROOT", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert get_dataset_root() == "/home/somebody/.cache/catenary/datasets"
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert get_dataset_root() == "/caches/catenary/datasets"
    monkeypatch.setenv("CHAINER_DATASET_ROOT", "~/old")
    assert get_dataset_root() == "/home/somebody/old"
    monkeypatch.setenv("CATENARY_DATASET_ROOT", "/new")
    assert get_dataset_root() == "/new"
    set_dataset_root(Path("/chosen"))
    assert get_dataset_root() == "/chosen"
    set_dataset_root(None)
    assert get_dataset_root() == "/new"


def create(path: str) -> str:
    Path(path).write_text("words")
    return "made"


def test_made_once_and_then_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    assert cache_or_load_file(path, create, lambda _: "loaded") == "made"
    assert cache_or_load_file(path, create, lambda name: Path(name).read_text()) == "words"
    assert set(os.listdir(path.parent)) <= {"file.txt", "file.txt.lock"}


def test_creator_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: str) -> None:
        assert os.path.basename(path) == "file.txt"
        create(path)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        cache_or_load_file(tmp_path / "file.txt", fail, create)
    with pytest.raises(FileNotFoundError):
        cache_or_load_file(tmp_path / "file.txt", lambda path: None, create)
    assert set(os.listdir(tmp_path)) <= {"file.txt.lock"}


PROGRAM = """
import sys, time
from catenary.datasets import cache_or_load_file
def create(path):
    time.sleep(0.5)
    open(path, "w").close()
    return "made"
print(cache_or_load_file(sys.argv[1], create, lambda path: "loaded"))
"""


def test_two_processes_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "file.txt")]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other,
    ):
        said = [process.communicate()[0].strip() for process in (one, other)]
    assert sorted(said) == ["loaded", "made"]
