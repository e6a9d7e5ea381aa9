"""Recurrent links of one step, held to NumPy by the conformance kit; how they keep their state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit

import catenary
import catenary.links as L
from catenary import Variable, using_config
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]
STATEFUL = [L.LSTM, L.GRU, L.StatefulGRU, L.StatefulMGU, L.StatefulPeepholeLSTM, L.StatefulZoneoutLSTM]


def linear(v: Values, x: Array, name: str) -> Array:
    return x @ v[f"{name}/W"].T + v.get(f"{name}/b", 0.0)


def zeros(*xs: Array) -> Array:
    return np.zeros((len(xs[0]), 2))


def lstm_step(v: Values, c: Array, h: Array, x: Array) -> tuple[Array, Array]:
    gates = (linear(v, x, "upward") + linear(v, h, "lateral")).reshape(len(x), 2, 4)
    a, i, f, o = np.tanh(gates[..., 0]), *(expit(gates[..., k]) for k in (1, 2, 3))
    c = f * c + i * a
    return c, o * np.tanh(c)


def lstm(v: Values, *xs: Array) -> list[Array]:
    c = h = zeros(*xs)
    ys = []
    for x in xs:
        n = len(x)
        new = lstm_step(v, c[:n], h[:n], x)
        c, h = (np.concatenate([part, old[n:]]) for part, old in zip(new, (c, h), strict=True))
        ys.append(h[:n])
    return ys


def peephole(v: Values, *xs: Array) -> list[Array]:
    c = h = zeros(*xs)
    ys = []
    for x in xs:
        gates = (linear(v, x, "upward") + linear(v, h, "lateral")).reshape(len(x), 2, 4)
        i, f = (expit(gates[..., k] + linear(v, c, f"peep_{gate}")) for k, gate in ((1, "i"), (2, "f")))
        c = f * c + i * np.tanh(gates[..., 0])
        h = expit(gates[..., 3] + linear(v, c, "peep_o")) * np.tanh(c)
        ys.append(h)
    return ys


def gru_step(v: Values, h: Array, x: Array) -> Array:
    r, z = (expit(linear(v, x, f"W_{gate}") + linear(v, h, f"U_{gate}")) for gate in "rz")
    return (1 - z) * h + z * np.tanh(linear(v, x, "W") + linear(v, r * h, "U"))


def gru(v: Values, *xs: Array) -> list[Array]:
    ys = [expit(linear(v, xs[0], "W_z")) * np.tanh(linear(v, xs[0], "W"))]
    for x in xs[1:]:
        ys.append(gru_step(v, ys[-1], x))
    return ys


def mgu_step(v: Values, h: Array, x: Array) -> Array:
    f = expit(linear(v, np.hstack([h, x]), "W_f"))
    return (1 - f) * h + f * np.tanh(linear(v, np.hstack([f * h, x]), "W_h"))


def mgu(v: Values, *xs: Array) -> list[Array]:
    ys = [zeros(*xs)]
    for x in xs:
        ys.append(mgu_step(v, ys[-1], x))
    return ys[1:]


def child_sum(v: Values, *given: Array) -> tuple[Array, Array]:
    children = len(given) // 2
    cs, hs, x = given[:children], given[children:-1], linear(v, given[-1], "W_x")
    a, i, o = np.split(x[:, :6] + linear(v, sum(hs, zeros(x)), "W_h_aio"), 3, 1)
    c = expit(i) * np.tanh(a)
    for old, h in zip(cs, hs, strict=True):
        c = c + expit(x[:, 6:] + linear(v, h, "W_h_f")) * old
    return c, expit(o) * np.tanh(c)


def n_ary(v: Values, *given: Array) -> tuple[Array, Array]:
    children = len(given) // 2
    cs, hs, gates = given[:children], given[children:-1], linear(v, given[-1], "W_x")
    for k, h in enumerate(hs):
        gates = gates + linear(v, h, f"W_h{k + 1}")
    a, i, o, *fs = np.split(gates, 3 + children, 1)
    c = expit(i) * np.tanh(a) + sum(expit(f) * old for f, old in zip(fs, cs, strict=True))
    return c, expit(o) * np.tanh(c)


def steps(link: Any, *xs: Any) -> list[Any]:
    link.reset_state()
    return [link(x) for x in xs]


THREE, NODE = [(2, 3)] * 3, [(4, 2)] * 4 + [(4, 3)]
CASES = [
    LinkCase(L.LSTM, lambda: L.LSTM(3, 2), [(3, 3), (3, 3), (2, 3)], lstm, call=steps, lazy=lambda: L.LSTM(2)),
    LinkCase(L.GRU, lambda: L.GRU(3, 2), THREE, gru, call=steps, lazy=lambda: L.GRU(None, 2)),
    LinkCase(L.StatefulGRU, lambda: L.StatefulGRU(3, 2), THREE, gru, call=steps),
    LinkCase(L.StatefulMGU, lambda: L.StatefulMGU(3, 2), THREE, mgu, call=steps),
    LinkCase(
        L.StatefulPeepholeLSTM,
        lambda: L.StatefulPeepholeLSTM(3, 2),
        THREE,
        peephole,
        call=steps,
        lazy=lambda: L.StatefulPeepholeLSTM(None, 2),
    ),
    LinkCase(
        L.StatefulZoneoutLSTM,
        lambda: L.StatefulZoneoutLSTM(3, 2, c_ratio=0.0, h_ratio=0.0),
        THREE,
        lstm,
        call=steps,
        lazy=lambda: L.StatefulZoneoutLSTM(None, 2, c_ratio=0.0, h_ratio=0.0),
    ),
    LinkCase(
        L.StatelessLSTM,
        lambda: L.StatelessLSTM(3, 2),
        [(4, 2), (4, 2), (4, 3)],
        lstm_step,
        lazy=lambda: L.StatelessLSTM(2),
    ),
    LinkCase(
        L.StatelessLSTM,
        lambda: L.StatelessLSTM(3, 2),
        [(4, 3)],
        lambda v, x: lstm_step(v, zeros(x), zeros(x), x),
        call=lambda link, x: link(None, None, x),
        name="from-nothing",
    ),
    LinkCase(
        L.StatelessGRU,
        lambda: L.StatelessGRU(3, 2),
        [(4, 2), (4, 3)],
        gru_step,
        lazy=lambda: L.StatelessGRU(None, 2),
    ),
    LinkCase(L.StatelessMGU, lambda: L.StatelessMGU(3, 2), [(4, 2), (4, 3)], mgu_step),
    LinkCase(
        L.ChildSumTreeLSTM,
        lambda: L.ChildSumTreeLSTM(3, 2),
        NODE,
        child_sum,
        lazy=lambda: L.ChildSumTreeLSTM(None, 2),
    ),
    LinkCase(L.ChildSumTreeLSTM, lambda: L.ChildSumTreeLSTM(3, 2), [(4, 3)], child_sum, name="leaf"),
    LinkCase(
        L.ChildSumTreeLSTM,
        lambda: L.ChildSumTreeLSTM(3, 2),
        [(4, 2), (4, 2), (4, 3)],
        lambda v, c, h, x: child_sum(v, c, zeros(x), zeros(x), h, x),
        call=lambda link, c, h, x: link(c, None, None, h, x),
        name="None",
    ),
    LinkCase(
        L.NaryTreeLSTM,
        lambda: L.NaryTreeLSTM(3, 2),
        NODE,
        n_ary,
        lazy=lambda: L.NaryTreeLSTM(None, 2),
    ),
    LinkCase(
        L.NaryTreeLSTM,
        lambda: L.NaryTreeLSTM(3, 2, n_ary=3),
        [(4, 2), (4, 2)],
        lambda v, c, h: n_ary(v, c, *[zeros(c)] * 3, h, zeros(c), np.zeros((4, 3))),
        call=lambda link, c, h: link(c, None, None, None, h, None, None),
        name="None",
    ),
]
test_links = link_tests(CASES)

X, X4, H = np.ones((2, 3), np.float32), np.ones((4, 3), np.float32), np.ones((2, 2), np.float32)


def after_a_step(link: Any, x: Array) -> Any:
    return lambda: [link(X4), link(x)]


WRONG = [
    WrongCall("LSTM", lambda: L.LSTM(3, 0), ArgumentError, "out_size must be positive, got 0"),
    WrongCall(
        "LSTM", after_a_step(L.LSTM(3, 2), np.ones((5, 3))), ShapeError, "the state has a batch of 4, x has 5; call"
    ),
    *(
        WrongCall(
            link.__name__, after_a_step(link(3, 2), X), ShapeError, "the state has a batch of 4, x has 2; call reset"
        )
        for link in STATEFUL
        if link is not L.LSTM
    ),
    WrongCall("GRU", lambda: L.GRU(3, 1.5), ArgumentTypeError, "out_size must be an integer, got 1.5"),
    WrongCall("StatefulGRU", lambda: L.StatefulGRU(3, "2"), ArgumentTypeError, "out_size must be an integer, got '2'"),
    WrongCall("StatefulMGU", lambda: L.StatefulMGU(None, 2), ArgumentTypeError, "in_size must be an integer, got None"),
    WrongCall("StatelessMGU", lambda: L.StatelessMGU(3, 0), ArgumentError, "n_units must be positive, got 0"),
    WrongCall(
        "StatelessMGU", lambda: L.StatelessMGU(3, 2)(None, X), ShapeError, "h must have the batch of x, 2, got None; g"
    ),
    WrongCall(
        "StatelessGRU",
        lambda: L.StatelessGRU(3, 2)(H, X4),
        ShapeError,
        "h must have the batch of x, 4, got (2, 2); give zeros at the first step",
    ),
    WrongCall(
        "StatelessLSTM",
        lambda: L.StatelessLSTM(3, 2)(None, H, X4),
        ShapeError,
        "c, h and x must have the same batch, got [None, 2, 4]",
    ),
    WrongCall(
        "StatefulPeepholeLSTM", lambda: L.StatefulPeepholeLSTM(3, -1), ArgumentError, "out_size must be positive, got"
    ),
    WrongCall(
        "StatefulZoneoutLSTM",
        lambda: L.StatefulZoneoutLSTM(3, 2, h_ratio=1.5),
        ArgumentError,
        "h_ratio must be from 0 to 1, got 1.5",
    ),
    WrongCall(
        "ChildSumTreeLSTM",
        lambda: L.ChildSumTreeLSTM(3, 2)(H, X),
        ArgumentError,
        "the arguments must be cs, hs and x, got 2",
    ),
    WrongCall(
        "ChildSumTreeLSTM",
        lambda: L.ChildSumTreeLSTM(3, 2)(None),
        ArgumentError,
        "one of cs, hs and x must be an array, got None for all",
    ),
    WrongCall(
        "NaryTreeLSTM",
        lambda: L.NaryTreeLSTM(None, 2)(H, H, H, H, None),
        ArgumentError,
        "x must be an array at the first call, got None",
    ),
    WrongCall(
        "NaryTreeLSTM",
        lambda: L.NaryTreeLSTM(3, 2)(H, H, X),
        ArgumentError,
        "the arguments must be cs, hs and x, 5 of them, got 3",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


@pytest.mark.parametrize("kind", STATEFUL, ids=lambda kind: kind.__name__)
def test_state_stays_moves_and_goes(kind: Any) -> None:
    with using_config("train", False):
        link = kind(3, 2)
        first, second = link(X), link(X)
        assert not np.allclose(first.array, second.array)
        np.testing.assert_array_equal(link.h.array, second.array)
        link.reset_state()
        assert all(getattr(link, name) is None for name in link.state_names)
        np.testing.assert_array_equal(link(X).array, first.array)
        device = catenary.get_device("@tripwire")
        link.to_device(device)
        assert all(device.is_array_supported(getattr(link, name).array) for name in link.state_names)
        there = link(device.send(X)).array
        np.testing.assert_allclose(device.to_host(there), second.array, rtol=1e-6)
        link.set_state(*[H] * len(link.state_names))
        assert all(device.is_array_supported(getattr(link, name).array) for name in link.state_names)


@pytest.mark.parametrize("kind", STATEFUL, ids=lambda kind: kind.__name__)
def test_set_state_continues_where_another_one_is(kind: Any) -> None:
    with using_config("train", False):
        link = kind(3, 2)
        other = link.copy("copy")
        link(X)
        # Arrays and Variables are both taken.
        other.set_state(
            *(getattr(link, name).array if name == "h" else getattr(link, name) for name in link.state_names)
        )
        assert all(isinstance(getattr(other, name), Variable) for name in link.state_names)
        np.testing.assert_array_equal(other(X).array, link(X).array)


def test_the_state_is_not_saved_and_its_gradient_reaches_the_steps_before() -> None:
    lstm, xs = L.LSTM(3, 2), [Variable(X), Variable(X)]
    steps(lstm, *xs)[1].sum().backward()
    assert np.abs(xs[0].grad).min() > 0
    assert sorted(path for path, _ in lstm.namedparams()) == ["/lateral/W", "/upward/W", "/upward/b"]


def test_forget_gates_of_long_short_term_memory_begin_open() -> None:
    for link in (L.LSTM(3, 2, bias_init=0.5), L.StatelessLSTM(3, 2, bias_init=0.5)):
        np.testing.assert_array_equal(link.upward.b.array.reshape(2, 4), [[0.5, 0.5, 1.0, 0.5]] * 2)
    lstm = L.LSTM(3, 2, bias_init=catenary.initializers.Constant(2), forget_bias_init=3)
    np.testing.assert_array_equal(lstm.upward.b.array.reshape(2, 4), [[2, 2, 3, 2]] * 2)
    np.testing.assert_array_equal(L.StatefulPeepholeLSTM(3, 2).upward.b.array, np.zeros(8))


def test_zoneout_keeps_about_so_many_elements_in_training_and_none_elsewhere() -> None:
    catenary.seed(0)
    x, link = np.ones((100, 3), np.float32), L.StatefulZoneoutLSTM(3, 50, c_ratio=0.2, h_ratio=0.7)
    link(x)
    h, c = link.h.array, link.c.array
    link(x)
    assert abs(float((link.h.array == h).mean()) - 0.7) < 0.03
    assert abs(float((link.c.array == c).mean()) - 0.2) < 0.03
    link.reset_state()
    with using_config("train", False):
        y = link(x).array
    assert (y != 0).all()


def test_shared_copies_of_a_state_go_their_own_ways() -> None:
    link = L.StatefulMGU(3, 2)
    link(X)
    copy = link.copy("share")
    link.reset_state()
    assert link.h is None
    assert copy.h is not None
