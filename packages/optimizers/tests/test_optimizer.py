"""What all optimizers share: setup, hooks, shared parameters, loss functions and loss scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Chain, Link, Parameter, optimizer_hooks, optimizers
from catenary.errors import ArgumentError, ArgumentTypeError, OptimizerError, UnknownNameError


def make_link(*values: float) -> Link:
    link = Link()
    with link.init_scope():
        link.W = Parameter(np.array(values, np.float32))
    return link


def with_gradient(link: Any, *values: float) -> Any:
    link.W.grad = np.array(values, np.float32)
    return link


def test_a_shared_parameter_is_updated_once() -> None:
    shared = with_gradient(make_link(1.0), 2.0)
    optimizer = optimizers.SGD(lr=0.5).setup(Chain(a=shared, b=shared))
    optimizer.add_hook(optimizer_hooks.WeightDecay(0.1))
    optimizer.update()
    np.testing.assert_allclose(shared.W.array, [1.0 - 0.5 * (2.0 + 0.1)], rtol=1e-5)


def test_update_with_a_loss_function() -> None:
    link = make_link(3.0)
    optimizer = optimizers.SGD(lr=0.1).setup(link)
    optimizer.update(lambda factor: (link.W * link.W * factor).sum(), factor=2.0)
    np.testing.assert_allclose(link.W.array, [3.0 - 0.1 * 2 * 2 * 3])
    assert optimizer.t == 1
    optimizer.use_cleargrads(False)
    optimizer.update(lambda: link.W.sum())
    np.testing.assert_allclose(link.W.array, [1.8 - 0.1])


def test_loss_scale_changes_nothing_but_the_range() -> None:
    link = make_link(3.0)
    optimizer = optimizers.SGD(lr=0.1).setup(link)
    optimizer.set_loss_scale(1024.0)
    seen = []
    optimizer.update(lambda: (seen.append(catenary.config.train), (link.W * link.W).sum())[1])
    np.testing.assert_allclose(link.W.array, [3.0 - 0.1 * 6.0], rtol=1e-6)


def test_missing_gradients_count_as_zeros() -> None:
    link = make_link(2.0)
    optimizer = optimizers.MomentumSGD(lr=0.1, momentum=0.5).setup(link)
    with_gradient(link, 1.0)
    optimizer.update()
    link.cleargrads()
    optimizer.update()
    np.testing.assert_allclose(link.W.array, [2.0 - 0.1 - 0.05], rtol=1e-6)


def test_gradient_clipping_scales_all_gradients_together() -> None:
    a, b = with_gradient(make_link(0.0), 3.0), with_gradient(make_link(0.0), 4.0)
    optimizer = optimizers.SGD(lr=1.0).setup(Chain(a=a, b=b))
    optimizer.add_hook(optimizer_hooks.GradientClipping(1.0))
    optimizer.update()
    np.testing.assert_allclose([a.W.array, b.W.array], [[-0.6], [-0.8]], rtol=1e-6)
    for link, value in ((a, 0.03), (b, 0.04)):
        with_gradient(link, value)
    optimizer.update()
    np.testing.assert_allclose([a.W.array, b.W.array], [[-0.63], [-0.84]], rtol=1e-6)


def test_hooks_run_in_their_order_and_can_be_removed() -> None:
    ran: list[str] = []

    def late(optimizer: Any) -> None:
        ran.append("late")

    late.timing = "post"  # type: ignore[attr-defined]
    optimizer = optimizers.SGD().setup(with_gradient(make_link(1.0), 1.0))
    optimizer.add_hook(lambda optimizer: ran.append("early"), name="early")
    optimizer.add_hook(late)
    optimizer.update()
    optimizer.remove_hook("early")
    optimizer.update()
    assert ran == ["early", "late", "late"]


def test_hyperparameters_of_one_parameter_beat_those_of_the_optimizer() -> None:
    model = Chain(a=with_gradient(make_link(1.0), 1.0), b=with_gradient(make_link(1.0), 1.0))
    optimizer = optimizers.SGD(lr=0.1).setup(model)
    model["a"].W.update_rule.hyperparam.lr = 0.5
    optimizer.lr = 0.2
    optimizer.update()
    np.testing.assert_allclose([model["a"].W.array, model["b"].W.array], [[0.5], [0.8]], rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda o: o.update(), OptimizerError, "SGD.update: call setup"),
        (lambda o: o.add_hook(print), OptimizerError, "SGD.add_hook: call setup"),
        (lambda o: o.setup(np.zeros(3)), ArgumentTypeError, "SGD.setup: expected a Link, got ndarray"),
        (lambda o: o.setup(Link), ArgumentTypeError, "the class was given"),
        (lambda o: o.setup(make_link(1.0)).remove_hook("nothing"), ArgumentError, "no hook named 'nothing'"),
        (lambda o: o.setup(make_link(1.0)).add_hook(print, timing="now"), ArgumentError, "timing must be"),
        (lambda o: o.setup(make_link(1.0)).new_epoch(auto=True), OptimizerError, "new_epoch"),
        (lambda o: optimizers.SGD(lr="fast"), ArgumentTypeError, "SGD: lr must be a number, got str"),
        (lambda o: optimizers.Adam(alpha=-1.0), ArgumentError, "Adam: alpha must not be negative, got -1.0"),
        (lambda o: optimizers.Adam(eps=float("nan")), ArgumentError, "Adam: eps must not be negative, got nan"),
        (lambda o: optimizers.MSVAG(beta=-0.5), ArgumentError, "MSVAG: beta must not be negative, got -0.5"),
        (lambda o: optimizers.AMSBound(gamma=0), ArgumentError, "AMSBound: gamma must be positive, got 0"),
        (lambda o: optimizers.get("Adma"), UnknownNameError, "Adam"),
    ],
)
def test_wrong_calls(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(optimizers.SGD())
