"""Optimizers that Chainer has, too, against fifty updates of Chainer 7.8.1 (see make_chainer_numbers.py)."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from catenary import Link, Parameter, optimizers

MAKER = runpy.run_path(str(Path(__file__).with_name("make_chainer_numbers.py")))
NUMBERS = np.load(Path(__file__).with_name("chainer_numbers.npz"))


@pytest.mark.parametrize(("name", "arguments"), MAKER["RUNS"])
def test_fifty_updates(name: str, arguments: dict[str, float]) -> None:
    found = MAKER["fifty_updates"](optimizers.get(name, **arguments), Link(), Parameter)
    label = f"{name} {json.dumps(arguments)}"
    assert {f"{label}{key}" for key in found} == {key for key in NUMBERS if key.startswith(label)}
    for key, array in found.items():
        np.testing.assert_allclose(array, NUMBERS[f"{label}{key}"], rtol=1e-9, err_msg=key)
