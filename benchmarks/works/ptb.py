"""A language model as on the Penn Treebank: two LSTM layers of 200 units over 20 sequences of 35 words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TITLE = "PTB NStepLSTM 2x200, 20 sequences of 35 words, vocabulary 10,000, one step of SGD"

WORDS, UNITS, BATCH, LENGTH = 10_000, 200, 20, 35
RNG = np.random.default_rng(0)
X = RNG.integers(0, WORDS, (BATCH, LENGTH)).astype(np.int32)
T = RNG.integers(0, WORDS, BATCH * LENGTH).astype(np.int32)


def catenary() -> Callable[[], object]:
    import catenary.functions as F
    import catenary.links as L
    from catenary import Chain, optimizers

    return _chainer_style(Chain, F, L, optimizers)


def chainer() -> Callable[[], object]:
    import chainer.functions as F
    import chainer.links as L
    from chainer import Chain, optimizers

    return _chainer_style(Chain, F, L, optimizers)


def _chainer_style(chain, F, L, optimizers) -> Callable[[], object]:  # type: ignore[no-untyped-def]
    class Network(chain):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(
                embed=L.EmbedID(WORDS, UNITS), rnn=L.NStepLSTM(2, UNITS, UNITS, 0.0), out=L.Linear(UNITS, WORDS)
            )

        def __call__(self, x, t):  # type: ignore[no-untyped-def]
            words = F.split_axis(self.embed(x.reshape(-1)), BATCH, 0)
            _, _, ys = self.rnn(None, None, list(words))
            return F.softmax_cross_entropy(self.out(F.concat(ys, 0)), t)

    model = Network()
    optimizer = optimizers.SGD(0.1).setup(model)

    def step() -> object:
        model.cleargrads()
        loss = model(X, T)
        loss.backward()
        optimizer.update()
        return loss

    return step


def by_steps() -> Callable[[], object]:
    """Do the same in Catenary word by word, as recurrent networks were written before NStepLSTM."""
    import catenary.functions as F
    import catenary.links as L
    from catenary import Chain, optimizers

    model = Chain(
        embed=L.EmbedID(WORDS, UNITS), l1=L.LSTM(UNITS, UNITS), l2=L.LSTM(UNITS, UNITS), out=L.Linear(UNITS, WORDS)
    )
    optimizer = optimizers.SGD(0.1).setup(model)
    targets = T.reshape(BATCH, LENGTH)

    def step() -> object:
        model.cleargrads()
        model.l1.reset_state()
        model.l2.reset_state()
        losses = [
            F.softmax_cross_entropy(model.out(model.l2(model.l1(model.embed(x)))), t)
            for x, t in zip(X.T, targets.T, strict=True)
        ]
        loss = F.add(*losses) / LENGTH
        loss.backward()
        optimizer.update()
        return loss

    return step


def torch() -> Callable[[], object]:
    import torch
    from torch import nn

    embed, rnn, out = nn.Embedding(WORDS, UNITS), nn.LSTM(UNITS, UNITS, 2, batch_first=True), nn.Linear(UNITS, WORDS)
    optimizer = torch.optim.SGD([p for m in (embed, rnn, out) for p in m.parameters()], 0.1)
    x, t = torch.tensor(X), torch.tensor(T, dtype=torch.long)

    def step() -> object:
        optimizer.zero_grad()
        ys, _ = rnn(embed(x))
        loss = nn.functional.cross_entropy(out(ys.reshape(-1, UNITS)), t)
        loss.backward()
        optimizer.step()
        return loss

    return step
