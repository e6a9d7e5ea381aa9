"""Losses over large vocabularies that look at a sample of the classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catenary import Variable, get_array_module, widens_half
from catenary.arithmetic import log, matmul, sum
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_functions.activation.smooth import softplus
from catenary_functions.checks import check_ndim, check_range, check_word, integers
from catenary_functions.connection.tables import embed_id
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import exp
from catenary_functions.math.reduction import logsumexp

__all__ = ["black_out", "negative_sampling"]


def _rows(name: str, x: Any, t: Any) -> Array:
    """Return true classes as an array, after checks of both shapes."""
    check_ndim(name, "x", x, 2, "(batch, features)")
    labels = integers(name, "t", t)
    if labels.shape != x.shape[:1]:
        raise ShapeError(f"{name}: t must have shape {x.shape[:1]} for x of {x.shape}, got {labels.shape}")
    return labels


def _scores(name: str, x: Any, W: Any, samples: Array) -> Variable:
    """Return the scores of sampled classes, shape (batch, samples)."""
    check_range(name, "classes", samples, len(W))
    return matmul(embed_id(samples, W), x[:, :, None])[:, :, 0]


@widens_half
def negative_sampling(
    x: Any,
    t: Any,
    W: Any,
    sampler: Callable[[tuple[int, int]], Array] | None,
    sample_size: int,
    reduce: str = "sum",
    *,
    return_samples: bool = False,
    samples: Array | None = None,
) -> Any:
    """Return a loss that wants true classes to score high, and sampled ones low.

    Source: Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality" (2013).

    Args:
        x: Input, shape (batch, features).
        t: True classes, integers of shape (batch,); -1 is not counted.
        W: One row per class, shape (classes, features).
        sampler: A function from a shape to an array of classes of that shape, such as a `WalkerAlias.sample`.
        sample_size: The number of sampled classes per row.
        reduce: "sum", or "no" for one loss per row.
        return_samples: Whether to return the classes, too.
        samples: The classes to use instead of drawing them, shape (batch, 1 + sample_size); the first of each row
            is the true one.

    Returns:
        A Variable; a tuple of it and the classes if `return_samples`.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a class is out of range, or `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, W, t = np.zeros((2, 3)), np.zeros((4, 3)), np.array([0, 2])
        >>> F.negative_sampling(x, t, W, lambda shape: np.ones(shape, int), 1).array.round(3)
        np.float64(2.773)
    """
    check_word("negative_sampling", "reduce", reduce, ("sum", "no"))
    labels, xp = _rows("negative_sampling", x, t), get_array_module(x)
    if samples is None:
        if sampler is None:
            raise ArgumentError("negative_sampling: sampler must be a function, got None (and no samples)")
        samples = xp.asarray(sampler((len(labels), sample_size + 1))).copy()
        samples[:, 0] = labels
    samples = integers("negative_sampling", "samples", samples)
    if samples.shape != (len(labels), sample_size + 1):
        raise ShapeError(
            f"negative_sampling: samples must have shape {(len(labels), sample_size + 1)}, got {samples.shape}"
        )
    counted = (labels != -1)[:, None]
    signs = 2 * (xp.arange(sample_size + 1) > 0).astype(x.dtype) - 1
    loss = softplus(_scores("negative_sampling", x, W, xp.where(counted, samples, 0)) * signs) * counted
    loss = reduced("negative_sampling", sum(loss, 1), reduce, ("sum", "no"))
    return (loss, samples) if return_samples else loss


@widens_half
def black_out(x: Any, t: Any, W: Any, samples: Any, reduce: str = "mean") -> Variable:
    """Return a loss that wants softmax over true and sampled classes to be 1 at the true ones, and 0 at the others.

    Source: Ji et al., "BlackOut: Speeding up Recurrent Neural Network Language Models with Very Large Vocabularies"
    (2016), equation 6.

    Args:
        x: Input, shape (batch, features).
        t: True classes, integers of shape (batch,).
        W: One row per class, shape (classes, features).
        samples: Sampled classes, integers of shape (batch, samples).
        reduce: "mean", or "no" for one loss per row.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If a class is out of range, or `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, W = np.zeros((1, 3)), np.zeros((4, 3))
        >>> F.black_out(x, np.array([0]), W, np.array([[1]])).array.round(3)
        np.float64(1.386)
    """
    check_word("black_out", "reduce", reduce, ("mean", "no"))
    labels, drawn = _rows("black_out", x, t), integers("black_out", "samples", samples)
    if drawn.ndim != 2 or len(drawn) != len(labels):
        raise ShapeError(f"black_out: samples must have shape ({len(labels)}, samples), got {drawn.shape}")
    scores = _scores("black_out", x, W, get_array_module(x).concatenate([labels[:, None], drawn], 1))
    log_p = scores - logsumexp(scores, 1)[:, None]
    return reduced("black_out", -log_p[:, 0] - sum(log(1 - exp(log_p[:, 1:])), 1), reduce)
