from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from catenary.errors import ArgumentTypeError, FileFormatError, LoadMismatchError, SerializationError
from catenary.serializers import HDF5Deserializer, HDF5Serializer, collect, load_hdf5, save_hdf5, save_npz


def test_round_trip(tmp_path: Path, model: Any, blank: Any) -> None:
    save_hdf5(tmp_path / "m.h5", model)
    load_hdf5(tmp_path / "m.h5", blank)
    a, b = collect(blank), collect(model)
    assert list(a) == list(b)
    assert all(np.array_equal(a[key], b[key]) for key in a)


def test_h5py_reads_the_file(tmp_path: Path, model: Any) -> None:
    save_hdf5(tmp_path / "m.h5", model)
    with h5py.File(tmp_path / "m.h5") as file:
        assert file["l1/W"][()].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert file["l1/W"].compression == "gzip"
        assert file["l1/W"].compression_opts == 4
        assert file["epoch"][()] == 3
        assert file["nothing"].shape is None
        assert file["note"].asstr()[()] == "größe"


@pytest.mark.parametrize("compression", [None, 0, 9])
def test_compression(tmp_path: Path, compression: int | None, node: Any) -> None:
    save_hdf5(tmp_path / "m.h5", node(x=np.zeros(9)), compression=compression)
    with h5py.File(tmp_path / "m.h5") as file:
        assert file["x"].compression_opts == compression


def test_children_without_entries_are_groups(tmp_path: Path, node: Any) -> None:
    save_hdf5(tmp_path / "m.h5", node(relu=node()))
    with h5py.File(tmp_path / "m.h5") as file:
        assert isinstance(file["relu"], h5py.Group)
    load_hdf5(tmp_path / "m.h5", node(relu=node()))


def test_strings(tmp_path: Path, node: Any) -> None:
    target = node(word="", words=[""], array=np.array(["xxxx", "x"]), empty="x")
    save_hdf5(tmp_path / "m.h5", node(word="ü", words=["a", "bcd"], array=np.array(["x", "yz"]), empty=""))
    load_hdf5(tmp_path / "m.h5", target)
    assert target.values["word"] == "ü"
    assert target.values["words"] == ["a", "bcd"]
    assert target.values["array"].tolist() == ["x", "yz"]
    assert target.values["empty"] == ""


@pytest.mark.parametrize("dtype", [">f4", ">i8", "float16", "complex64", "bool", "uint8"])
def test_dtypes_and_layouts(tmp_path: Path, dtype: str, node: Any) -> None:
    value = np.asfortranarray(np.arange(6).reshape(2, 3)).astype(dtype)
    target = node(x=np.zeros((2, 3), dtype=np.dtype(dtype).newbyteorder("=")), y=None)
    save_hdf5(tmp_path / "m.h5", node(x=value, y=value))
    load_hdf5(tmp_path / "m.h5", target)
    for key in "xy":
        assert target.values[key].dtype == np.dtype(dtype).newbyteorder("=")
        assert target.values[key].tolist() == value.tolist()


def test_part_of_a_file(tmp_path: Path, node: Any) -> None:
    save_hdf5(tmp_path / "m.h5", node(a=node(b=node(x=1)), c=2))
    target = node(x=0)
    load_hdf5(tmp_path / "m.h5", target, path="a/b")
    assert target.values == {"x": 1}
    target = node(x=0)
    with h5py.File(tmp_path / "m.h5") as file:
        HDF5Deserializer(file["a/b"]).load(target)
    assert target.values == {"x": 1}


def test_mismatches_are_all_listed_and_nothing_changes(tmp_path: Path, node: Any) -> None:
    save_hdf5(tmp_path / "m.h5", node(a=np.ones(2), b=np.ones(3), d=1))
    target = node(a=np.zeros(2), b=np.zeros(2), c=0)
    with pytest.raises(LoadMismatchError) as error:
        load_hdf5(tmp_path / "m.h5", target)
    assert str(error.value).splitlines()[:4] == [
        f"load_hdf5: '{tmp_path / 'm.h5'}' does not fit the Node, which stays as it was:",
        "  'b': the file has (3,) float64, (2,) float64 is expected",
        "  'c': missing in the file, a int is expected",
        "  'd': in the file, but not expected",
    ]
    assert not target.values["a"].any()
    load_hdf5(tmp_path / "m.h5", target, strict=False, ignore_names="b")
    assert target.values["a"].tolist() == [1, 1]


def test_serializer_writes_into_groups() -> None:
    with h5py.File("x.h5", "w", driver="core", backing_store=False) as file:
        serializer = HDF5Serializer(file.create_group("top"))
        assert serializer["a"]("x", 3) == 3
        serializer["a"]("/y/", np.zeros(2))
        assert file["top/a/x"][()] == 3
        assert HDF5Deserializer(file)["top"]["a"]("y", None).tolist() == [0, 0]


def test_values_that_hdf5_cannot_hold_leave_no_file(tmp_path: Path, node: Any) -> None:
    with pytest.raises(SerializationError, match="'a/x' cannot be stored"):
        save_hdf5(tmp_path / "m.h5", node(a=node(x=np.array("2020-01-01", dtype="M8[D]"))))
    with pytest.raises(SerializationError, match="'a/x' is a dict"):
        save_hdf5(tmp_path / "m.h5", node(a=node(x={})))
    assert not list(tmp_path.iterdir())


def test_files_of_other_formats(tmp_path: Path, model: Any) -> None:
    save_npz(tmp_path / "m.h5", model)
    with pytest.raises(FileFormatError, match="is not an HDF5 file; it looks like a zip archive"):
        load_hdf5(tmp_path / "m.h5", model)


def test_damaged_files(tmp_path: Path, node: Any) -> None:
    save_hdf5(tmp_path / "m.h5", node(a=np.ones(5000), b=np.arange(5000.0)))
    data = (tmp_path / "m.h5").read_bytes()
    (tmp_path / "cut.h5").write_bytes(data[:1000])
    with pytest.raises(FileFormatError, match="damaged HDF5 file"):
        load_hdf5(tmp_path / "cut.h5", node(a=None, b=None))
    with h5py.File(tmp_path / "m.h5") as file:
        chunk = file["b"].id.get_chunk_info(0)
    broken = bytearray(data)
    broken[chunk.byte_offset + 2 : chunk.byte_offset + chunk.size] = b"\xff" * (chunk.size - 2)
    (tmp_path / "broken.h5").write_bytes(broken)
    target = node(a=np.zeros(5000), b=np.zeros(5000))
    with pytest.raises(LoadMismatchError, match="'b': the file is damaged here"):
        load_hdf5(tmp_path / "broken.h5", target)
    assert not target.values["a"].any()


def test_wrong_kind_of_file_argument(model: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="save_hdf5: expected the name of a file, got int"):
        save_hdf5(3, model)  # type: ignore[arg-type]
