"""Train a small transformer to write sums, character by character:  python train_characters.py

The text is made of lines such as `7+5=12` and `3+4=07`. Nobody tells the network what the characters mean: it guesses
the next one from those before it. The two numbers cannot be guessed; everything after them can, once adding is
understood. At the end it completes some sums, and the share of all hundred that it gets right is printed.
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Variable, optimizers, training
from catenary.iterators import SerialIterator
from catenary.training import extensions, updaters

Array = np.ndarray[Any, Any]
CHARACTERS = "0123456789+=;"
LINE = 7  # characters: 3+4=07;


class Transformer(catenary.Chain):
    """Characters and their places -> vectors -> layers of attention -> one score for each next character."""

    def __init__(self, n_units: int, n_layers: int) -> None:
        super().__init__()
        with self.init_scope():
            self.characters = L.EmbedID(len(CHARACTERS), n_units)
            self.places = L.EmbedID(LINE, n_units)
            self.layers = catenary.ChainList(
                *(L.TransformerEncoderLayer(n_units, 4, dropout=0.0, pre_norm=True) for _ in range(n_layers))
            )
            self.norm = L.LayerNormalization(n_units)
            self.out = L.Linear(n_units, len(CHARACTERS))

    def scores(self, x: Array) -> Variable:
        """Return scores for the character after each, shape (batch, characters so far, len(CHARACTERS))."""
        h = self.characters(x) + self.places(self.xp.arange(x.shape[1]))
        for layer in self.layers:
            h = layer(h, is_causal=True)  # each character sees those before it and itself
        scores: Variable = self.out(self.norm(h), n_batch_axes=2)
        return scores

    def forward(self, lines: Array) -> Variable:
        """Return the mean loss of guessing all characters of lines but the first."""
        scores = self.scores(lines[:, :-1])
        loss = F.softmax_cross_entropy(F.reshape(scores, (-1, len(CHARACTERS))), lines[:, 1:].ravel())
        catenary.report({"loss": loss}, self)
        return loss

    def complete(self, line: str) -> str:
        """Return a beginning of a line with the most probable characters after it."""
        with catenary.evaluation_mode(self):
            while len(line) < LINE:
                x = self.xp.asarray(encoded([line]))
                line += CHARACTERS[int(self.scores(x).array[0, -1].argmax())]
        return line


def encoded(lines: list[str]) -> Array:
    """Return lines of equal length as numbers, shape (lines, characters)."""
    return np.array([[CHARACTERS.index(character) for character in line] for line in lines], np.int32)


def perplexity_by_frequency(lines: Array) -> float:
    """Return the perplexity of guessing each character by how often it comes."""
    guessed = lines[:, 1:].ravel()
    shares = np.bincount(guessed, minlength=len(CHARACTERS)) / guessed.size
    return float(np.exp(-np.log(shares[guessed]).mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a transformer to write sums.")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument(
        "--capture", action="store_true", help="on a GPU, record a step once and replay it: less to wait"
    )
    parser.add_argument("--epoch", type=int, default=60, help="rounds of all sums (default: %(default)s)")
    parser.add_argument("--units", type=int, default=32, help="features of each character (default: %(default)s)")
    parser.add_argument("--layers", type=int, default=2, help="layers (default: %(default)s)")
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    options = parser.parse_args()

    catenary.seed(0)
    lines = [f"{a}+{b}={a + b:02};" for a in range(10) for b in range(10)]
    model = Transformer(options.units, options.layers)
    model.to_device(options.device)
    optimizer = optimizers.Adam(0.01).setup(model)
    updater = updaters.StandardUpdater(
        SerialIterator(encoded(lines), 20), optimizer, device=options.device, capture=options.capture
    )
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
    trainer.extend(extensions.LogReport(trigger=(10, "epoch")))
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "elapsed_time"]), trigger=(10, "epoch"))
    trainer.run()

    print(*(model.complete(f"{a}+{b}=") for a, b in [(1, 2), (7, 5), (9, 9)]))
    right = sum(model.complete(line[:4]) == line for line in lines)
    with catenary.evaluation_mode(model):
        loss = float(model(catenary.get_device(options.device).send(encoded(lines))).array)
    print(f"{right} of {len(lines)} sums are right")
    by_frequency = perplexity_by_frequency(encoded(lines))
    print(f"perplexity {math.exp(loss):.2f}, by frequency of characters alone {by_frequency:.2f}")


if __name__ == "__main__":
    main()
