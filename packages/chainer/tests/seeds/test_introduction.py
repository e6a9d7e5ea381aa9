"""Slides of 2018 that introduce the parts one by one, and a classifier of texts into two classes.

Given to the programs, as the slides do not show it: what is imported from where for the classifier, the sizes, the
corpus and its features, the paths. `λ` stands in the slides as a formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
from chainer import Chain, Variable, cuda, functions, links, optimizers, serializers

Array = np.ndarray
X = np.array([[1, 2, 3], [4, 5, 6]], np.float64)


def arrays(text: str) -> Array:
    """Return all numbers that a program printed."""
    return np.array(text.replace("[", " ").replace("]", " ").split(), np.float64)


# --- the parts ---


def test_variable(notebook: Any) -> None:
    assert notebook.run("seed_000_variable") == "[[ 7.  9. 11.]\n [13. 15. 17.]]\n"
    np.testing.assert_array_equal(notebook["x"].grad, 2 * X + 5)


def test_arrays_need_their_dtypes() -> None:
    whole = Variable(np.array([[1, 2, 3], [4, 5, 6]]))  # NumPy's choice: 64 bits
    assert whole.dtype == np.array([1]).dtype
    y = whole**2 + 5 * whole
    with pytest.raises(catenary.errors.ArgumentTypeError, match="int"):
        y.grad = np.ones((2, 3), np.float32)
    assert links.Linear(2, 1)(Variable(np.array([[1.0, 2.0]]))).dtype == np.float64  # Chainer 7 refuses to mix
    ids = Variable(np.array([0, 1, 1], np.int32))
    assert links.EmbedID(2, 3)(ids).shape == (3, 3)
    with pytest.raises(catenary.errors.ArgumentTypeError, match="float32"):
        links.EmbedID(2, 3)(Variable(np.array([0, 1], np.float32)))


def test_links(notebook: Any) -> None:
    printed = arrays(notebook.run("seed_000_links"))
    W, b, y = printed[:8].reshape(2, 4), printed[8:10], printed[10:]
    assert abs(W).min() > 0
    assert b.tolist() == [0, 0]
    np.testing.assert_allclose(y, W @ [1, 2, 3, 4], rtol=1e-5)
    assert notebook["y"].shape == (1, 2)
    with pytest.raises(catenary.errors.ShapeError, match="linear: x has 1 features"):
        notebook["h"](Variable(np.ones(4, np.float32)))  # without the axis of the batch


@pytest.mark.parametrize("name", ["Linear", "LSTM", "GRU", "Convolution2D", "EmbedID"])
def test_links_for_various_uses(name: str) -> None:
    link = getattr(links, name)(*{"Convolution2D": (1, 2, 3)}.get(name, (4, 2)))
    assert isinstance(link, chainer.Link)
    assert all(param.array.dtype == np.float32 for param in link.params())


def test_functions(notebook: Any) -> None:
    printed = arrays(notebook.run("seed_000_functions"))
    np.testing.assert_allclose(printed[:6].reshape(2, 3), np.tanh(X), rtol=1e-6)
    # Printed to eight digits, which leaves few of 1 - y**2 where y is almost 1.
    np.testing.assert_allclose(printed[6:].reshape(2, 3), 1 - np.tanh(X) ** 2, atol=1e-6)


def test_losses_and_functions_that_move_elements_have_gradients() -> None:
    x = Variable(X.astype(np.float32))
    t = np.array([2, 0], np.int32)
    functions.softmax_cross_entropy(x, t).backward()
    p = np.exp(X) / np.exp(X).sum(1, keepdims=True)
    np.testing.assert_allclose(x.grad, (p - np.eye(3)[t]) / 2, rtol=1e-4)

    x.cleargrad()
    functions.mean_squared_error(functions.sigmoid(x), np.zeros((2, 3), np.float32)).backward()
    s = 1 / (1 + np.exp(-X))
    np.testing.assert_allclose(x.grad, 2 * s * s * (1 - s) / 6, rtol=1e-4)

    x.cleargrad()
    both = functions.concat([functions.stack([x, x]), functions.stack([2 * x, x])], axis=2)
    assert both.shape == (2, 2, 6)
    functions.sum(both).backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 5))


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdaGrad"])
def test_optimizers_and_their_hooks(name: str) -> None:
    model = Chain(l=links.Linear(2, 1))
    opt = getattr(optimizers, name)()
    opt.setup(model)
    opt.add_hook(chainer.optimizer.WeightDecay(0.5))
    W = np.array([[1, -2]], np.float32)
    model.l.W.data[...] = W
    model.l.W.grad, model.l.b.grad = np.zeros_like(W), np.zeros(1, np.float32)
    opt.update()
    np.testing.assert_allclose(model.l.W.grad, 0.5 * W)
    assert (abs(model.l.W.data) < abs(W)).all()


# --- the classifier ---

TRAIN = """\
1 the soup needs salt and a little pepper
-1 snow falls on the mountains tonight
1 boil the potatoes and add butter
-1 wind and rain come from the north
1 bake the bread for an hour
-1 the sun shines after a cold night
1 cut the onions and fry them in butter
-1 clouds bring rain to the coast
1 stir flour and milk until it thickens
-1 a storm with snow is near the coast
1 serve the soup with bread
-1 it stays cold and the wind is strong
"""
TEST = """\
1 fry the potatoes with salt
1 milk and flour for the bread
-1 rain tonight on the coast
-1 a cold wind brings snow
1 add onions to the soup
"""


class Corpus:
    """Labelled sentences; features are the counts of the words of the training sentences."""

    def __init__(self) -> None:
        pairs = [line.split(" ", 1) for line in TRAIN.splitlines()]
        self.words = {word: i for i, word in enumerate(sorted({w for _, text in pairs for w in text.split()}))}
        self.feat_lab = [(self.create_features(text), np.array([[label]], np.float32)) for label, text in pairs]

    def create_features(self, sentence: str) -> Array:
        phi = np.zeros((1, len(self.words)), np.float32)
        for word in sentence.split():
            if word in self.words:
                phi[0, self.words[word]] += 1
        return phi


def given(corpus: Corpus, **more: Any) -> dict[str, Any]:
    chainers = {
        "Chain": Chain,
        "Variable": Variable,
        "functions": functions,
        "links": links,
        "serializers": serializers,
    }
    features = {"input_size": len(corpus.words), "feat_lab": corpus.feat_lab, "create_features": corpus.create_features}
    return {**chainers, **features, "model_path": "text.model", "λ": 0.2, "epoch": 20, **more}


def parameters(model: Any) -> list[Array]:
    return [param.data.copy() for layer in (model.link1, model.link2) for param in (layer.W, layer.b)]


def by_the_formulas(weights: list[Array], feat_lab: list[tuple[Array, Array]], step: float, epochs: int) -> list[float]:
    """Train as the slides derive it, φ and δ being rows here; return the sums of errors, and leave the weights."""
    w_0, b_0, w_1, b_1 = weights
    sums = []
    for _ in range(epochs):
        total = 0.0
        for phi_0, y in feat_lab:
            phi_1 = np.tanh(phi_0 @ w_0.T + b_0)
            phi_2 = np.tanh(phi_1 @ w_1.T + b_1)
            total += ((phi_2 - y) ** 2 / 2).item()
            delta_2 = (phi_2 - y) * (1 - phi_2**2)
            delta_1 = (delta_2 @ w_1) * (1 - phi_1**2)
            w_0 -= step * delta_1.T @ phi_0
            b_0 -= step * delta_1[0]
            w_1 -= step * delta_2.T @ phi_1
            b_1 -= step * delta_2[0]
        sums.append(total)
    return sums


def test_classifier_of_texts(notebook: Any, tmp_path: Path) -> None:
    corpus = Corpus()
    notebook.run("seed_000_model", **given(corpus))
    model = notebook["model"]
    assert [name for name, _ in sorted(model.namedparams())] == ["/link1/W", "/link1/b", "/link2/W", "/link2/b"]
    assert model.link1.W.data.shape == (2, len(corpus.words))
    weights = [array.astype(np.float64) for array in parameters(model)]

    printed = arrays(notebook.run("seed_000_train"))
    np.testing.assert_allclose(printed, by_the_formulas(weights, corpus.feat_lab, 0.2, 20), rtol=1e-3)
    for array, expected in zip(parameters(model), weights):
        np.testing.assert_allclose(array, expected, atol=1e-4)
    assert printed[0] > 3
    assert printed[-1] < 0.3

    sentences = [line.split(" ", 1) for line in (TRAIN + TEST).splitlines()]
    for label, sentence in sentences:
        (tmp_path / "in.txt").write_text(f"{sentence}\n")
        notebook.run("seed_000_classify", fin_path="in.txt")
        assert notebook["model"] is not model
        assert notebook["y"] == int(label), sentence
    (tmp_path / "in.txt").write_text("".join(f"{sentence}\n" for _, sentence in sentences))
    notebook.run("seed_000_classify", fin_path="in.txt")
    assert notebook["x"] == "add onions to the soup\n"
    for array, expected in zip(parameters(notebook["model"]), parameters(model)):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize("file_format", ["npz", "hdf5"])
def test_both_formats_keep_a_model(notebook: Any, file_format: str) -> None:
    notebook.run("seed_000_model", **given(Corpus()))
    model, other = notebook["model"], notebook["NeuralNetwork"](len(Corpus().words))
    getattr(serializers, f"save_{file_format}")("text.model", model)
    getattr(serializers, f"load_{file_format}")("text.model", other)
    for array, expected in zip(parameters(other), parameters(model)):
        np.testing.assert_array_equal(array, expected)


def test_without_a_gpu_the_lines_for_it_say_so(notebook: Any) -> None:
    if cuda.available:
        pytest.skip("there is a GPU")
    notebook.run("seed_000_model", **given(Corpus()))
    with pytest.raises(catenary.errors.DeviceError, match="catenary-cupy"):
        notebook.run("seed_000_gpu", cuda=cuda, GPU番号=0)
    with pytest.raises(catenary.errors.DeviceError, match="catenary-cupy"):
        notebook["model"].to_gpu()
