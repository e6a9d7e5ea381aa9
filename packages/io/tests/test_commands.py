"""The commands `catenary inspect` and `catenary convert`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.cli import main
from catenary.serializers import load, open_file, save


@pytest.mark.parametrize("suffix", ["npz", "h5", "safetensors"])
def test_inspect(tmp_path: Path, model: Any, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"m.{suffix}"
    save(file, model)
    assert main(["inspect", str(file)]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    kind = {"h5": "hdf5"}.get(suffix, suffix)
    assert first.startswith(f"{file}: {kind}, 11 entries, ")
    assert [line.split() for line in lines] == [
        ["bn/"],
        ["N", "int64", "5"],
        ["empty", "float64", "(0,", "3)", "0", "bytes"],
        ["mask", "bool", "(2,)", "2", "bytes"],
        ["done", "bool", "True"],
        ["epoch", "int64", "3"],
        ["history", "float64", "(2,)", "16", "bytes"],
        ["l1/"],
        ["W", "float32", "(2,", "3)", "24", "bytes"],
        ["b", "float32", "(2,)", "8", "bytes"],
        ["note", "str", "'größe'"],
        ["nothing", "None"],
        ["rate", "float64", "0.25"],
    ]


def test_inspect_what_is_no_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("text")
    assert main(["inspect", str(tmp_path / "x")]) == 1
    assert "neither its name nor its contents" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["npz", "h5", "safetensors"])
@pytest.mark.parametrize("target", ["npz", "h5", "safetensors"])
def test_convert(tmp_path: Path, model: Any, blank: Any, source: str, target: str) -> None:
    save(tmp_path / f"a.{source}", model)
    assert main(["convert", str(tmp_path / f"a.{source}"), str(tmp_path / f"b.{target}")]) == 0
    load(tmp_path / f"b.{target}", blank)
    assert blank.flat().keys() == model.flat().keys()
    for name, value in model.flat().items():
        np.testing.assert_array_equal(blank.flat()[name], value)


def test_convert_names(tmp_path: Path, node: Any, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot, part = str(tmp_path / "a.npz"), str(tmp_path / "b.safetensors")
    save(snapshot, node(model=node(l1=node(W=np.ones((2, 3)), b=np.zeros(2))), t=3))
    assert main(["convert", snapshot, part, "--path", "model", "--to-torch"]) == 0
    with open_file(part) as entries:
        assert sorted(entries) == ["l1.bias", "l1.weight"]
    assert main(["convert", part, str(tmp_path / "c.h5"), "--from-torch"]) == 0
    target = node(l1=node(W=np.zeros((2, 3)), b=np.ones(2)))
    load(tmp_path / "c.h5", target)
    assert target.flat()["l1/W"].all()
    (tmp_path / "names.json").write_text(json.dumps({"l1.bias": "last/b"}))
    assert main(["convert", part, snapshot, "--names", str(tmp_path / "names.json")]) == 0
    with open_file(snapshot) as entries:
        assert sorted(entries) == ["l1.weight", "last/b"]
    (tmp_path / "names.json").write_text("[]")
    capsys.readouterr()
    assert main(["convert", part, snapshot, "--names", str(tmp_path / "names.json")]) == 1
    assert main(["convert", part, snapshot, "--path", "nowhere"]) == 1
    errors = capsys.readouterr().err
    assert "one JSON object" in errors
    assert "nothing below the path 'nowhere'" in errors
