"""The second part of the slides of 2017: NStepLSTM, and a language model with a trainer that gets lists of sequences.

The slides print the first class here; its `self.train`, which they use but do not set, is set by the test. Of the
language model they have no code: the program is written from what they say of its model, iterator, converter, updater,
evaluator and loss function. Sentences of a small language with known probabilities stand in for the Penn Treebank.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
import chainer.functions as F
import chainer.links as L
from chainer import Variable, training

Array = np.ndarray

pytestmark = pytest.mark.filterwarnings("ignore:.* is of an older Chainer; write :DeprecationWarning")


def lstm_by_numpy(layers: Any, xs: list[Array]) -> tuple[Array, Array, list[Array]]:
    """Run each sequence by itself; the weights 0 to 3 are for inputs and 4 to 7 for outputs, of i, f, c and o."""

    def sigmoid(a: Array) -> Array:
        return 1 / (1 + np.exp(-a))

    last = []
    ys = []
    for x in xs:
        states = []
        for layer in layers:
            w = [getattr(layer, f"w{i}").data.astype(np.float64) for i in range(8)]
            b = [getattr(layer, f"b{i}").data.astype(np.float64) for i in range(8)]
            h = c = np.zeros(len(b[0]))
            outputs = []
            for step in x:
                i, f, a, o = (w[k] @ step + b[k] + w[k + 4] @ h + b[k + 4] for k in range(4))
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(a)
                h = sigmoid(o) * np.tanh(c)
                outputs.append(h)
            x = np.array(outputs)
            states.append((h, c))
        last.append(states)
        ys.append(x)
    h, c = np.transpose(np.array(last), (2, 1, 0, 3))  # state, layer, sequence, unit
    return h, c, ys


class Seen(chainer.LinkHook):  # type: ignore[misc]
    """Keeps what the link `l1` gives."""

    name = "Seen"

    def forward_postprocess(self, args: Any) -> None:
        if args.link.name == "l1":
            self.out = args.out


@pytest.mark.parametrize("train", [False, True])
def test_class_with_an_nsteplstm(notebook: Any, train: bool) -> None:
    notebook.run("seed_004_nstep_lstm", chainer=chainer, L=L)
    model = notebook["RNNNStepLSTM"](2, 4)
    model.train = train
    arrays = [np.random.standard_normal((n, 4)).astype(np.float32) for n in (2, 3, 1)]
    seen = Seen()
    with seen:
        model([Variable(x) for x in arrays])
    hy, cy, ys = seen.out
    assert (hy.shape, cy.shape) == ((2, 3, 4), (2, 3, 4))
    assert [type(y) for y in ys] == [catenary.Variable] * 3
    assert [y.shape for y in ys] == [(2, 4), (3, 4), (1, 4)]
    h, c, expected = lstm_by_numpy(model.l1, arrays)
    close = [np.allclose(y.data, e, atol=1e-5) for y, e in zip([hy, cy, *ys], [h, c, *expected])]
    assert all(close) != train  # in training, half of what the first layer gives is dropped


def test_lengths_need_not_be_the_same_as_for_an_lstm_that_goes_step_by_step() -> None:
    """The sequences of the slides: 1 2 and 1 2 3. Step by step, the first is filled up with 0."""
    embed, lstm, nstep = L.EmbedID(4, 5), L.LSTM(5, 6), L.NStepLSTM(1, 5, 6, 0.5, True)
    for i, first in enumerate((1, 2, 0, 3)):  # where the rows of i, f, c and o begin in the weights of an LSTM
        for half, layer in ((0, lstm.upward), (4, lstm.lateral)):
            getattr(nstep[0], f"w{i + half}").data[...] = layer.W.data[first::4]
        getattr(nstep[0], f"b{i}").data[...] = lstm.upward.b.data[first::4]
        getattr(nstep[0], f"b{i + 4}").data[...] = 0
    xs = [Variable(np.array([1, 2], np.int32)), Variable(np.array([1, 2, 3], np.int32))]
    _, _, ys = nstep(None, None, [embed(x) for x in xs], train=False)
    steps = [lstm(embed(Variable(np.array(x, np.int32)))).data for x in ([1, 1], [2, 2], [0, 3])]
    for i, y in enumerate(ys):
        np.testing.assert_allclose(y.data, [h[i] for h in steps[: len(y)]], atol=1e-6)

    # The losses of the sequences, one by one or put together.
    ts = [np.array([0, 1], np.int32), np.array([0, 1, 2], np.int32)]
    one_by_one = sum(len(t) * F.softmax_cross_entropy(y, t).data for y, t in zip(ys, ts))
    together = F.softmax_cross_entropy(F.concat(ys, axis=0), np.concatenate(ts)).data
    assert one_by_one / 5 == pytest.approx(together, rel=1e-6)


def test_the_standard_trainer_does_not_fit() -> None:
    """The default converter wants arrays of one shape, and the loss and accuracy of a classifier one Variable."""
    data = [(np.zeros(n, np.int32), np.zeros(n, np.int32)) for n in (2, 3)]
    model = L.Classifier(L.NStepLSTM(1, 4, 4, 0.5, True))
    optimizer = chainer.optimizers.SGD()
    optimizer.setup(model)
    updater = training.StandardUpdater(chainer.iterators.SerialIterator(data, 2), optimizer)
    with pytest.raises(catenary.errors.CatenaryError, match="shape"):
        updater.update()
    _, _, ys = model.predictor(None, None, [np.ones((2, 4), np.float32), np.ones((3, 4), np.float32)])
    ts = [t for _, t in data]
    for function in (F.softmax_cross_entropy, F.accuracy):
        with pytest.raises(catenary.errors.CatenaryError):
            function(ys, ts)


# --- the language model ---

#: After each word one of two follows, with these probabilities.
LIKELY = 0.9
WORDS = 8


def following(word: int) -> tuple[int, int]:
    """Return the likely word and the other one."""
    return (3 * word + 1) % WORDS, (word + 4) % WORDS


def sentences(n: int) -> tuple[Array, float]:
    """Return words, and the perplexity of one who knows the probabilities."""
    words, surprise = [0], 0.0
    for likely in np.random.random(n - 1) < LIKELY:
        words.append(following(words[-1])[0 if likely else 1])
        surprise -= np.log(LIKELY if likely else 1 - LIKELY)
    return np.array(words, np.int32), float(np.exp(surprise / (n - 1)))


def test_the_language_model(notebook: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (train, _), (val, _), (test, best) = (sentences(n) for n in (2000, 200, 400))
    monkeypatch.setattr(chainer.datasets, "get_ptb_words", lambda: (train, val, test))
    options = {"batchsize": 10, "bproplen": 15, "layer": 2, "unit": 24, "gpu": -1, "epoch": 12, "out": "result"}
    args = argparse.Namespace(**options, alpha=0.02, gradclip=5)
    printed = notebook.run("seed_004_train_ptb_nstep", args=args)

    log = json.loads((tmp_path / "result" / "log").read_text())
    perplexities = [entry["val_perplexity"] for entry in log]
    assert [entry["epoch"] for entry in log] == list(range(1, 13))
    assert notebook["updater"].iteration == 12 * 14  # 199 words in pieces of 15
    assert perplexities[-1] < 0.4 * perplexities[0]
    for entry in log:
        assert entry["perplexity"] == pytest.approx(np.exp(entry["main/loss"]))
    assert "val_perplexity" in printed

    found = float(re.findall(r"test perplexity: (\S+)", printed)[0])
    assert 0.95 * best < found < 1.25 * best
    # The same with NumPy, in pieces that each begin with an empty state.
    rnn = notebook["rnn"]
    losses = []
    for i in range(0, 399, 15):
        x, t = test[i : i + 15][: 399 - i], test[i + 1 : i + 16]
        _, _, (h,) = lstm_by_numpy(rnn.l1, [rnn.embed.W.data[x]])
        y = h @ rnn.l2.W.data.T + rnn.l2.b.data
        log_p = y - np.log(np.exp(y).sum(1, keepdims=True))
        losses.append(-log_p[np.arange(len(t)), t].mean())
    assert found == pytest.approx(np.exp(np.mean(losses)), rel=1e-3)
    assert notebook["eval_model"].loss.creator is None
    assert notebook["eval_model"].predictor.embed.W is not rnn.embed.W
    np.testing.assert_array_equal(notebook["eval_model"].predictor.embed.W.data, rnn.embed.W.data)


def test_the_updater_passes_lists_of_variables(notebook: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    words, _ = sentences(60)
    monkeypatch.setattr(chainer.datasets, "get_ptb_words", lambda: (words, words, words))
    options = {"batchsize": 3, "bproplen": 7, "layer": 1, "unit": 4, "gpu": -1, "epoch": 1, "out": "result"}
    notebook.run("seed_004_train_ptb_nstep", args=argparse.Namespace(**options, alpha=0.01, gradclip=5))
    seen: list[Any] = []

    class Target(chainer.Chain):  # type: ignore[misc]
        def __call__(self, xs: Any, ts: Any) -> Any:
            seen.append((xs, ts))
            return notebook["model"](xs, ts)

    target = Target(model=notebook["model"])
    optimizer = chainer.optimizers.SGD()
    optimizer.setup(target)
    iterator = notebook["SequenceIterator"](words, 3, 7)
    updater = notebook["SequenceUpdater"](iterator, optimizer, -1)
    for _ in range(3):  # 19 words from each of three places: 7, 7 and 5
        updater.update()
    assert updater.is_new_epoch
    assert [[len(x.data) for x in xs] for xs, _ in seen] == [[7] * 3, [7] * 3, [5] * 3]
    for xs, ts in seen:
        assert all(isinstance(v, Variable) for v in (*xs, *ts))
        for x, t in zip(xs, ts):
            np.testing.assert_array_equal(x.data[1:], t.data[:-1])
    for i in range(3):
        read = np.concatenate([xs[i].data for xs, _ in seen])
        np.testing.assert_array_equal(read, words[20 * i : 20 * i + 19])
