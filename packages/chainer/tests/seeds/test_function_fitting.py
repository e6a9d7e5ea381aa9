"""A tutorial for Chainer 1.6 that fits exp(x) with a small network, and looks at what gradient descent does.

Given to the programs: matplotlib has `hold` again and plots matrices, there is a display of IPython, and where the
tutorial prints what follows from the numbers that it drew, `np.random.random` draws these.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np
import pytest

import chainer.functions as F
import chainer.links as L
from chainer import Variable, optimizers

Array = np.ndarray

pytestmark = pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")

#: What the tutorial printed: W, b; 2(y-t)x, 2(y-t); W - 0.01 dW, b - 0.01 db.
TABLE = [
    ((0.00000000, 0.00000000), (-3.58069563, -4.46209097), (0.03580696, 0.04462091)),
    ((0.03580695, 0.04462091), (-0.08072093, -1.99062216), (0.03661416, 0.06452713)),
    ((0.03661416, 0.06452713), (-1.16285205, -2.84911036), (0.04824269, 0.09301824)),
    ((0.04824268, 0.09301823), (-0.44180280, -2.23253369), (0.05266071, 0.11534357)),
    ((0.05266071, 0.11534357), (-1.07976472, -2.70742726), (0.06345836, 0.14241784)),
]


@pytest.fixture(autouse=True)
def old_pyplot(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Matplotlib without a screen, and with what it had in those days: `hold`, and lines of matrices."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    def plot_matrices_too(*args: Any, **kwargs: Any) -> Any:
        return plot(*(np.asarray(arg) if isinstance(arg, np.matrix) else arg for arg in args), **kwargs)

    plot = plt.plot
    monkeypatch.setattr(plt, "plot", plot_matrices_too)
    monkeypatch.setattr(plt, "hold", lambda on: None, raising=False)
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is given to the display of a made-up IPython."""
    figures: list[Any] = []
    display = SimpleNamespace(display=figures.append, clear_output=lambda wait: None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=display, version_info=(9, 0)))
    return figures


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that takes what `np.random.random` shall draw first."""
    at_random = np.random.random

    def first(*arrays: Array) -> None:
        left = list(arrays)
        monkeypatch.setattr(np.random, "random", lambda n: left.pop(0) if left else at_random(n))

    return first


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.\d*(?:e-?\d+)?", text)]


def lines(plt: Any) -> list[tuple[Array, Array]]:
    """Return the ends of all lines that were plotted, as arrays."""
    return [(np.ravel(line.get_xdata()), np.ravel(line.get_ydata())) for line in plt.figure(1).axes[0].lines]


def test_the_network_learns_exp(notebook: Any, draw: Callable[..., None]) -> None:
    draw(np.array([0.25425583, 0.87356596]))
    printed = notebook.run("seed_001_fit")
    found = numbers(printed)
    assert found[:4] == pytest.approx([0.25425583, 0.87356596, 1.28950165, 2.39543768], abs=2e-8)

    # The tutorial's own run had 1.22299 for exp(0.2).
    model = notebook["model"]
    learned, truth, by_numpy, again = (
        float(line.strip("[]")) for line in printed.splitlines() if re.fullmatch(r"[\d.\[\]]+", line)
    )
    assert round(truth, 11) == round(again, 11) == 1.22140275816
    assert learned == pytest.approx(model.get(0.2)) == pytest.approx(truth, rel=0.01)
    assert by_numpy == pytest.approx(learned, rel=1e-5)

    assert model.l1.W.data.shape == (16, 1)
    assert f"{model.l1.W.data!r}\n" in printed
    assert printed.count("dtype=float32)") == 1

    losses, truth_line, network, truth_again, plain_numpy = lines(notebook["plt"])
    assert len(losses[1]) == 10000
    assert np.mean(losses[1][:10]) > 0.5
    assert np.mean(losses[1][-100:]) < 1e-4
    np.testing.assert_array_equal(truth_line[1], np.exp(np.linspace(0, 1, 100)))
    np.testing.assert_array_equal(truth_again, truth_line)
    np.testing.assert_allclose(network[1], truth_line[1], rtol=0.03)
    np.testing.assert_allclose(plain_numpy[1], network[1], rtol=1e-5)


def test_a_function_with_parameters_is_a_link_and_one_in_small_letters_takes_them() -> None:
    with pytest.deprecated_call(match=r"write chainer\.links\.Linear"):
        old = F.Linear(2, 3)
    assert isinstance(old, L.Linear)
    assert type(old) is type(L.Linear(2, 3))
    x = Variable(np.array([[1, 2]], np.float32))
    y = F.linear(x, old.W, old.b)
    np.testing.assert_array_equal(y.data, old(x).data)
    np.testing.assert_allclose(y.data, x.data @ old.W.data.T + old.b.data, rtol=1e-6)
    # The gradients of all three come back.
    gy = np.array([[1, 10, 100]], np.float32)
    y.grad = gy
    y.backward()
    np.testing.assert_allclose(x.grad, gy @ old.W.data, rtol=1e-6)
    np.testing.assert_array_equal(old.W.grad, gy.T @ x.data)
    np.testing.assert_array_equal(old.b.grad, gy[0])


def test_leaky_relu_multiplies_negative_inputs_by_a_fifth() -> None:
    x = np.array([-2, -0.5, 0, 3], np.float32)
    np.testing.assert_allclose(F.leaky_relu(x).data, [-0.4, -0.1, 0, 3], rtol=1e-6)


@pytest.fixture
def pieces(notebook: Any) -> Any:
    """A notebook with the beginning of the tutorial, but without the long training."""
    source = (notebook.programs / "seed_001_fit.py").read_text("utf-8")
    exec(source.split("losses =[]")[0], notebook.names)
    return notebook


def test_update_does_all_of_a_step_by_itself(pieces: Any) -> None:
    x, t = (Variable(a.astype(np.float32).reshape(100, 1)) for a in pieces["get_batch"](100))
    by_parts, at_once = pieces["model"], pieces["model"].copy(mode="copy")
    loss = by_parts(x, t)
    by_parts.zerograds()
    loss.backward()
    pieces["optimizer"].update()
    optimizer = optimizers.Adam()
    optimizer.setup(at_once)
    optimizer.update(at_once, x, t)
    for (name, a), (_, b) in zip(by_parts.namedparams(), at_once.namedparams()):
        np.testing.assert_array_equal(a.data, b.data, err_msg=name)
    assert at_once(x, t).data < loss.data


def test_watched_and_saved_while_training(pieces: Any, shown: list[Any], tmp_path: Any) -> None:
    loaded = numbers(pieces.run("seed_001_watch"))[-1]
    assert loaded == pytest.approx(np.exp(0.2), rel=0.05)  # 1.1877015 in the tutorial
    assert np.float32(loaded) == pieces["model"].get(0.2)
    assert len(shown) == 50
    assert [len(y) for _, y in lines(pieces["plt"])] == list(range(1, 501, 10))
    assert [path.name for path in tmp_path.iterdir()] == ["my.model"]
    with np.load("my.model") as file:
        assert sorted(file) == ["l1/W", "l1/b", "l2/W", "l2/b", "l3/W", "l3/b"]
        for name, param in pieces["model"].namedparams():
            np.testing.assert_array_equal(param.data, file[name[1:]])


def test_each_step_of_sgd_is_the_one_of_the_table(pieces: Any, draw: Callable[..., None]) -> None:
    draw(*(np.array([dW / db]) for _, (dW, db), _ in TABLE))
    printed = pieces.run("seed_001_gradients")
    steps = re.split(r"======  step \d  ======\n", printed)[1:]
    assert len(steps) == 5
    for step, (start, gradient, following) in zip(steps, TABLE):
        at, by_hand, by_chainer, after = step.splitlines()
        assert at.startswith("W,b  \t\t\t\t")
        assert numbers(at) == pytest.approx(start, abs=2e-8)
        assert numbers(by_hand) == pytest.approx(gradient, abs=1e-6)
        assert numbers(by_chainer) == pytest.approx(gradient, abs=1e-6)
        assert numbers(after) == pytest.approx(following, abs=2e-8)
    assert pieces["optimizer2"].lr == 0.01
    assert pieces["loss"].grad == 1
    model2 = pieces["model2"]
    assert (model2.l1.W.data.item(), model2.l1.b.data.item()) == pytest.approx(TABLE[-1][2], abs=2e-8)


def test_weights_are_drawn_and_biases_are_zero() -> None:
    link = L.Linear(400, 100)
    assert link.W.data.std() == pytest.approx(1 / 20, rel=0.03)
    assert not link.b.data.any()
    assert L.Linear(1, 1, initialW=0.0).W.data.tolist() == [[0]]


def test_sgd_goes_down_to_the_line_of_least_squares(pieces: Any, draw: Callable[..., None]) -> None:
    pieces.run("seed_001_gradients")
    batches = np.random.random((1000, 20))
    draw(*batches)
    pieces.run("seed_001_descent")

    by_hand, path = np.zeros(2), []
    for x in batches:
        path.append(by_hand.copy())
        error = by_hand[0] * x + by_hand[1] - np.exp(x)
        by_hand -= 0.01 * np.array([np.mean(2 * error * x), np.mean(2 * error)])
    descent, truth, line = lines(pieces["plt"])
    np.testing.assert_allclose(np.transpose(descent), path[::10], atol=1e-4)

    best = np.array([6 * (3 - np.e), 4 * np.e - 10])  # the integrals over 0 to 1, solved for W and b
    distances = np.linalg.norm(np.transpose(descent) - best, axis=1)
    assert distances[-1] < 0.4 * distances[0]
    np.testing.assert_allclose(line[1], by_hand[0] * truth[0] + by_hand[1], atol=1e-3)
    assert pieces["model2"].get(0.5) == pytest.approx(best[0] * 0.5 + best[1], rel=0.01)
