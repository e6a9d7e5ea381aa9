"""Groups of parameters with hyperparameters of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary import Chain, Link, Parameter, optimizers
from catenary.errors import ArgumentError, OptimizerError


def make_model() -> Any:
    links = {}
    for name in ("body", "head"):
        links[name] = link = Link()
        with link.init_scope():
            link.W, link.b = Parameter(np.ones((2, 2), np.float32)), Parameter(np.ones(2, np.float32))
    return Chain(**links)


def step(optimizer: Any, model: Any) -> None:
    for param in model.params():
        param.grad = np.ones_like(param.array)
    optimizer.update()


def test_a_group_has_its_own_rate_from_when_it_is_made() -> None:
    model = make_model()
    optimizer = optimizers.SGD(lr=0.125).setup(model)
    step(optimizer, model)
    head = optimizer.group(model.head, lr=0.5)
    step(optimizer, model)
    np.testing.assert_array_equal(model.body.W.array, np.full((2, 2), 0.75))
    np.testing.assert_array_equal(model.head.W.array, np.full((2, 2), 0.375))
    head.lr = 0.0
    optimizer.lr = 0.25
    step(optimizer, model)
    np.testing.assert_array_equal(model.body.b.array, [0.5, 0.5])
    np.testing.assert_array_equal(model.head.b.array, [0.375, 0.375])


def test_what_a_group_does_not_say_is_the_optimizers() -> None:
    model = make_model()
    optimizer = optimizers.AdamW(alpha=0.5, weight_decay_rate=0.25).setup(model)
    group = optimizer.group([param for name, param in model.namedparams() if name.endswith("b")], weight_decay_rate=0)
    optimizer.alpha = 0.125
    assert (group.alpha, group.weight_decay_rate) == (0.125, 0)
    step(optimizer, model)
    # Without decay the first step of Adam has the length alpha.
    np.testing.assert_allclose(model.head.b.array, [0.875, 0.875], rtol=1e-6)
    np.testing.assert_allclose(model.head.W.array, np.full((2, 2), 0.875 - 0.25), rtol=1e-6)


def test_a_group_in_a_group() -> None:
    model = make_model()
    optimizer = optimizers.MomentumSGD(lr=0.25, momentum=0.0).setup(model)
    optimizer.group(model, lr=0.5)
    optimizer.group([model.body.W], lr=0.125)
    step(optimizer, model)
    assert [float(p.array.ravel()[0]) for p in (model.body.W, model.body.b, model.head.W)] == [0.875, 0.5, 0.5]


def test_wrong_groups() -> None:
    model, other = make_model(), make_model()
    optimizer = optimizers.SGD()
    with pytest.raises(OptimizerError, match="setup"):
        optimizer.group(model, lr=1.0)
    optimizer.setup(model)
    optimizers.SGD().setup(other)
    with pytest.raises(ArgumentError, match=r"SGD.group: there is no hyperparameter 'rate' \(known: lr\)"):
        optimizer.group(model.head, rate=1.0)
    with pytest.raises(ArgumentError, match="parameters of the target"):
        optimizer.group(other.head, lr=1.0)
    with pytest.raises(ArgumentError, match="not be negative"):
        optimizer.group(model.head, lr=-1.0)
