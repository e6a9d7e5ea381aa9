"""Every name that Chainer 7 documents resolves, and is Catenary's object where that has the same interface."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
from typing import Any

import pytest

import catenary
import chainer

TABLE = Path(__file__).with_name("names.tsv").read_text().splitlines()
NAMES = [row["name"] for row in csv.DictReader(TABLE, delimiter="\t")]


def resolve(name: str) -> Any:
    """Return what a dotted name stands for: the longest part that is a module, and attributes from there on."""
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:i]))
            break
        except ModuleNotFoundError:
            continue
    for part in parts[i:]:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_documented_names(name: str) -> None:
    resolve(name)


def test_names_are_catenarys_objects() -> None:
    for name in ("Chain", "Link", "functions.concat", "links.EmbedID", "optimizers.UpdateRule", "training.Trainer"):
        assert resolve(f"chainer.{name}") is resolve(f"catenary.{name}")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("functions.activation.relu", "relu"),
        ("functions.loss.softmax_cross_entropy", "softmax_cross_entropy"),
        ("links.connection.linear", "Linear"),
        ("links.model.vision.resnet", "prepare"),
        ("training.triggers.interval_trigger", "IntervalTrigger"),
        ("training.extensions.evaluator", "Evaluator"),
        ("dataset.convert", "concat_examples"),
        ("variable", "Variable"),
        ("function_node", "FunctionNode"),
        ("optimizers.adam", "AMSGrad"),
        ("serializers.npz", "load_npz"),
        ("reporter", "report"),
        ("initializers.normal", "HeNormal"),
        ("initializers", "_get_initializer"),
        ("dataset.download", "get_dataset_directory"),
        ("optimizers.adam", "AdamRule"),
        ("dataset.tabular", "from_data"),
        ("dataset.tabular.delegate_dataset", "DelegateDataset"),
        ("links.caffe.caffe_function", "CaffeFunction"),
        ("links.theano.theano_function", "TheanoFunction"),
    ],
)
def test_paths_of_modules(path: str, name: str) -> None:
    module = importlib.import_module(f"chainer.{path}")
    assert name in dir(module)
    assert getattr(module, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute"):
        module.nothing  # noqa: B018


def test_star_imports() -> None:
    found: dict[str, Any] = {}
    for path in ("chainer", "chainer.training", "chainer.functions.activation.relu"):
        exec(f"from {path} import *", found)
    assert found["Chain"] is catenary.Chain
    assert found["Trainer"] is catenary.training.Trainer
    assert found["relu"] is chainer.functions.relu


def test_cuda_without_a_gpu() -> None:
    cuda = chainer.cuda
    assert cuda is chainer.backends.cuda is importlib.import_module("chainer.cuda")
    if cuda.available:
        pytest.skip("there is a GPU")
    import numpy as np

    x = np.ones(2)
    assert int(cuda.get_device_from_array(x)) == int(cuda.get_device(x)) == -1
    with cuda.get_device_from_array(x):
        assert cuda.to_cpu(x) is x
    assert not isinstance(x, cuda.ndarray)
    kernel = cuda.elementwise("T x", "T y", "y = x", "copy")
    for use in (kernel, cuda.to_gpu, cuda.cupy.asarray, lambda x: cuda.get_device(0).use()):
        with pytest.raises(catenary.errors.DeviceNotFoundError, match="catenary-cupy"):
            use(x)
