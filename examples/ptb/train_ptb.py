"""Train a network to guess the next word of a text:  python train_ptb.py

Without files it makes a text up: sentences of a small language in which verbs agree with nouns. With files it takes the
words of any text, and with `--ptb` those of the Penn Treebank, which are downloaded once:

    python train_ptb.py --train mine.txt --test other.txt --units 100
    python train_ptb.py --ptb --units 200 --epoch 10

The perplexity is how many words the network hesitates between on average. It is printed beside that of guessing by the
frequency of words alone, which a network that has learnt something must beat.
"""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path
from typing import Any

import numpy as np

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Variable, datasets, optimizer_hooks, optimizers, training
from catenary.dataset import Iterator
from catenary.training import extensions, updaters

Array = np.ndarray[Any, Any]


class WordModel(catenary.Chain):
    """Words -> vectors -> two LSTM layers -> one score for each word that could come next."""

    def __init__(self, n_words: int, n_units: int) -> None:
        super().__init__()
        with self.init_scope():
            self.embed = L.EmbedID(n_words, n_units)
            self.rnn = L.NStepLSTM(2, n_units, n_units, 0.2)
            self.out = L.Linear(n_units, n_words)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget what came before: the next batch begins new sequences."""
        self.state: tuple[Any, Any] = (None, None)

    def forward(self, xs: list[Array], ts: list[Array]) -> Variable:
        """Return the mean loss over all words `ts` that follow the words `xs`; sequences may have any lengths."""
        vectors = F.split_axis(self.embed(self.xp.concatenate(xs)), np.cumsum([len(x) for x in xs])[:-1], 0)
        hy, cy, ys = self.rnn(*self.state, list(vectors))
        # The next batch goes on from here. Only the numbers are kept, so that gradients end at the batch.
        self.state = (hy.array, cy.array)
        loss = F.softmax_cross_entropy(self.out(F.concat(ys, 0)), self.xp.concatenate(ts))
        catenary.report({"loss": loss}, self)
        return loss


class Streams(Iterator):
    """Cuts a text into streams that are read side by side; each batch goes on where the one before ended."""

    def __init__(self, words: Array, batch_size: int, steps: int, repeat: bool = True) -> None:
        length = (len(words) - 1) // batch_size
        self._inputs = words[: length * batch_size].reshape(batch_size, length)
        self._targets = words[1 : length * batch_size + 1].reshape(batch_size, length)
        self.batch_size, self._steps, self._repeat = batch_size, steps, repeat
        self.reset()

    def reset(self) -> None:
        """Go back to the beginning."""
        self.epoch, self._at, self.is_new_epoch, self.previous_epoch_detail = 0, 0, False, -1.0

    @property
    def epoch_detail(self) -> float:
        """The number of times that the text has been read, with the fraction."""
        return self.epoch + self._at / self._inputs.shape[1]

    def __next__(self) -> list[tuple[Array, Array]]:
        if not self._repeat and self.epoch:
            raise StopIteration
        self.previous_epoch_detail = self.epoch_detail
        part = slice(self._at, self._at + self._steps)
        self._at += self._steps
        self.is_new_epoch = self._at >= self._inputs.shape[1]
        if self.is_new_epoch:
            self.epoch, self._at = self.epoch + 1, 0
        return list(zip(self._inputs[:, part], self._targets[:, part], strict=True))

    def serialize(self, serializer: Any) -> None:
        """Save or load where the iterator stands."""
        self.epoch, self._at = int(serializer("epoch", self.epoch)), int(serializer("at", self._at))


def as_lists(batch: list[tuple[Array, Array]], device: Any = None) -> tuple[list[Array], list[Array]]:
    """Return the inputs and the targets of a batch as two lists: the converter of sequences."""
    xs, ts = zip(*batch, strict=True)
    device = catenary.get_device(device)
    return device.send(list(xs)), device.send(list(ts))


class StreamEvaluator(extensions.Evaluator):
    """Evaluates from the beginning of another text, and lets the training go on where it was."""

    def evaluate(self) -> dict[str, Any]:
        model = self.get_target("main")
        state = model.state
        model.reset_state()
        try:
            return super().evaluate()
        finally:
            model.state = state


def made_up_text(sentences: int, seed: int) -> list[str]:
    """Return sentences in which the verb agrees with the first noun, some words before it."""
    choose = random.Random(seed).choice
    nouns, adjectives = ["bridge", "chain", "cable", "tower", "link"], ["old", "long", "heavy", "light", "new"]
    words: list[str] = []
    for _ in range(sentences):
        plural = choose([False, True])
        words += [choose(["these", "those"]) if plural else choose(["this", "that"]), choose(adjectives)]
        words += [choose(nouns) + "s" * plural, choose(["near", "under", "over"]), "the", choose(nouns)]
        words += [choose(["hang", "swing", "stand"]) + "s" * (not plural), choose(["slowly", "still", "well"]), "<eos>"]
    return words


def read_texts(options: argparse.Namespace) -> tuple[Array, Array, int]:
    """Return the words of both texts as numbers, and how many different ones there are."""
    if options.ptb:
        train, valid, _ = datasets.get_ptb_words()
        return train, valid, len(datasets.get_ptb_words_vocabulary())
    if options.train:
        texts = [
            Path(path).read_text("utf-8").replace("\n", " <eos> ").split() for path in (options.train, options.test)
        ]
    else:
        texts = [made_up_text(2000, 0), made_up_text(200, 1)]
    numbers = {word: i for i, word in enumerate(dict.fromkeys(word for text in texts for word in text))}
    train, test = (np.array([numbers[word] for word in text], np.int32) for text in texts)
    return train, test, len(numbers)


def perplexity_by_frequency(train: Array, test: Array, n_words: int) -> float:
    """Return the perplexity of guessing each word by how often it came in the first text."""
    counts = np.bincount(train, minlength=n_words) + 1
    return float(np.exp(-np.log(counts / counts.sum())[test].mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network to guess the next word.")
    parser.add_argument("--ptb", action="store_true", help="learn from the Penn Treebank, downloaded at the first use")
    parser.add_argument("--train", help="file with the text to learn from; made up by default")
    parser.add_argument("--test", help="file with another text, to measure on")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument("--epoch", type=int, default=3, help="rounds of the text (default: %(default)s)")
    parser.add_argument("--units", type=int, default=50, help="units of each layer (default: %(default)s)")
    parser.add_argument("--learning-rate", type=float, default=1.0, help="of SGD (default: %(default)s)")
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    options = parser.parse_args()
    if bool(options.train) != bool(options.test):
        parser.error("give --train and --test, or neither")

    catenary.seed(0)
    train, test, n_words = read_texts(options)
    print(f"{len(train)} words, {n_words} different ones")

    model = WordModel(n_words, options.units)
    model.to_device(options.device)
    optimizer = optimizers.SGD(options.learning_rate).setup(model)
    optimizer.add_hook(optimizer_hooks.GradientClipping(5))  # gradients through many steps can become very large

    iterator = Streams(train, 20, 35)
    updater = updaters.StandardUpdater(iterator, optimizer, converter=as_lists, device=options.device)
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
    test_iterator = Streams(test, 1, 35, repeat=False)
    evaluator = StreamEvaluator(test_iterator, model, converter=as_lists, device=options.device)
    trainer.extend(evaluator)
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "validation/main/loss", "elapsed_time"]))
    trainer.extend(extensions.ProgressBar(update_interval=10))
    trainer.run()

    last = trainer.get_extension("LogReport").log[-1]
    print(f"perplexity {math.exp(last['validation/main/loss']):.2f}, by frequency of words alone ", end="")
    print(f"{perplexity_by_frequency(train, test, n_words):.2f}")


if __name__ == "__main__":
    main()
