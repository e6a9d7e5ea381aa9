"""A transformer's encoder that tells the next word: four layers of 256 with four heads, on 16 sequences of 128."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "Transformer, 4 layers of 256, 4 heads, 16 sequences of 128, one step of Adam"

WORDS, UNITS, HEADS, LAYERS, BATCH, LENGTH = 1000, 256, 4, 4, 16, 128
RNG = np.random.default_rng(0)
X = RNG.integers(0, WORDS, (BATCH, LENGTH)).astype(np.int32)
T = RNG.integers(0, WORDS, BATCH * LENGTH).astype(np.int32)


def catenary() -> Step:  # Chainer 7 has no layers of transformers
    ct = library("catenary")
    model = network(ct)
    return training(ct.optimizers.Adam().setup(model), lambda: ct.functions.softmax_cross_entropy(model(X), T))


def network(ct: Any) -> Any:
    L = ct.links

    class Network(ct.Chain):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(
                words=L.EmbedID(WORDS, UNITS),
                places=L.EmbedID(LENGTH, UNITS),
                layers=ct.Sequential(*(L.TransformerEncoderLayer(UNITS, HEADS, dropout=0.0) for _ in range(LAYERS))),
                out=L.Linear(UNITS, WORDS),
            )

        def __call__(self, x: Any) -> Any:
            h = self.words(x) + self.places(self.xp.arange(x.shape[1]))
            return self.out(self.layers(h).reshape(-1, UNITS))

    return Network()


def torch() -> Step:
    import torch

    model = torch_network()
    optimizer = torch.optim.Adam(model.parameters())
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))


def torch_network() -> Any:
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.places = nn.Embedding(WORDS, UNITS), nn.Embedding(LENGTH, UNITS)
            self.layers = nn.Sequential(
                *(nn.TransformerEncoderLayer(UNITS, HEADS, 4 * UNITS, 0.0, batch_first=True) for _ in range(LAYERS))
            )
            self.out = nn.Linear(UNITS, WORDS)

        def forward(self, x: Any) -> Any:
            h = self.words(x) + self.places(torch.arange(x.shape[1]))
            return self.out(self.layers(h).reshape(-1, UNITS))

    return Network()
