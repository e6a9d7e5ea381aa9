"""Writes seeded.json with Chainer 7.8.1: what is drawn after `numpy.random.seed(0)`; run it where that is installed."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L

X = np.ones((40, 50), np.float32)


def lazy(link: Any, x: Any) -> Any:
    link(x)
    return link


INITIALIZERS = [
    *("Normal", "Uniform", "LeCunNormal", "LeCunUniform", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform"),
    "Orthogonal",
]
LINKS = {
    "Linear": lambda: L.Linear(3, 4),
    "Linear lazy": lambda: lazy(L.Linear(4), X),
    "Convolution2D": lambda: L.Convolution2D(3, 8, 3),
    "Deconvolution2D": lambda: L.Deconvolution2D(3, 4, 3),
    "DepthwiseConvolution2D": lambda: L.DepthwiseConvolution2D(3, 2, 3),
    "DilatedConvolution2D": lambda: L.DilatedConvolution2D(3, 4, 3),
    "EmbedID": lambda: L.EmbedID(5, 6),
    "Bilinear": lambda: L.Bilinear(2, 3, 4),
    "Maxout": lambda: L.Maxout(3, 4, 2),
    "Highway": lambda: L.Highway(4),
    "Inception": lambda: L.Inception(3, 4, 5, 6, 7, 8, 9),
    "InceptionBN": lambda: L.InceptionBN(3, 4, 5, 6, 7, 8, "avg", 9),
    "MLPConvolution2D": lambda: L.MLPConvolution2D(3, (4, 5), 3),
    "LSTM": lambda: L.LSTM(4, 5),
    "LSTM lazy": lambda: lazy(L.LSTM(5), X),
    "StatelessLSTM": lambda: L.StatelessLSTM(4, 5),
    "StatefulPeepholeLSTM": lambda: L.StatefulPeepholeLSTM(3, 4),
    "StatefulZoneoutLSTM": lambda: L.StatefulZoneoutLSTM(3, 4),
    "GRU": lambda: L.GRU(3, 4),
    "StatelessGRU": lambda: L.StatelessGRU(3, 4),
    "StatefulMGU": lambda: L.StatefulMGU(3, 4),
    "NaryTreeLSTM": lambda: L.NaryTreeLSTM(3, 4),
    "ChildSumTreeLSTM": lambda: L.ChildSumTreeLSTM(3, 4),
    "NStepLSTM": lambda: L.NStepLSTM(2, 3, 4, 0.5),
    "NStepBiGRU": lambda: L.NStepBiGRU(2, 3, 4, 0.5),
    "NegativeSampling": lambda: L.NegativeSampling(4, [1, 2, 3], 2),
}
FUNCTIONS = {
    "dropout": lambda: F.dropout(X, 0.3),
    "gaussian": lambda: F.gaussian(X, X),
    "zoneout": lambda: F.zoneout(X, X * 2, 0.4),
    "rrelu": lambda: F.rrelu(-X),
}


def crc(array: Any) -> int:
    return zlib.crc32(np.ascontiguousarray(array).tobytes())


def some(array: Any) -> list[float]:
    """Return a few numbers, where what follows the drawing may round differently on other machines."""
    return [float(number) for number in array.ravel()[:10]]


def drawn() -> dict[str, Any]:
    """Return checksums of what is drawn, and the orders of a shuffled iterator."""
    found: dict[str, Any] = {}
    for name in INITIALIZERS:
        np.random.seed(0)
        for shape in ((5, 7), (7, 5)):
            array = np.empty(shape, np.float32)
            getattr(chainer.initializers, name)()(array)
            found[f"{name} {shape}"] = some(array) if name == "Orthogonal" else crc(array)
    for name, make in LINKS.items():
        np.random.seed(0)
        found[name] = {path: crc(param.array) for path, param in sorted(make().namedparams())}
    for name, call in FUNCTIONS.items():
        np.random.seed(0)
        found[name] = some(call().array) if name == "gaussian" else crc(call().array)
    np.random.seed(0)
    iterator = chainer.iterators.SerialIterator(list(range(10)), 4)
    found["SerialIterator"] = [iterator.next() for _ in range(6)]
    return found


if __name__ == "__main__":
    Path(__file__).with_name("seeded.json").write_text(json.dumps(drawn(), indent=1) + "\n")
