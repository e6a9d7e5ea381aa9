"""Train a network to tell praise from blame in short reviews:  python train_sentiment.py

The reviews are made up: praise and blame of films, where "not" turns a word round, so that counting words is not
enough. A bidirectional LSTM reads each review in both directions; its last steps decide. Reviews have different
lengths; a batch is padded, and the lengths say where each one ends.
"""

from __future__ import annotations

import argparse
import random
from typing import Any

import numpy as np

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Variable, optimizers, training
from catenary.iterators import SerialIterator
from catenary.training import extensions, updaters

Array = np.ndarray[Any, Any]
GOOD, BAD = ["moving", "funny", "clever", "warm"], ["dull", "flat", "clumsy", "cold"]
FILLERS = ["the", "plot", "is", "and", "actors", "were", "music", "very", "quite", "a", "bit", "so"]
WORDS = ["", "not", *GOOD, *BAD, *FILLERS]  # the first stands behind the ends
Review = tuple[Array, int]


class Reader(catenary.Chain):
    """Words -> vectors -> LSTM in both directions -> two scores: blame, praise."""

    def __init__(self, n_units: int) -> None:
        super().__init__()
        with self.init_scope():
            self.embed = L.EmbedID(len(WORDS), n_units)
            self.rnn = L.NStepBiLSTM(1, n_units, n_units, 0.0)
            self.out = L.Linear(2 * n_units, 2)

    def forward(self, words: Array, lengths: Array) -> Variable:
        """Return the scores, shape (reviews, 2)."""
        last = self.rnn.padded(self.embed(words), lengths).last
        scores: Variable = self.out(F.dropout(last, 0.2))
        return scores


def made_up_review(choose: Any) -> Review:
    """Return the words of a review as numbers, and whether it is praise."""
    praise = choose([0, 1])
    words: list[str] = []
    for _ in range(choose([1, 2, 3])):
        turned = choose([False, True])
        words += [choose(FILLERS) for _ in range(choose(range(4)))]
        words += ["not"] * turned + [choose(GOOD if praise != turned else BAD)]
    return np.array([WORDS.index(word) for word in words], np.int32), praise


def as_padded(batch: list[Review], device: Any = None) -> tuple[Array, Array, Array]:
    """Return the words of a batch padded to one length, the lengths, and what is right."""
    lengths = np.array([len(words) for words, _ in batch])
    padded = np.zeros((len(batch), lengths.max()), np.int32)
    for row, (words, _) in zip(padded, batch, strict=True):
        row[: len(words)] = words
    device = catenary.get_device(device)
    return device.send(padded), device.send(lengths), device.send(np.array([praise for _, praise in batch]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network to tell praise from blame.")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument("--epoch", type=int, default=8, help="rounds of the reviews (default: %(default)s)")
    parser.add_argument("--units", type=int, default=20, help="units in each direction (default: %(default)s)")
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    options = parser.parse_args()

    catenary.seed(0)
    choose = random.Random(0).choice
    train, test = ([made_up_review(choose) for _ in range(n)] for n in (1000, 200))
    model = L.Classifier(Reader(options.units))
    model.to_device(options.device)
    optimizer = optimizers.Adam(0.01).setup(model)
    iterator, test_iterator = SerialIterator(train, 50), SerialIterator(test, 100, repeat=False, shuffle=False)
    updater = updaters.StandardUpdater(iterator, optimizer, converter=as_padded, device=options.device)
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
    trainer.extend(extensions.Evaluator(test_iterator, model, converter=as_padded, device=options.device))
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "main/accuracy", "validation/main/accuracy"]))
    trainer.run()

    last = trainer.get_extension("LogReport").log[-1]
    print(f"validation/main/accuracy {last['validation/main/accuracy']:.4f}")


if __name__ == "__main__":
    main()
