"""A memo of 2015 on Chainer 1.3, in sentences: the programs are what one wrote then of what it tells about.

Given to the programs: images of digits and their labels, and sentences of zeros and ones.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainer
import chainer.functions as F
from chainer import optimizers

pytestmark = pytest.mark.filterwarnings("ignore:.* is of an older Chainer; write :DeprecationWarning")


def test_basics(notebook: Any, tmp_path: Path) -> None:
    printed = notebook.run("seed_002_basics")
    first, second = printed.split("<chainer.optimizers.SGD object", 1)
    assert first == "[11.]\nNone\n[1.]\n[[ 3.  5.  7.]\n [ 9. 11. 13.]]\n"
    assert second.endswith(">\nFalse\n")

    # One step of SGD on all that is in the set, with NumPy.
    W1, b1, W2, b2 = before = [array.astype(np.float64) for array in notebook["before"]]
    assert all(0 < abs(array).max() <= 0.5 for array in before)  # `parameters` reaches all layers
    x, t = np.array([[1, 2, 3], [4, 5, 6]], np.float64), np.eye(2)
    h = x @ W1.T + b1
    y = np.maximum(h, 0) @ W2.T + b2
    p = np.exp(y) / np.exp(y).sum(1, keepdims=True)
    assert notebook["loss"].data == pytest.approx(-np.log((p * t).sum(1)).mean(), rel=1e-5)
    gy = (p - t) / 2
    gh = gy @ W2 * (h > 0)
    gradients = [gh.T @ x, gh.sum(0), gy.T @ np.maximum(h, 0), gy.sum(0)]
    model = notebook["model"]
    for array, gradient, old, expected in zip(model.parameters, model.gradients, before, gradients):
        np.testing.assert_allclose(gradient, expected, atol=1e-6)
        np.testing.assert_allclose(array, old - 0.1 * expected, atol=1e-6)

    dot = (tmp_path / "graph.dot").read_text()
    assert dot.startswith("digraph")
    labels = dict(re.findall(r'(n\d+) \[label="([^"]*)"', dot))
    edges = [(labels[a].split(",")[0], labels[b].split(",")[0]) for a, b in re.findall(r"(n\d+) -> (n\d+);", dot)]
    layer = [("W: (2x4)", "affine"), ("b: (2)", "affine"), ("(2x4)", "affine"), ("affine", "(2x2)")]
    assert {*layer, ("(2x3)", "affine"), ("affine", "(2x4)"), ("(2x4)", "relu"), ("relu", "(2x4)")} < {*edges}
    assert ("softmax_cross_entropy", "float32") in edges


def test_mnist(notebook: Any) -> None:
    (x_train, y_train), (x_test, y_test) = (
        (np.array([x for x, _ in part]), np.array([y for _, y in part])) for part in chainer.datasets.get_digits()
    )
    printed = notebook.run("seed_002_mnist", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    losses = [float(number) for number in re.findall(r"train mean loss=(\S+)", printed)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.3 * losses[0]
    loss, accuracy = map(float, re.findall(r"test  mean loss=(\S+), accuracy=(\S+)\n", printed)[0])
    assert accuracy > 0.93

    h = x_test.astype(np.float64)  # without dropout
    for i, layer in enumerate(["l1", "l2", "l3"]):
        h = (np.maximum(h, 0) if i else h) @ notebook["model"][layer].W.data.T + notebook["model"][layer].b.data
    assert accuracy == pytest.approx((h.argmax(1) == y_test).mean())
    log_p = h - np.log(np.exp(h).sum(1, keepdims=True))
    assert loss == pytest.approx(-log_p[np.arange(len(h)), y_test].mean(), rel=1e-4)
    assert notebook["loss"].creator is None


def test_each_sentence_has_a_network_of_its_own(notebook: Any) -> None:
    sentences = [np.random.randint(0, 2, np.random.randint(2, 6)) for _ in range(300)]
    notebook.run("seed_002_rnn", sentences=sentences)
    losses = notebook["losses"]
    assert np.mean(losses[:20]) > 0.5
    assert np.mean(losses[-50:]) < 0.1
    recurrences, node = 0, notebook["loss"].creator
    while node is not None:
        recurrences += "anh" in node.label
        node = max((x.creator_node for x in node.inputs if x.creator_node), key=lambda node: node.rank, default=None)
    assert recurrences == len(sentences[-1])


@pytest.mark.parametrize("name", ["SGD", "MomentumSGD", "AdaGrad", "AdaDelta", "Adam", "RMSprop"])
def test_optimizers(name: str) -> None:
    model = chainer.FunctionSet(l=F.Linear(3, 1))
    optimizer = getattr(optimizers, name)()
    optimizer.setup(model.collect_parameters())
    losses = []
    for _ in range(5):
        optimizer.zero_grads()
        loss = F.mean_squared_error(model.l(np.ones((1, 3), np.float32)), np.full((1, 1), 9, np.float32))
        loss.backward()
        optimizer.update()
        losses.append(float(loss.data))
    assert losses == sorted(losses, reverse=True)
