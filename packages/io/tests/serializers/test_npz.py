from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.errors import ArgumentTypeError, FileFormatError, LoadMismatchError, SerializationError
from catenary.serializers import collect, load_npz, open_npz, save_npz


def same(left: Any, right: Any) -> bool:
    a, b = collect(left), collect(right)
    return list(a) == list(b) and all(np.array_equal(a[key], b[key]) for key in a)


@pytest.mark.parametrize("compression", [True, False])
def test_round_trip(tmp_path: Path, model: Any, blank: Any, compression: bool) -> None:
    save_npz(tmp_path / "m.npz", model, compression=compression)
    load_npz(tmp_path / "m.npz", blank)
    assert same(blank, model)


def test_numpy_reads_the_file(tmp_path: Path, model: Any) -> None:
    save_npz(tmp_path / "m.npz", model)
    with np.load(tmp_path / "m.npz") as npz:
        assert npz["l1/W"].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert npz["note"].item() == "größe"
        assert npz["epoch"].shape == ()


def test_name_of_the_file_is_taken_as_it_is(tmp_path: Path, model: Any, blank: Any) -> None:
    save_npz(str(tmp_path / "my.model"), model)
    assert os.listdir(tmp_path) == ["my.model"]
    load_npz(str(tmp_path / "my.model"), blank)
    assert same(blank, model)


def test_open_files(model: Any, blank: Any) -> None:
    stream = io.BytesIO()
    save_npz(stream, model)
    load_npz(stream, blank)
    assert same(blank, model)


def test_compression_is_used(tmp_path: Path, node: Any) -> None:
    for compression in (True, False):
        save_npz(tmp_path / str(compression), node(x=np.zeros(10_000)), compression=compression)
    assert (tmp_path / "True").stat().st_size < 2_000 < 80_000 < (tmp_path / "False").stat().st_size


def test_equal_objects_give_equal_bytes(tmp_path: Path, model: Any) -> None:
    for name in ("a", "b"):
        save_npz(tmp_path / name, model)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("dtype", [">f4", "<f4", ">i8", "float16", "complex64", "bool", "uint8", "<U3"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (), (1,)])
def test_all_layouts(dtype: str, order: Any, shape: tuple[int, ...], node: Any) -> None:
    value = np.array(np.arange(np.prod(shape, dtype=int)).reshape(shape), dtype=dtype, order=order)
    stream, target = io.BytesIO(), node(x=np.zeros(shape, dtype=np.dtype(dtype).newbyteorder("=")), y=None)
    save_npz(stream, node(x=value, y=value))
    load_npz(stream, target)
    for key in "xy":
        assert target.values[key].dtype == np.dtype(dtype).newbyteorder("=")
        assert target.values[key].tolist() == value.tolist()


def test_files_of_numpy_load(tmp_path: Path, node: Any) -> None:
    W = np.asfortranarray(np.arange(6.0).reshape(2, 3)).astype(">f8")
    np.savez_compressed(tmp_path / "x.npz", **{"a/W": W})
    target = node(a=node(W=np.zeros((2, 3), dtype=np.float32)))
    load_npz(tmp_path / "x.npz", target)
    assert target.children["a"].values["W"].tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_none_of_any_pickle_protocol_is_recognized(tmp_path: Path, protocol: int, node: Any) -> None:
    payload = pickle.dumps(np.array(None, dtype=object), protocol=protocol)
    write_object_member(tmp_path / "x.npz", "()", payload)
    target = node(x=np.ones(2))
    load_npz(tmp_path / "x.npz", target)
    assert target.values["x"] is None


class Bomb:
    exploded = False

    def __reduce__(self) -> Any:
        return Bomb.explode, ()

    @staticmethod
    def explode() -> None:
        Bomb.exploded = True


@pytest.mark.parametrize(
    ("shape", "content"),
    [
        ("()", np.array({}, dtype=object)),
        ("()", np.array(True, dtype=object)),
        ("(1,)", np.array([None], dtype=object)),
        ("()", Bomb()),
        ("()", [Bomb(), None]),
    ],
)
def test_other_pickles_are_refused_and_never_loaded(tmp_path: Path, shape: str, content: Any, node: Any) -> None:
    write_object_member(tmp_path / "x.npz", shape, pickle.dumps(content))
    target = node(x=np.ones(2))
    with pytest.raises(LoadMismatchError, match=r"'x': pickled Python objects.*never loaded"):
        load_npz(tmp_path / "x.npz", target)
    assert not Bomb.exploded
    assert target.values["x"].tolist() == [1, 1]


def write_object_member(path: Path, shape: str, payload: bytes) -> None:
    header = f"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00v\x00" + header.encode() + payload)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "it is empty"),
        (b"hello world", "it begins with b'hello wo'"),
        (pickle.dumps({}), "looks like a pickle"),
        (b"\x93NUMPY\x01\x00", "looks like a single NumPy array"),
        (b"\x89HDF\r\n\x1a\n", "looks like HDF5: use load_hdf5"),
    ],
)
def test_files_of_other_formats(tmp_path: Path, content: bytes, part: str, model: Any) -> None:
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(FileFormatError) as error:
        load_npz(tmp_path / "x.npz", model)
    assert str(error.value).startswith(f"load_npz: {tmp_path / 'x.npz'} is not an NPZ file; ")
    assert part in str(error.value)


def test_cut_file(tmp_path: Path, model: Any, blank: Any) -> None:
    save_npz(tmp_path / "x.npz", model)
    data = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(data[: len(data) // 2])
    with pytest.raises(FileFormatError, match="damaged NPZ file"):
        load_npz(tmp_path / "x.npz", blank)


@pytest.mark.parametrize("compression", [True, False])
def test_a_flipped_bit_is_found_before_anything_is_written(tmp_path: Path, compression: bool, node: Any) -> None:
    save_npz(tmp_path / "x.npz", node(a=np.ones(500), b=np.ones(500)), compression=compression)
    data = bytearray((tmp_path / "x.npz").read_bytes())
    with zipfile.ZipFile(tmp_path / "x.npz") as archive:
        info = archive.getinfo("b.npy")
    data[info.header_offset + 40 + info.compress_size - 20] ^= 1
    (tmp_path / "x.npz").write_bytes(data)
    target = node(a=np.zeros(500), b=np.zeros(500))
    with pytest.raises(LoadMismatchError, match="'b': the file is damaged here"):
        load_npz(tmp_path / "x.npz", target)
    assert not target.values["a"].any()


def test_a_header_that_lies_about_the_shape(tmp_path: Path, node: Any) -> None:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**9,)})
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", stream.getvalue() + b"\0" * 16)
    with pytest.raises(LoadMismatchError, match="'x': the file is damaged here"):
        load_npz(tmp_path / "x.npz", node(x=None))


def test_empty_object(tmp_path: Path, node: Any) -> None:
    save_npz(tmp_path / "x.npz", node())
    load_npz(tmp_path / "x.npz", node())


def test_a_refused_value_leaves_the_old_file(tmp_path: Path, model: Any, node: Any) -> None:
    save_npz(tmp_path / "x.npz", model)
    before = (tmp_path / "x.npz").read_bytes()
    with pytest.raises(SerializationError, match="'x'"):
        save_npz(tmp_path / "x.npz", node(x={}))
    assert (tmp_path / "x.npz").read_bytes() == before
    assert os.listdir(tmp_path) == ["x.npz"]


def test_wrong_kind_of_file_argument(model: Any) -> None:
    expected = "expected the name of a file or an open binary file"
    with pytest.raises(ArgumentTypeError, match=f"save_npz: {expected}, got int"):
        save_npz(3, model)  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError, match=f"load_npz: {expected}, got Node"):
        load_npz(model, "x.npz")  # type: ignore[arg-type]


def test_missing_file(tmp_path: Path, model: Any) -> None:
    with pytest.raises(FileNotFoundError):
        load_npz(tmp_path / "x.npz", model)


def test_open_npz_lists_names(tmp_path: Path, model: Any) -> None:
    save_npz(tmp_path / "x.npz", model)
    with open_npz(tmp_path / "x.npz") as entries:
        assert len(entries) == 11
        assert "l1/W" in entries
        assert entries["nothing"] is None
