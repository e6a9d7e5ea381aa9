from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import pytest

from catenary.errors import ArgumentTypeError, FileFormatError, UnknownNameError
from catenary.plugins import registry
from catenary.serializers import Format, get_format, load, load_hdf5, load_npz, save, save_hdf5, save_npz


@pytest.mark.parametrize(
    ("name", "read"),
    [("m.npz", load_npz), ("m.NPZ", load_npz), ("a.b.h5", load_hdf5), ("m.hdf5", load_hdf5)],
)
def test_suffix_chooses_the_format(tmp_path: Path, name: str, read: Any, model: Any, blank: Any) -> None:
    save(tmp_path / name, model)
    read(tmp_path / name, blank)
    assert blank.values["epoch"] == 3
    blank.values["epoch"] = 0
    load(tmp_path / name, blank)
    assert blank.values["epoch"] == 3


@pytest.mark.parametrize("write", [save_npz, save_hdf5])
def test_contents_choose_where_the_suffix_says_nothing(tmp_path: Path, write: Any, model: Any, blank: Any) -> None:
    write(tmp_path / "my.model", model)
    load(tmp_path / "my.model", blank)
    assert blank.values["epoch"] == 3


def test_format_by_name(tmp_path: Path, model: Any, blank: Any) -> None:
    save(tmp_path / "my.model", model, format="hdf5", compression=9)
    with h5py.File(tmp_path / "my.model") as file:
        assert file["l1/W"].compression_opts == 9
    load(tmp_path / "my.model", blank, format="hdf5")
    assert blank.values["epoch"] == 3
    with pytest.raises(UnknownNameError, match="hdf6"):
        save(tmp_path / "my.model", model, format="hdf6")


def test_unknown_suffix_and_contents(tmp_path: Path, model: Any) -> None:
    with pytest.raises(FileFormatError) as error:
        save(tmp_path / "my.model", model)
    assert "save: no format is known for the name" in str(error.value)
    assert "npz (.npz)" in str(error.value)
    assert "hdf5 (.h5, .hdf5)" in str(error.value)
    (tmp_path / "my.model").write_text("text")
    with pytest.raises(FileFormatError, match="load: neither its name nor its contents"):
        load(tmp_path / "my.model", model)


def test_options_of_load_are_passed_on(tmp_path: Path, node: Any) -> None:
    save(tmp_path / "m.npz", node(a=node(x=1, y=2), b=3))
    target = node(x=0, y=0, z=0)
    load(tmp_path / "m.npz", target, "a", strict=False, ignore_names=["a/y"])
    assert target.values == {"x": 1, "y": 0, "z": 0}


def test_third_party_format(tmp_path: Path, node: Any) -> None:
    def write(file: Any, obj: Any) -> None:
        Path(file).write_text(f"TOY {obj.values['x']}")

    def read(file: Any, obj: Any, **options: Any) -> None:
        obj.values["x"] = int(Path(file).read_text().split()[1])

    registry.register("serializers", "toy", Format("toy", (".toy",), lambda head: head.startswith(b"TOY"), write, read))
    try:
        save(tmp_path / "m.toy", node(x=5))
        (tmp_path / "m.toy").rename(tmp_path / "m")
        target = node(x=0)
        load(tmp_path / "m", target)
        assert target.values["x"] == 5
    finally:
        registry.unregister("serializers", "toy")


def test_nobody_takes_the_suffix_of_a_first_party_format(tmp_path: Path, model: Any, blank: Any) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise AssertionError

    registry.register("serializers", "aaa", Format("aaa", (".npz",), lambda head: True, refuse, refuse))
    try:
        save(tmp_path / "m.npz", model)
        load(tmp_path / "m.npz", blank)
    finally:
        registry.unregister("serializers", "aaa")


def test_a_broken_format_does_not_stop_the_others(tmp_path: Path, model: Any, blank: Any) -> None:
    registry.register("serializers", "a_broken_one", "no_such_module_anywhere:FORMAT")
    try:
        save(tmp_path / "m.npz", model)
        load(tmp_path / "m.npz", blank)
        with pytest.raises(FileFormatError, match=r"hdf5 \("):
            save(tmp_path / "m.xyz", model)
    finally:
        registry.unregister("serializers", "a_broken_one")


def test_names_that_are_no_names(model: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="save: expected the name of a file, got int"):
        save(3, model)  # type: ignore[arg-type]


def test_registered_formats_know_their_names() -> None:
    assert get_format("npz").name == "npz"
    assert get_format("hdf5").name == "hdf5"
