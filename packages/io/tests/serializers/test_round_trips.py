"""What is saved comes back as it was, whatever its names, shapes, dtypes and memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra import numpy as hnp

from catenary.plugins import registry

NAMES = st.text("abcW_:.0é 字-", min_size=1, max_size=8).filter(lambda name: name.strip(".") == name)
DTYPES = st.sampled_from(
    ["?", "i1", "u2", "<i4", ">i4", "<u8", "f2", "<f4", ">f4", "<f8", ">f8", "c8", np.dtype(ml_dtypes.bfloat16)]
)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=7, min_side=0, max_side=4)


@st.composite
def arrays(draw: Any) -> Any:
    shape, seed = draw(SHAPES), draw(st.integers(0, 2**16))
    array = np.random.default_rng(seed).integers(0, 100, shape).astype(draw(DTYPES))
    order = draw(st.permutations(range(array.ndim)))
    view = array.transpose(order)
    if view.ndim and draw(st.booleans()):
        view = np.repeat(view, 2, 0)[::2]
    return view


ENTRIES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map("/".join), arrays(), max_size=5).filter(
    lambda entries: not any(other.startswith(f"{name}/") for name in entries for other in entries)
)


class Holder:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def serialize(self, serializer: Any) -> None:
        for name, value in self.values.items():
            *path, key = name.split("/")
            child = serializer
            for part in path:
                child = child[part]
            self.values[name] = child(key, value)


@pytest.mark.parametrize("format", ["npz", "hdf5", "safetensors"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_round_trip(format: str, entries: dict[str, Any], tmp_path: Path) -> None:
    found = registry.get("serializers", format)
    found.save(tmp_path / "file", Holder(dict(entries)))
    filled, fresh = Holder({name: np.zeros_like(a) for name, a in entries.items()}), Holder(dict.fromkeys(entries))
    found.load(tmp_path / "file", filled)
    found.load(tmp_path / "file", fresh)
    for name, array in entries.items():
        assert fresh.values[name].dtype == array.dtype.newbyteorder("=")
        for loaded in (filled.values[name], fresh.values[name]):
            assert loaded.shape == array.shape
            np.testing.assert_array_equal(loaded.astype("c16"), array.astype("c16"))
