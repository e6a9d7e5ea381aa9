"""Sequences of 5 to 60 words through two LSTM layers: what padding costs, and what packing saves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

TITLE = "NStepLSTM 2x200, 20 sequences of 5 to 60 steps, forward and backward"

UNITS, BATCH = 200, 20
RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(5, 61, BATCH)
XS = [RNG.standard_normal((n, UNITS)).astype(np.float32) for n in LENGTHS]


def catenary() -> Callable[[], object]:
    import catenary.functions as F
    import catenary.links as L
    from catenary import Variable

    rnn, xs = L.NStepLSTM(2, UNITS, UNITS, 0.0), [Variable(x) for x in XS]

    def step() -> object:
        rnn.cleargrads()
        for x in xs:
            x.cleargrad()
        hy, _, ys = rnn(None, None, xs)
        loss = F.sum(F.concat(ys, 0)) + F.sum(hy)
        loss.backward()
        return loss

    return step


def torch() -> Callable[[], object]:
    """Pad, pack and unpack, as PyTorch wants it for sequences of different lengths."""
    import torch
    from torch import nn

    rnn, xs = nn.LSTM(UNITS, UNITS, 2, batch_first=True), [torch.tensor(x, requires_grad=True) for x in XS]
    lengths = torch.tensor(LENGTHS)

    def step() -> object:
        rnn.zero_grad()
        for x in xs:
            x.grad = None
        packed = nn.utils.rnn.pack_padded_sequence(
            nn.utils.rnn.pad_sequence(xs, batch_first=True), lengths, batch_first=True, enforce_sorted=False
        )
        ys, (hy, _) = rnn(packed)
        loss = ys.data.sum() + hy.sum()
        loss.backward()
        return loss

    return step
