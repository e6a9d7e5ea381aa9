"""Names of PyTorch, and a user's own."""

from __future__ import annotations

import numpy as np
import pytest

from catenary.errors import ArgumentError
from catenary.serializers import from_torch, renamed, to_torch

#: What a chain with a linear layer, a convolution, an embedding and two normalizations saves, and the `state_dict` of
#: the same modules of PyTorch 2.
PAIRS = {
    "l1/W": ("l1.weight", (4, 3)),
    "l1/b": ("l1.bias", (4,)),
    "block/0/conv/W": ("block.0.conv.weight", (4, 3, 5, 5)),
    "embed/W": ("embed.weight", (7, 2)),
    "bn/gamma": ("bn.weight", (4,)),
    "bn/beta": ("bn.bias", (4,)),
    "bn/avg_mean": ("bn.running_mean", (4,)),
    "bn/avg_var": ("bn.running_var", (4,)),
    "bn/N": ("bn.num_batches_tracked", ()),
    "norm/gamma": ("norm.weight", (4,)),
    "norm/beta": ("norm.bias", (4,)),
    "scale": ("scale", (4,)),
}


def test_names_of_pytorch_both_ways() -> None:
    ours = {name: np.zeros(shape) for name, (_, shape) in PAIRS.items()}
    theirs = {name: np.zeros(shape) for name, shape in PAIRS.values()}
    assert list(to_torch(ours)) == list(theirs)
    assert list(from_torch(theirs)) == list(ours)
    assert from_torch(to_torch(ours))["l1/W"] is ours["l1/W"]


def test_a_module_without_a_path() -> None:
    assert list(from_torch({"weight": np.ones((2, 2)), "bias": np.ones(2)})) == ["W", "b"]


def test_own_names() -> None:
    a, b = np.ones(1), np.ones(2)
    assert renamed({"a": a, "b": b}, {"a": "c"}) == {"c": a, "b": b}
    with pytest.raises(ArgumentError, match="renamed: there is no entry 'x'"):
        renamed({"a": a}, {"x": "y"})
    with pytest.raises(ArgumentError, match="two entries would have the name 'b'"):
        renamed({"a": a, "b": b}, {"a": "b"})
