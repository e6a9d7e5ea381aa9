"""All that the plugin registers, held to NumPy by the conformance kit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
import catenary.links as L
from catenary import optimizers as O
from catenary.testing import (
    FunctionCase,
    LinkCase,
    OptimizerCase,
    broadcasting,
    function_tests,
    link_tests,
    optimizer_tests,
    untested,
)

Array = np.ndarray[Any, Any]


def swiglu(gate: Array, x: Array) -> Array:
    return gate / (1 + np.exp(-gate)) * x


def gated_linear(values: dict[str, Array], x: Array) -> Array:
    gate, value = (x @ values[f"{name}/W"].T + values[f"{name}/b"] for name in ("gate", "value"))
    return swiglu(gate, value)


def sign_sgd(p: Array, gradients: Sequence[Array]) -> Array:
    for g in gradients:
        p = np.where(g > 0, p - 0.1, np.where(g < 0, p + 0.1, p))
    return p


FUNCTIONS: list[FunctionCase] = broadcasting(F.swiglu, swiglu)
LINKS = [
    LinkCase(L.GatedLinear, lambda: L.GatedLinear(3, 2), [(4, 3)], gated_linear, lazy=lambda: L.GatedLinear(None, 2)),
]
OPTIMIZERS = [OptimizerCase(O.SignSGD, lambda: O.SignSGD(lr=0.1), sign_sgd)]

test_functions = function_tests(FUNCTIONS)
test_links = link_tests(LINKS)
test_optimizers = optimizer_tests(OPTIMIZERS)


@pytest.mark.parametrize(("kind", "cases"), [("functions", FUNCTIONS), ("links", LINKS), ("optimizers", OPTIMIZERS)])
def test_everything_that_is_registered_has_a_case(kind: str, cases: list[Any]) -> None:
    assert untested(kind, "catenary-example-plugin", cases) == []
