"""Evaluates the lines of the tables; under Chainer 7.8.1 and here with the same text."""

from pathlib import Path

import numpy as np

import chainer
import chainer.distributions
import chainer.functions
import chainer.initializers
import chainer.link_hooks
import chainer.links
import chainer.optimizer_hooks
import chainer.optimizers
from chainer.training import extensions, triggers

import golden_files
import golden_training
import golden_words

HERE = Path(__file__).resolve().parent
TABLES = ("functions", "links", "initializers", "distributions", "optimizers", "training", "datasets", "files")
#: What the names in a line stand for.
WORDS = {
    "np": np,
    "chainer": chainer,
    "D": chainer.distributions,
    "F": chainer.functions,
    "H": chainer.optimizer_hooks,
    "I": chainer.initializers,
    "L": chainer.links,
    "O": chainer.optimizers,
    "extensions": extensions,
    "triggers": triggers,
    **vars(golden_words),
    **vars(golden_training),
    **vars(golden_files),
}


def summary(found):
    """Return a result so that it can be stored: of arrays the shape, the dtype, sums, and some elements."""
    if isinstance(found, dict):
        return {str(key): summary(value) for key, value in sorted(found.items())}
    if isinstance(found, np.generic):
        found = found.item()
    if found is None or isinstance(found, (str, bool, int, float)):
        return found
    if isinstance(found, (list, tuple)):
        return [summary(value) for value in found]
    array = np.asarray(getattr(found, "array", found))
    if array.dtype.kind in "OU":
        return str(array)
    values = array.astype(np.float64).ravel()
    sums = [float(values.sum()), float(np.abs(values).sum())]
    return {"array": [list(array.shape), str(array.dtype), sums, [float(value) for value in values[:8]]]}


def lines(table):
    """Return the lines of a table, without comments."""
    text = HERE.joinpath(table + ".txt").read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def evaluate(line):
    """Return the summary of what a line gives."""
    np.random.seed(0)
    words = dict(WORDS, X=chainer.Variable(np.arange(6, dtype=np.float32).reshape(2, 3) / 6))
    return summary(eval(line, words))
