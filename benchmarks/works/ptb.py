"""A language model as on the Penn Treebank: two LSTM layers of 200 units over 20 sequences of 35 words."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.frameworks import library
from benchmarks.steps import Step, torch_training, training

TITLE = "PTB NStepLSTM 2x200, 20 sequences of 35 words, vocabulary 10,000, one step of SGD"

WORDS, UNITS, BATCH, LENGTH = 10_000, 200, 20, 35
RNG = np.random.default_rng(0)
X = RNG.integers(0, WORDS, (BATCH, LENGTH)).astype(np.int32)
T = RNG.integers(0, WORDS, BATCH * LENGTH).astype(np.int32)


def catenary() -> Step:
    return _chainer_style(library("catenary"))


def chainer() -> Step:
    return _chainer_style(library("chainer"))


def _chainer_style(ct: Any) -> Step:
    model = network(ct)
    return training(ct.optimizers.SGD(0.1).setup(model), lambda: ct.functions.softmax_cross_entropy(model(X), T))


def network(ct: Any) -> Any:
    F, L = ct.functions, ct.links

    class Network(ct.Chain):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(
                embed=L.EmbedID(WORDS, UNITS), rnn=L.NStepLSTM(2, UNITS, UNITS, 0.0), out=L.Linear(UNITS, WORDS)
            )

        def __call__(self, x: Any) -> Any:
            words = F.split_axis(self.embed(x.reshape(-1)), len(x), 0)
            _, _, ys = self.rnn(None, None, list(words))
            return self.out(F.concat(ys, 0))

    return Network()


def by_steps() -> Step:
    """Do the same in Catenary word by word, as recurrent networks were written before NStepLSTM."""
    import catenary.functions as F
    import catenary.links as L
    from catenary import Chain, optimizers

    model = Chain(
        embed=L.EmbedID(WORDS, UNITS), l1=L.LSTM(UNITS, UNITS), l2=L.LSTM(UNITS, UNITS), out=L.Linear(UNITS, WORDS)
    )
    targets = T.reshape(BATCH, LENGTH)

    def loss() -> Any:
        model.l1.reset_state()
        model.l2.reset_state()
        losses = [
            F.softmax_cross_entropy(model.out(model.l2(model.l1(model.embed(x)))), t)
            for x, t in zip(X.T, targets.T, strict=True)
        ]
        return F.add(*losses) / LENGTH

    return training(optimizers.SGD(0.1).setup(model), loss)


def torch() -> Step:
    import torch

    model = torch_network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)
    return torch_training(optimizer, lambda: torch.nn.functional.cross_entropy(model(x), t))


def torch_network() -> Any:
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.out = nn.Embedding(WORDS, UNITS), nn.Linear(UNITS, WORDS)
            self.rnn = nn.LSTM(UNITS, UNITS, 2, batch_first=True)

        def forward(self, x: Any) -> Any:
            ys, _ = self.rnn(self.embed(x))
            return self.out(ys.reshape(-1, UNITS))

    return Network()
