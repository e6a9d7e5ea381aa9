"""Large arrays are read in place, after they were checked."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary.errors import FileFormatError
from catenary.serializers import load, load_npz, open_file, save, save_npz

LARGE = np.arange(2**20, dtype=np.float32).reshape(1024, 1024)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".h5"])
@pytest.mark.parametrize(
    "target",
    [
        np.zeros_like(LARGE),
        np.zeros_like(LARGE, order="F"),
        np.zeros(LARGE.shape, np.float64),
        np.zeros(LARGE.shape, ">f4"),
        np.zeros((1024, 2048), np.float32)[:, ::2],
        None,
    ],
    ids=["same", "fortran", "float64", "big-endian", "strided", "none"],
)
@pytest.mark.parametrize("source", [LARGE, np.asfortranarray(LARGE), LARGE.astype(">f4")], ids=["C", "F", "big-endian"])
def test_into_all_kinds_of_arrays(tmp_path: Path, node: Any, suffix: str, target: Any, source: Any) -> None:
    options = {} if suffix == ".safetensors" else {"compression": None}
    save(tmp_path / f"m{suffix}", node(x=source), **options)
    holder = node(x=None if target is None else target.copy(order="K"))
    load(tmp_path / f"m{suffix}", holder)
    np.testing.assert_array_equal(holder.values["x"], LARGE)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_loading_takes_no_second_copy(tmp_path: Path, node: Any, suffix: str) -> None:
    options = {} if suffix == ".safetensors" else {"compression": False}
    save(tmp_path / f"m{suffix}", node(x=LARGE, y=LARGE), **options)
    target = node(x=np.zeros_like(LARGE), y=np.zeros_like(LARGE))
    tracemalloc.start()
    load(tmp_path / f"m{suffix}", target)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < LARGE.nbytes / 2
    np.testing.assert_array_equal(target.values["y"], LARGE)


def test_saving_takes_no_second_copy(tmp_path: Path, node: Any) -> None:
    for suffix in (".npz", ".safetensors"):
        tracemalloc.start()
        save(tmp_path / f"m{suffix}", node(x=LARGE), **({} if suffix == ".safetensors" else {"compression": False}))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < LARGE.nbytes / 2, suffix


@pytest.mark.parametrize("compression", [True, False])
def test_a_wrong_bit_is_found_before_anything_is_written(tmp_path: Path, node: Any, compression: bool) -> None:
    file = tmp_path / "m.npz"
    save_npz(file, node(a=LARGE, b=LARGE), compression)
    content = bytearray(file.read_bytes())
    content[int(len(content) * 0.75)] ^= 1  # within b
    file.write_bytes(content)
    target = node(a=np.zeros_like(LARGE), b=np.zeros_like(LARGE))
    with pytest.raises((FileFormatError, ValueError), match="'b': the file is damaged here"):
        load_npz(file, target)
    assert not target.values["a"].any()


def test_arrays_that_do_not_fit_are_not_read(tmp_path: Path, node: Any) -> None:
    save_npz(tmp_path / "m.npz", node(x=np.zeros(2**26, np.uint8)))
    tracemalloc.start()
    with pytest.raises(ValueError, match="67108864"):
        load_npz(tmp_path / "m.npz", node(x=np.zeros(3, np.uint8)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_open_file(tmp_path: Path, node: Any) -> None:
    for suffix in (".npz", ".safetensors", ".h5"):
        save(tmp_path / f"m{suffix}", node(x=LARGE, sub=node(n=None, text="words")))
        with open_file(tmp_path / f"m{suffix}") as entries:
            assert sorted(entries) == ["sub/n", "sub/text", "x"]
            stored = entries["x"]
            assert (stored.shape, stored.dtype, stored.nbytes) == (LARGE.shape, LARGE.dtype, LARGE.nbytes)
            np.testing.assert_array_equal(stored.get(), LARGE)
            assert entries["sub/n"] is None
            assert entries["sub/text"].item() == "words"
