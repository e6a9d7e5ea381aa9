"""Files of Chainer 7.8.1, which make_chainer_files.py wrote, against the formula that filled them."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from catenary.serializers import load_hdf5, load_npz, save_hdf5, save_npz

pytestmark = pytest.mark.smoke
DATA = Path(__file__).resolve().parent.parent / "data"


def filled(name: str, *shape: int) -> np.ndarray[Any, Any]:
    """What the script put into the parameter of this name."""
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + np.float32(len(name))


def chainer_model(node: Any) -> Any:
    """The values of the script's model, in the order in which Chainer saves them."""
    return node(
        nothing=None,
        rate=0.5,
        flag=True,
        half=np.arange(3, dtype=np.float16),
        lazy=node(W=None, b=filled("/lazy/b", 4)),
        l1=node(W=filled("/l1/W", 2, 3), b=filled("/l1/b", 2)),
        bn=node(
            gamma=filled("/bn/gamma", 2),
            beta=filled("/bn/beta", 2),
            avg_mean=np.array([0.25, -0.25], dtype=np.float32),
            avg_var=np.ones(2, dtype=np.float32),
            N=7,
        ),
    )


def emptied(model: Any, node: Any) -> Any:
    """The same structure with other values, and with one parameter that Chainer had not initialized."""

    def empty(value: Any) -> Any:
        return value * 0 if isinstance(value, np.ndarray) else value and type(value)(0)

    values = {key: empty(value) for key, value in model.values.items()}
    return node(**values, **{key: emptied(child, node) for key, child in model.children.items()})


@pytest.mark.parametrize("name", ["model.npz", "model_stored.npz", "model.h5"])
def test_chainers_files_load(name: str, node: Any) -> None:
    expected = chainer_model(node)
    target = emptied(expected, node)
    (load_hdf5 if name.endswith("h5") else load_npz)(DATA / name, target)
    found = target.flat()
    for key, value in expected.flat().items():
        assert type(found[key]) is type(value), key
        np.testing.assert_array_equal(found[key], value, err_msg=key)


def test_chainers_optimizer_loads(node: Any) -> None:
    def rule(*shape: int) -> Any:
        return node(t=0, m=None, v=np.zeros(shape, dtype=np.float32))

    target = node(t=0, epoch=0, W=rule(2, 3), b=rule(2))
    load_npz(DATA / "optimizer.npz", target)
    found = target.flat()
    assert (found["t"], found["W/t"]) == (1, 1)
    np.testing.assert_allclose(found["W/m"], np.full((2, 3), 0.1 * 2), rtol=1e-6)
    np.testing.assert_allclose(found["b/v"], np.full(2, 0.001 * 4), rtol=1e-6)


@pytest.mark.parametrize(("name", "compression"), [("model.npz", True), ("model_stored.npz", False)])
def test_we_write_npz_members_byte_by_byte_as_chainer(tmp_path: Path, name: str, compression: bool, node: Any) -> None:
    save_npz(tmp_path / name, chainer_model(node), compression=compression)
    with zipfile.ZipFile(tmp_path / name) as ours, zipfile.ZipFile(DATA / name) as theirs:
        assert set(ours.namelist()) == set(theirs.namelist())
        for member in theirs.namelist():
            assert ours.read(member) == theirs.read(member), member
            assert ours.getinfo(member).compress_type == theirs.getinfo(member).compress_type


def test_we_write_hdf5_with_the_structure_of_chainer(tmp_path: Path, node: Any) -> None:
    def structure(path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def add(name: str, item: Any) -> None:
            if isinstance(item, h5py.Group):
                found[name] = "group"
            else:
                found[name] = (item.shape, item.dtype, item.compression, item.compression_opts)

        with h5py.File(path) as file:
            file.visititems(add)
        return found

    save_hdf5(tmp_path / "model.h5", chainer_model(node))
    assert structure(tmp_path / "model.h5") == structure(DATA / "model.h5")


READ_WITH_CHAINER = """
import sys
import chainer, chainer.links as L, numpy as np
sys.path.insert(0, sys.argv[1])
from make_chainer_files import Model
for path in sys.argv[2:]:
    model = Model()
    getattr(chainer.serializers, "load_hdf5" if path.endswith("h5") else "load_npz")(path, model)
    assert model.l1.W.array.tolist() == [[5, 6, 7], [8, 9, 10]]
    assert model.lazy.W.array is None and model.nothing is None
    assert (model.rate, model.flag, model.bn.N) == (0.5, True, 7)
    assert model.bn.avg_mean.tolist() == [0.25, -0.25]
print("chainer", chainer.__version__)
"""


@pytest.mark.skipif(
    "CATENARY_CHAINER_PYTHON" not in os.environ,
    reason="CATENARY_CHAINER_PYTHON does not name a Python with Chainer 7.8.1",
)
def test_chainer_loads_our_files(tmp_path: Path, node: Any) -> None:
    save_npz(tmp_path / "my.model", chainer_model(node))
    save_hdf5(tmp_path / "model.h5", chainer_model(node))
    script = [DATA.parent, tmp_path / "my.model", tmp_path / "model.h5"]
    result = subprocess.run(
        [os.environ["CATENARY_CHAINER_PYTHON"], "-W", "ignore", "-c", READ_WITH_CHAINER, *map(str, script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "chainer 7.8.1\n"
