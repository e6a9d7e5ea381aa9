"""The safetensors format, against the library of that name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from catenary.errors import FileFormatError, LoadMismatchError, SerializationError
from catenary.serializers import collect, load, load_safetensors, open_safetensors, save, save_safetensors


def test_the_library_reads_what_is_saved(tmp_path: Path, model: Any) -> None:
    save_safetensors(tmp_path / "m.safetensors", model)
    found = load_file(tmp_path / "m.safetensors")
    expected = {name: value for name, value in collect(model).items() if name not in ("note", "nothing")}
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)
        assert found[name].dtype == value.dtype


def test_what_the_library_saves_is_loaded(tmp_path: Path, node: Any) -> None:
    arrays = {"b": np.arange(3.0), "a": np.arange(200_000, dtype=np.int32).reshape(2, -1), "half": np.ones(2, "f2")}
    save_file(arrays, tmp_path / "m.safetensors", metadata={"format": "np"})
    target = node(**{name: np.zeros_like(array) for name, array in arrays.items()})
    load(tmp_path / "m.safetensors", target)
    for name, array in arrays.items():
        np.testing.assert_array_equal(target.values[name], array)


def test_bfloat16(tmp_path: Path, node: Any) -> None:
    half = np.arange(50_000).astype(ml_dtypes.bfloat16)
    for suffix in (".safetensors", ".npz", ".h5"):
        save(tmp_path / f"m{suffix}", node(x=half, y=half[:3]))
        for dtype in (half.dtype, None, np.dtype(np.float32)):
            zeros = None if dtype is None else np.zeros(half.shape, dtype)
            target = node(x=zeros, y=None if zeros is None else zeros[:3].copy())
            load(tmp_path / f"m{suffix}", target)
            np.testing.assert_array_equal(target.values["x"].astype(np.float32), half.astype(np.float32))
            np.testing.assert_array_equal(target.values["y"].astype(np.float32), [0, 1, 2])
            assert target.values["x"].dtype == (dtype or half.dtype)


@pytest.mark.parametrize("dtype", ["complex128", "longdouble"])
def test_dtypes_that_the_format_lacks(tmp_path: Path, node: Any, dtype: str) -> None:
    with pytest.raises(SerializationError, match="save_safetensors: 'x' has the dtype"):
        save_safetensors(tmp_path / "m", node(x=np.ones(2, dtype)))
    assert list(tmp_path.iterdir()) == []


def test_damaged_files(tmp_path: Path, model: Any, blank: Any) -> None:
    file = tmp_path / "m.safetensors"
    save_safetensors(file, model)
    whole = file.read_bytes()
    for content in (b"", b"text that is no model", whole[:-1], whole + b"x", whole[:20], b"\xff" + whole[1:]):
        file.write_bytes(content)
        with pytest.raises(FileFormatError, match=r"load_safetensors: .*safetensors file"):
            load_safetensors(file, blank)
    assert blank.values["epoch"] == 0


def test_metadata_of_another_kind(tmp_path: Path, node: Any) -> None:
    for text in ("[", "[1]", "1"):
        save_file({"x": np.ones(1)}, tmp_path / "m", metadata={"catenary": text})
        with pytest.raises(FileFormatError, match="its metadata cannot be read"):
            load_safetensors(tmp_path / "m", node(x=np.zeros(1)))


def test_dtypes_that_numpy_lacks(tmp_path: Path, node: Any) -> None:
    header = b'{"x":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}'
    (tmp_path / "m").write_bytes(len(header).to_bytes(8, "little") + header + b"ab")
    with pytest.raises(FileFormatError, match="'x' has the dtype F8_E4M3"):
        load_safetensors(tmp_path / "m", node(x=np.zeros(2)))


def test_a_file_that_does_not_fit_changes_nothing(tmp_path: Path, node: Any) -> None:
    save_safetensors(tmp_path / "m", node(a=np.ones(30_000), b=np.ones(2)))
    target = node(a=np.zeros(30_000), b=np.zeros(3))
    with pytest.raises(LoadMismatchError, match=r"'b': the file has \(2,\) float64, \(3,\) float64 is expected"):
        load_safetensors(tmp_path / "m", target)
    assert not target.values["a"].any()


def test_the_library_checks_what_is_relied_on(tmp_path: Path) -> None:
    """Arrays follow one another without gaps: positions in the file are sums of sizes."""
    for offsets in ("[1,9]", "[0,7]", "[0,16]"):
        header = f'{{"x":{{"dtype":"F64","shape":[1],"data_offsets":{offsets}}}}}'.encode()
        (tmp_path / "m").write_bytes(len(header).to_bytes(8, "little") + header + bytes(9))
        with pytest.raises((FileFormatError, SafetensorError)), open_safetensors(tmp_path / "m"):
            pass
