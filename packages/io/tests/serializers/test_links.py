"""Links of catenary-core, saved and loaded in every format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary import Chain, ChainList, Link, Parameter, get_device
from catenary.errors import LoadMismatchError
from catenary.serializers import collect, load, save

pytestmark = pytest.mark.smoke
formats = pytest.mark.parametrize("suffix", [".npz", ".h5"])


class Linear(Link):
    """A layer whose weights are not known before the first input where `n_in` is None."""

    def __init__(self, n_in: int | None, n_out: int, value: float) -> None:
        super().__init__()
        with self.init_scope():
            self.W = Parameter(value)
            self.b = Parameter(value, (n_out,))
        if n_in is not None:
            self.W.initialize((n_out, n_in))
        self.add_persistent("count", int(value))
        self.add_persistent("mean", np.full(n_out, value))


def make(value: float, n_in: int | None = 3, n_last: int = 4) -> Chain:
    return Chain(l1=Linear(n_in, 2, value), rest=ChainList(Linear(2, 2, value), Linear(2, n_last, value)))


def state(model: Link) -> dict[str, Any]:
    return {name: None if entry is None else entry.tolist() for name, entry in collect(model).items()}


@formats
def test_round_trip_fills_the_same_arrays(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"m{suffix}", make(2))
    model = make(1)
    arrays = [param.array for param in model.params()]
    load(tmp_path / f"m{suffix}", model)
    assert state(model) == state(make(2))
    assert all(param.array is array for param, array in zip(model.params(), arrays, strict=True))


def test_names_are_those_of_chainer() -> None:
    names = {"l1/W", "l1/b", "l1/count", "l1/mean", "rest/0/W", "rest/1/b"}
    assert names <= set(collect(make(1)))
    assert len(collect(make(1))) == 12


@formats
def test_lazy_parameters_are_initialized_by_the_file(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"m{suffix}", make(2))
    model = make(1, n_in=None)
    load(tmp_path / f"m{suffix}", model)
    assert state(model) == state(make(2))


@formats
def test_lazy_parameters_in_the_file_leave_those_of_the_model(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"m{suffix}", make(2, n_in=None))
    model, lazy = make(1), make(1, n_in=None)
    load(tmp_path / f"m{suffix}", model)
    load(tmp_path / f"m{suffix}", lazy)
    assert state(model) == {**state(make(2)), "l1/W": [[1, 1, 1], [1, 1, 1]]}
    assert state(lazy) == state(make(2, n_in=None))


@formats
@pytest.mark.parametrize("n_in", [3, None])
def test_a_failed_load_leaves_the_model_as_it_was(tmp_path: Path, suffix: str, n_in: int | None) -> None:
    save(tmp_path / f"m{suffix}", make(2, n_last=5))
    model = make(1, n_in=n_in)
    before = state(model)
    with pytest.raises(LoadMismatchError) as error:
        load(tmp_path / f"m{suffix}", model)
    assert state(model) == before
    assert [line.split("'")[1] for line in str(error.value).splitlines()[1:-1]] == [
        "rest/1/W",
        "rest/1/b",
        "rest/1/mean",
    ]


@formats
def test_one_child_out_of_the_file_of_the_whole(tmp_path: Path, suffix: str) -> None:
    save(tmp_path / f"m{suffix}", make(2))
    child = Linear(2, 4, 1)
    load(tmp_path / f"m{suffix}", child, path="rest/1")
    assert state(child) == state(Linear(2, 4, 2))


@formats
def test_arrays_of_a_device_come_from_and_go_to_the_host(tmp_path: Path, suffix: str) -> None:
    device = get_device("@tripwire")
    source = make(2)
    source.to_device(device)
    save(tmp_path / f"m{suffix}", source)
    model = make(1)
    model.to_device(device)
    arrays = [param.array for param in model.params()]
    load(tmp_path / f"m{suffix}", model)
    assert all(param.array is array for param, array in zip(model.params(), arrays, strict=True))
    assert {type(param.array) for param in model.params()} == {device.xp.ndarray}
    assert state(model) == state(make(2))
