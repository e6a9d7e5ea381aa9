"""The programs of a tutorial that fits exp(x) with a small network, and looks at what gradient descent does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Variable, optimizers, serializers

Array = np.ndarray


class Batches:
    """Random numbers from 0 to 1, and their exp."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def __call__(self, n: int) -> tuple[Array, Array]:
        x = self.random.random(n)
        y = np.exp(x)
        return x, y


class MyChain(Chain):
    def __init__(self) -> None:
        super(MyChain, self).__init__(  # noqa: UP008 - as it was written for Python 2
            l1=L.Linear(1, 16),
            l2=L.Linear(16, 32),
            l3=L.Linear(32, 1),
        )

    def __call__(self, x: Any, t: Any) -> Any:
        return F.mean_squared_error(self.predict(x), t)

    def predict(self, x: Any) -> Any:
        h1 = F.leaky_relu(self.l1(x))
        h2 = F.leaky_relu(self.l2(h1))
        return F.leaky_relu(self.l3(h2))

    def get(self, x: float) -> Any:
        return self.predict(Variable(np.array([x]).astype(np.float32).reshape(1, 1))).data[0][0]


class LinearChain(Chain):
    def __init__(self) -> None:
        super(LinearChain, self).__init__(  # noqa: UP008
            l1=L.Linear(1, 1, initialW=0.0),
        )

    def __call__(self, x: Any, t: Any) -> Any:
        return F.mean_squared_error(self.predict(x), t)

    def predict(self, x: Any) -> Any:
        return self.l1(x)

    def get(self, x: float) -> Any:
        return self.predict(Variable(np.array([x]).astype(np.float32).reshape(1, 1))).data[0][0]


def variable(values: Array) -> Variable:
    return Variable(values.astype(np.float32).reshape(len(values), 1))


@pytest.fixture(scope="module")
def trained() -> tuple[MyChain, list[Array]]:
    """The network after 10,000 steps of Adam, and its losses."""
    catenary.seed(0)
    get_batch = Batches(0)
    model = MyChain()
    optimizer = optimizers.Adam()
    optimizer.setup(model)
    losses = []
    for _ in range(10000):
        x, y = get_batch(100)
        x_ = variable(x)
        t_ = variable(y)

        model.zerograds()
        loss = model(x_, t_)
        loss.backward()
        optimizer.update()

        losses.append(loss.data)
    return model, losses


def test_the_network_learns_exp(trained: tuple[MyChain, list[Array]]) -> None:
    model, losses = trained
    assert model.get(0.2) == pytest.approx(np.exp(0.2), rel=0.01)
    assert np.mean(losses[:10]) > 0.5
    assert np.mean(losses[-100:]) < 1e-4
    x = np.linspace(0, 1, 100)
    p = model.predict(variable(x)).data
    assert p.shape == (100, 1)
    np.testing.assert_allclose(p[:, 0], np.exp(x), rtol=0.03)


def test_update_does_all_of_a_step_by_itself() -> None:
    catenary.seed(3)
    by_parts = MyChain()
    at_once = by_parts.copy(mode="copy")
    x_, t_ = map(variable, Batches(3)(100))
    optimizer = optimizers.Adam().setup(by_parts)
    loss = by_parts(x_, t_)
    by_parts.zerograds()
    loss.backward()
    optimizer.update()
    optimizers.Adam().setup(at_once).update(at_once, x_, t_)
    for (name, a), (_, b) in zip(by_parts.namedparams(), at_once.namedparams()):
        np.testing.assert_array_equal(a.data, b.data, err_msg=name)
    assert at_once(x_, t_).data < loss.data


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_copy_in_plain_numpy_does_the_same(trained: tuple[MyChain, list[Array]]) -> None:
    model, _ = trained

    def leaky_relu(x: Any) -> Any:
        m = np.array(x < 0)
        x = np.array(x)
        return np.matrix((x * 0.2) * m + x * (~m))

    def pseudo_exp(x: Any) -> Any:
        x = np.matrix(x)
        W1 = np.matrix(model.l1.W.data)
        b1 = np.matrix(model.l1.b.data)
        W2 = np.matrix(model.l2.W.data)
        b2 = np.matrix(model.l2.b.data)
        W3 = np.matrix(model.l3.W.data)
        b3 = np.matrix(model.l3.b.data)

        h1 = leaky_relu(W1 * x + b1.T)
        h2 = leaky_relu(W2 * h1 + b2.T)
        return leaky_relu(W3 * h2 + b3.T)

    assert model.l1.W.data.shape == (16, 1)
    assert model.l1.W.data.dtype == np.float32
    assert pseudo_exp(0.2)[0, 0] == pytest.approx(model.get(0.2), rel=1e-5)
    x = np.linspace(0, 1, 100)
    p = model.predict(variable(x)).data
    np.testing.assert_allclose(np.asarray(pseudo_exp(x.T)).T, p, rtol=1e-5)


def test_saved_while_training_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    catenary.seed(1)
    get_batch = Batches(1)
    model = MyChain()
    optimizer = optimizers.Adam()
    optimizer.setup(model)
    at_the_last_save = None
    for i in range(500):
        x, y = get_batch(100)
        x_ = variable(x)
        t_ = variable(y)

        model.zerograds()
        loss = model(x_, t_)
        loss.backward()
        optimizer.update()

        if i % 100 == 0:
            serializers.save_npz("my.model", model)
            at_the_last_save = model.get(0.2)

    assert [path.name for path in tmp_path.iterdir()] == ["my.model"]
    assert model.get(0.2) != at_the_last_save
    serializers.load_npz("my.model", model)
    assert model.get(0.2) == at_the_last_save == pytest.approx(np.exp(0.2), rel=0.05)

    with np.load("my.model") as file:  # an ordinary NPZ file
        assert sorted(file) == ["l1/W", "l1/b", "l2/W", "l2/b", "l3/W", "l3/b"]


#: What the tutorial printed: W, b; 2(y-t)x, 2(y-t); W - 0.01 dW, b - 0.01 db.
TABLE = [
    ((0.00000000, 0.00000000), (-3.58069563, -4.46209097), (0.03580696, 0.04462091)),
    ((0.03580695, 0.04462091), (-0.08072093, -1.99062216), (0.03661416, 0.06452713)),
    ((0.03661416, 0.06452713), (-1.16285205, -2.84911036), (0.04824269, 0.09301824)),
    ((0.04824268, 0.09301823), (-0.44180280, -2.23253369), (0.05266071, 0.11534357)),
    ((0.05266071, 0.11534357), (-1.07976472, -2.70742726), (0.06345836, 0.14241784)),
]


def test_each_step_of_sgd_is_the_one_of_the_table() -> None:
    model2 = LinearChain()
    optimizer2 = optimizers.SGD()
    optimizer2.setup(model2)

    def scalar(v: Any) -> Any:
        return v.data.ravel()[0]

    for start, gradient, following in TABLE:
        drawn = np.array([gradient[0] / gradient[1]])  # the x of the table
        x_ = variable(drawn)
        t_ = variable(np.exp(drawn))

        model2.zerograds()
        loss = model2(x_, t_)
        loss.backward(retain_grad=True)

        y = scalar(model2.predict(x_))
        t = scalar(t_)
        x = scalar(x_)
        W = scalar(model2.l1.W)
        b = scalar(model2.l1.b)
        dW = model2.l1.W.grad.ravel()[0]
        db = model2.l1.b.grad.ravel()[0]

        assert (dW, db) == pytest.approx((2 * ((y - t) * x), 2 * (y - t)), rel=1e-6)
        assert loss.grad == 1
        assert (W, b) == pytest.approx(start, abs=2e-7)
        assert (dW, db) == pytest.approx(gradient, abs=2e-6)
        assert (W - 0.01 * dW, b - 0.01 * db) == pytest.approx(following, abs=2e-7)
        optimizer2.update()
        assert (scalar(model2.l1.W), scalar(model2.l1.b)) == pytest.approx((W - 0.01 * dW, b - 0.01 * db), abs=1e-8)


def test_sgd_goes_down_to_the_line_of_least_squares() -> None:
    get_batch = Batches(2)
    model2 = LinearChain()
    optimizer2 = optimizers.SGD()
    optimizer2.setup(model2)
    by_hand = np.zeros(2)
    verts = []
    batchsize = 20
    for i in range(1000):
        x, y = get_batch(batchsize)
        x_ = Variable(x.astype(np.float32).reshape(batchsize, 1))
        t_ = Variable(y.astype(np.float32).reshape(batchsize, 1))

        if i % 10 == 0:
            w = model2.l1.W.data[0][0]
            b = model2.l1.b.data[0]
            verts.append((w, b))
            assert (w, b) == pytest.approx(tuple(by_hand), abs=1e-4)

        model2.zerograds()
        loss = model2(x_, t_)
        loss.backward()
        optimizer2.update(retain_grad=True)  # without a loss function, its arguments are passed over
        error = by_hand[0] * x + by_hand[1] - y
        by_hand -= 0.01 * np.array([np.mean(2 * error * x), np.mean(2 * error)])

    best = np.array([6 * (3 - np.e), 4 * np.e - 10])  # the integrals over 0 to 1, solved for W and b
    distances = [np.linalg.norm(np.array(vert) - best) for vert in verts]
    assert distances[-1] < 0.4 * distances[0]
    assert model2.get(0.5) == pytest.approx(best[0] * 0.5 + best[1], rel=0.01)
