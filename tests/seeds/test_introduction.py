"""The programs of a talk that introduces the parts one by one, and its classifier of texts into two classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Chain, Variable, functions, links, optimizer_hooks, optimizers, serializers

Array = np.ndarray


def test_variable() -> None:
    x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    y = x**2 + 5 * x
    y.grad = np.ones((2, 3), dtype=np.float32)
    y.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[7, 9, 11], [13, 15, 17]]  # 2 x + 5


def test_links() -> None:
    h = links.Linear(4, 2)
    assert h.W.data.shape == (2, 4)
    assert h.W.data.std() > 0
    assert h.b.data.tolist() == [0, 0]
    x = Variable(np.array([[1, 2, 3, 4]]).astype(np.float32))
    y = h(x)
    np.testing.assert_allclose(y.data, [[sum(w * (i + 1) for i, w in enumerate(row)) for row in h.W.data]], rtol=1e-5)
    for name in ("LSTM", "GRU", "Convolution2D", "EmbedID"):
        assert issubclass(getattr(links, name), catenary.Link)


def test_functions() -> None:
    x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
    y = functions.tanh(x)
    np.testing.assert_allclose(y.data, np.tanh(x.data), rtol=1e-6)
    y.grad = np.ones((2, 3), dtype=np.float32)
    y.backward()
    np.testing.assert_allclose(x.grad, 1 / np.cosh(x.data.astype(np.float64)) ** 2, rtol=1e-3, atol=1e-7)
    for name in ("sigmoid", "mean_squared_error", "softmax_cross_entropy", "stack", "concat"):
        assert callable(getattr(functions, name))


# --- the classifier ---

TRAIN = {
    1: [
        "the garden is full of roses and the bees like them",
        "she planted beans and peas in the warm soil of the garden",
        "water the roses in the morning before the sun is high",
        "the apple tree has white flowers in spring",
        "seeds of carrots need warm soil and much water",
        "the gardener cuts the hedge and the grass on Fridays",
        "bees and butterflies visit the flowers of the herbs",
        "put the tulip bulbs into the soil before winter",
        "ripe tomatoes hang on the plants along the wall",
        "the grass grows fast after the rain in spring",
        "old leaves become good soil for new plants",
        "a hedge of roses grows along the garden wall",
    ],
    -1: [
        "the train leaves the station at seven and stops in every town",
        "passengers wait on the platform for the late train",
        "the conductor checks the tickets in the first carriage",
        "a new railway line connects the port with the capital",
        "the express has no stop between the two stations",
        "buy a ticket at the counter or on the platform",
        "the engine pulls twenty carriages over the bridge",
        "at night the carriages stand on the tracks behind the station",
        "the tram to the railway station runs every ten minutes",
        "workers repair the tracks and the signals of the line",
        "the driver sees the red signal and stops the engine",
        "the timetable of the railway changes in december",
    ],
}
TEST = {
    1: [
        "roses need soil and water",
        "the bees visit the apple tree in the garden",
        "plants grow along the hedge",
        "white flowers and herbs in spring",
    ],
    -1: [
        "passengers buy tickets at the station",
        "the express train stops at the signal",
        "the engine stands on the tracks of the railway",
        "a late tram and an empty platform",
    ],
}


class NeuralNetwork(Chain):
    def __init__(self, input_size: int) -> None:
        super(NeuralNetwork, self).__init__(  # noqa: UP008 - as it was written for Python 2
            link1=links.Linear(input_size, 2),
            link2=links.Linear(2, 1),
        )

    def __call__(self, x: Any, y: Any) -> Any:
        y_predict = self.forward(x)
        return functions.mean_squared_error(y_predict, y) / 2

    def forward(self, x: Any) -> Any:
        hidden = functions.tanh(self.link1(x))
        return functions.tanh(self.link2(hidden))


def vocabulary_of(sentences: list[str]) -> dict[str, int]:
    words = sorted({word for sentence in sentences for word in sentence.split()})
    return {word: number for number, word in enumerate(words)}


def create_features(sentence: str, vocabulary: dict[str, int]) -> Array:
    """Count the words; those that are not in the vocabulary are passed over."""
    phi = np.zeros((1, len(vocabulary)), dtype=np.float32)
    for word in sentence.split():
        if word in vocabulary:
            phi[0, vocabulary[word]] += 1
    return phi


@pytest.mark.parametrize("file_format", ["npz", "hdf5"])
def test_classifier_of_texts(tmp_path: Path, file_format: str) -> None:
    save = getattr(serializers, f"save_{file_format}")
    load = getattr(serializers, f"load_{file_format}")
    model_path = tmp_path / "text.model"
    catenary.seed(0)
    vocabulary = vocabulary_of([sentence for sentences in TRAIN.values() for sentence in sentences])
    input_size = len(vocabulary)
    feat_lab = [
        (create_features(sentence, vocabulary), np.array([[label]], dtype=np.float32))
        for pair in zip(TRAIN[1], TRAIN[-1])
        for sentence, label in zip(pair, (1, -1))
    ]

    model = NeuralNetwork(input_size)
    opt = optimizers.SGD(lr=0.1)
    opt.setup(model)
    opt.add_hook(optimizer_hooks.WeightDecay(1e-4))
    errors = []
    for _ in range(30):
        accum_loss = 0
        for phi_0, y in feat_lab:
            model.zerograds()
            loss = model(Variable(phi_0), Variable(y))
            accum_loss += loss.data
            loss.backward()
            opt.update()
        errors.append(float(accum_loss))
    save(model_path, model)
    assert errors[0] > 5  # 24 sentences, about 1/2 for each at first
    assert errors[-1] < 0.5

    model = NeuralNetwork(input_size)
    assert classify(model, vocabulary, TRAIN) < 1
    load(model_path, model)
    assert classify(model, vocabulary, TRAIN) == 1
    assert classify(model, vocabulary, TEST) == 1


def classify(model: NeuralNetwork, vocabulary: dict[str, int], corpus: dict[int, list[str]]) -> float:
    """Return the share of sentences that the model puts into the right class."""
    right = []
    for label, sentences in corpus.items():
        for x in sentences:
            phi_0 = create_features(x, vocabulary)
            score = model.forward(Variable(phi_0))
            y = 1 if score.data >= 0 else -1
            right.append(y == label)
    return sum(right) / len(right)


def test_the_gradients_are_those_of_the_slides() -> None:
    catenary.seed(0)
    model = NeuralNetwork(5)
    phi_0 = np.array([[1, 0, 2, 0, 1]], dtype=np.float32)
    y = np.array([[-1]], dtype=np.float32)
    loss = model(Variable(phi_0), Variable(y))
    model.zerograds()
    loss.backward()

    w0, w1 = model.link1.W.data, model.link2.W.data
    phi_1 = np.tanh(phi_0 @ w0.T)
    phi_2 = np.tanh(phi_1 @ w1.T)
    assert loss.data == pytest.approx(((phi_2 - y) ** 2 / 2).item(), rel=1e-5)
    delta_2 = (phi_2 - y) * (1 - phi_2**2)
    delta_1 = delta_2 @ w1 * (1 - phi_1**2)
    np.testing.assert_allclose(model.link2.W.grad, delta_2.T @ phi_1, rtol=1e-5)
    np.testing.assert_allclose(model.link2.b.grad, delta_2[0], rtol=1e-5)
    np.testing.assert_allclose(model.link1.W.grad, delta_1.T @ phi_0, rtol=1e-5)
    np.testing.assert_allclose(model.link1.b.grad, delta_1[0], rtol=1e-5)
