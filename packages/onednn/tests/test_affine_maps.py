"""Products with weights, however their memory lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable
from catenary.errors import ShapeError
from catenary.types import Array

ORDERS: dict[str, Callable[[Array], Array]] = {
    "by rows": np.ascontiguousarray,
    "by columns": np.asfortranarray,
    "rows of a larger one": lambda a: np.hstack([a, a])[:, : a.shape[1]],
    "backwards": lambda a: a[::-1].copy()[::-1],
}


@pytest.mark.parametrize("of_W", ORDERS)
@pytest.mark.parametrize("of_x", ORDERS)
@pytest.mark.parametrize(("batch", "inputs", "outputs"), [(6, 5, 4), (1, 5, 4), (6, 1, 4), (6, 5, 1)])
def test_values_and_gradients(batch: int, inputs: int, outputs: int, of_x: str, of_W: str, calls: Counter[int]) -> None:
    rng = np.random.default_rng(0)
    x = Variable(ORDERS[of_x](rng.standard_normal((batch, inputs)).astype(np.float32)))
    W = Variable(ORDERS[of_W](rng.standard_normal((outputs, inputs)).astype(np.float32)))
    b = Variable(rng.standard_normal(outputs).astype(np.float32))
    gy = rng.standard_normal((batch, outputs)).astype(np.float32)
    y = F.linear(x, W, b)
    y.grad = gy
    y.backward()
    assert sorted(calls.values()) == [1, 3]  # the values by a primitive, three gradients by plain products
    wide_x, wide_W, g = (a.astype(np.float64) for a in (x.array, W.array, gy))
    np.testing.assert_allclose(y.array, np.einsum("bi,oi->bo", wide_x, wide_W) + b.array, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(x.grad, np.einsum("bo,oi->bi", g, wide_W), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(W.grad, np.einsum("bo,bi->oi", g, wide_x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(b.grad, g.sum(0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("W", "b", "message"),
    [
        (np.ones((3, 4), np.float32), None, "x has 5 features, W expects 4"),
        (np.ones((3, 5), np.float32), np.ones(1, np.float32), "b has 1 elements, W gives 3 outputs"),
    ],
)
def test_shapes_that_do_not_fit(W: Array, b: Array | None, message: str, calls: Counter[int]) -> None:
    with pytest.raises(ShapeError, match=message):
        F.linear(np.ones((2, 5), np.float32), W, b)
    assert not calls
