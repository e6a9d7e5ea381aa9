"""`numpy.random.seed` governs what Catenary draws, in Chainer's order and precision."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
import chainer.functions as F
import chainer.links as L
from chainer import _random


@pytest.mark.parametrize(("name", "gain"), [("LeCunNormal", 1.0), ("HeNormal", 2.0)])
def test_weights_are_those_of_the_global_generator(name: str, gain: float) -> None:
    np.random.seed(3)
    layer = L.Linear(4, 5, initialW=getattr(chainer.initializers, name)())
    np.random.seed(3)
    expected = np.random.normal(0, np.sqrt(gain / 4), (5, 4)).astype(np.float32)
    np.testing.assert_array_equal(layer.W.array, expected)


def test_dropout_and_noise() -> None:
    x = np.ones((20, 30), np.float32)
    np.random.seed(4)
    dropped, noisy = F.dropout(x, 0.3).array, F.gaussian(x, x).array
    np.random.seed(4)
    np.testing.assert_array_equal(dropped, (np.random.rand(20, 30) >= 0.3) * np.float32(1 / 0.7))
    noise = np.random.standard_normal(x.shape).astype(np.float32)
    np.testing.assert_allclose(noisy, 1 + noise * np.exp(np.float32(0.5)), rtol=1e-6)


def test_a_copy_of_the_generator_goes_its_own_way() -> None:
    random = catenary.get_device("@numpy").random
    np.random.seed(5)
    other = copy.deepcopy(random)
    first = other.integers(2**40)
    assert random.integers(2**40) == first
    assert np.random.random() == other.random()


SEEDED = json.loads(Path(__file__).with_name("seeded.json").read_text())


@pytest.fixture(scope="module")
def drawn() -> Any:
    _random.install()
    return runpy.run_path(str(Path(__file__).with_name("make_seeded.py")))["drawn"]()


@pytest.mark.parametrize("name", SEEDED)
def test_what_is_drawn_is_what_chainer_draws(name: str, drawn: Any) -> None:
    if name.startswith(("Orthogonal", "gaussian")):
        np.testing.assert_allclose(drawn[name], SEEDED[name], rtol=1e-5)
    else:
        assert drawn[name] == SEEDED[name]
