"""Decorrelated batch normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Link, Variable, config
from catenary.errors import ArgumentError
from catenary.types import DType
from catenary_links.sizes import checked_size


class DecorrelatedBatchNormalization(Link):
    """Brings the channels of each group to mean 0 and covariance 1 over a batch, with running statistics.

    Source: Huang, Yang, Lang, Deng, "Decorrelated Batch Normalization" (2018).

    Args:
        size: The number of channels.
        groups: The number of groups, by which the number of channels must be divisible.
        decay: What the running statistics keep of themselves at each call.
        eps: Added to the variances.
        dtype: The dtype of the statistics.

    Attributes:
        avg_mean: The running mean, shape (groups, channels / groups).
        avg_projection: The running matrices, shape (groups, channels / groups, channels / groups).
        N: The number of calls with `finetune`.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> x = np.random.default_rng(0).random((50, 4), np.float32)
        >>> y = L.DecorrelatedBatchNormalization(4, groups=1)(x).array
        >>> abs(y.T @ y / 50 - np.eye(4)).max() < 1e-2
        np.True_
    """

    def __init__(
        self, size: int, groups: int = 16, decay: float = 0.9, eps: float = 2e-5, dtype: DType = np.float32
    ) -> None:
        super().__init__()
        name = "DecorrelatedBatchNormalization"
        self.groups, self.decay, self.eps = checked_size(name, "groups", groups), decay, eps
        if checked_size(name, "size", size) % groups:
            raise ArgumentError(f"{name}: size must be divisible by groups, got {size} and {groups}")
        length, xp = size // groups, self.xp
        self.avg_mean = xp.zeros((groups, length), dtype)
        self.avg_projection = xp.zeros((groups, length, length), dtype) + xp.eye(length, dtype=dtype)
        self.N = 0
        for persistent in ("avg_mean", "avg_projection", "N"):
            self.register_persistent(persistent)

    def forward(self, x: Any, finetune: bool = False) -> Variable:
        """Return the normalized input.

        Args:
            x: Input, shape (batch, channels, ...).
            finetune: Whether the running statistics become plain means over all calls with this flag since
                `start_finetuning`.
        """
        if not config.train:
            return F.fixed_decorrelated_batch_normalization(x, self.avg_mean, self.avg_projection, self.groups)
        decay = self.decay
        if finetune:
            self.N += 1
            decay = 1.0 - 1.0 / self.N
        return F.decorrelated_batch_normalization(
            x,
            groups=self.groups,
            eps=self.eps,
            running_mean=self.avg_mean,
            running_projection=self.avg_projection,
            decay=decay,
        )

    def start_finetuning(self) -> None:
        """Begin to count the calls with `finetune` anew."""
        self.N = 0
