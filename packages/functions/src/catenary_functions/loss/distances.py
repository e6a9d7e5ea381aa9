"""Losses on distances between embeddings."""

from __future__ import annotations

from typing import Any

from catenary import Variable, get_array_module, widens_half
from catenary.arithmetic import absolute, matmul, sum
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array
from catenary_functions.checks import check_arrays, check_axis, check_same_shape, integers
from catenary_functions.loss.reducing import reduced
from catenary_functions.math.elementwise import maximum, sqrt

__all__ = [
    "contrastive",
    "cosine_embedding_loss",
    "cosine_similarity",
    "discriminative_margin_based_clustering_loss",
    "triplet",
]


def _root(squares: Any, least: float = 1e-30) -> Variable:
    """Return square roots; where `squares` is below `least`, the gradient is 0, not infinite."""
    return sqrt(maximum(squares, least))


@widens_half
def contrastive(x0: Any, x1: Any, y: Any, margin: float = 1, reduce: str = "mean") -> Variable:
    """Return a loss that draws similar pairs together and pushes others apart, up to a margin.

    Source: Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping" (2006).

    Args:
        x0: Embeddings, shape (batch, features).
        x1: Embeddings of the same shape.
        y: 1 for similar pairs and 0 for others, integers of shape (batch,).
        margin: The distance from which on others cost nothing, positive.
        reduce: "mean", or "no" for one loss per pair.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If the margin is not positive, or `reduce` another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.contrastive(np.zeros((1, 2)), np.ones((1, 2)), np.array([1])).array
        array(1.)
    """
    check_same_shape("contrastive", x0, x1)
    similar = integers("contrastive", "y", y, "iub").astype(x0.dtype)
    if similar.shape != x0.shape[:1]:
        raise ShapeError(f"contrastive: y must have shape {x0.shape[:1]} for x0 of {x0.shape}, got {y.shape}")
    if margin <= 0:
        raise ArgumentError(f"contrastive: margin must be positive, got {margin}")
    squares = sum((x0 - x1) * (x0 - x1), 1)
    missing = maximum(margin - _root(squares), 0)
    return reduced("contrastive", (squares * similar + missing * missing * (1 - similar)) * 0.5, reduce)


@widens_half
def triplet(anchor: Any, positive: Any, negative: Any, margin: float = 0.2, reduce: str = "mean") -> Variable:
    """Return a loss that wants anchors nearer to positive examples than to negative ones, by a margin.

    Source: Schroff, Kalenichenko, Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering" (2015).

    Args:
        anchor: Embeddings, shape (batch, features).
        positive: Embeddings of the same shape.
        negative: Embeddings of the same shape.
        margin: By how much the squared distances should differ, positive.
        reduce: "mean", or "no" for one loss per row.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If the margin is not positive, or `reduce` another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.triplet(np.zeros((1, 2)), np.ones((1, 2)), np.ones((1, 2))).array
        array(0.2)
    """
    check_same_shape("triplet", anchor, positive)
    check_same_shape("triplet", anchor, negative)
    if margin <= 0:
        raise ArgumentError(f"triplet: margin must be positive, got {margin}")
    near, far = anchor - positive, anchor - negative
    return reduced("triplet", maximum(sum(near * near - far * far, 1) + margin, 0), reduce)


@widens_half
def cosine_similarity(x0: Any, x1: Any, axis: int = 1, eps: float = 1e-8) -> Variable:
    """Return the cosines of the angles between vectors.

    Args:
        x0: Input of any shape.
        x1: Input of the same shape.
        axis: The axis along which the vectors lie.
        eps: The least length; shorter vectors have cosines nearer to 0.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If there is no such axis.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cosine_similarity(np.array([[1.0, 1.0]]), np.array([[0.0, 3.0]])).array.round(3)
        array([0.707])
    """
    check_same_shape("cosine_similarity", x0, x1)
    check_axis("cosine_similarity", x0, axis)
    lengths = [_root(sum(x * x, axis), eps * eps) for x in (x0, x1)]
    return sum(x0 * x1, axis) / (lengths[0] * lengths[1])


@widens_half
def cosine_embedding_loss(x0: Any, x1: Any, t: Any, margin: float = 0.0, reduce: str = "mean") -> Variable:
    """Return a loss that wants the cosines of similar pairs to be 1, and those of others below a margin.

    Args:
        x0: Embeddings, shape (batch, features).
        x1: Embeddings of the same shape.
        t: 1 for similar pairs and -1 for others, integers of shape (batch,).
        margin: The cosine from which on others cost something.
        reduce: "mean", "sum", or "no" for one loss per pair.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `reduce` is another word.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.cosine_embedding_loss(np.ones((1, 2)), np.ones((1, 2)), np.array([-1])).array.round(3)
        np.float64(1.0)
    """
    check_same_shape("cosine_embedding_loss", x0, x1)
    similar = (integers("cosine_embedding_loss", "t", t) == 1).astype(x0.dtype)
    if similar.shape != x0.shape[:1]:
        raise ShapeError(f"cosine_embedding_loss: t must have shape {x0.shape[:1]} for x0 of {x0.shape}, got {t.shape}")
    cosine = cosine_similarity(x0, x1)
    loss = (1 - cosine) * similar + maximum(cosine - margin, 0) * (1 - similar)
    return reduced("cosine_embedding_loss", loss, reduce, ("mean", "sum", "no"))


@widens_half
def discriminative_margin_based_clustering_loss(
    embeddings: Any,
    labels: Any,
    delta_v: float,
    delta_d: float,
    max_embedding_dim: int,
    norm: int = 1,
    alpha: float = 1.0,
    beta: float = 1.0,
    gamma: float = 0.001,
) -> tuple[Variable, Variable, Variable]:
    """Return losses that gather the pixels of each instance in images, and keep the instances apart.

    Source: De Brabandere, Neven, Van Gool, "Semantic Instance Segmentation with a Discriminative Loss Function"
    (2017), equations 1 to 3; instances that an image does not have count for nothing.

    Args:
        embeddings: Embeddings of pixels, shape (batch, features, ...).
        labels: The instance of each pixel, integers of shape (batch, ...); 0 is the background, which is not counted.
        delta_v: The distance to the mean of its instance up to which a pixel costs nothing.
        delta_d: Half the distance between two means from which on they cost nothing.
        max_embedding_dim: The greatest number of an instance.
        norm: 1 for sums of absolute differences as distances, 2 for roots of sums of squares.
        alpha: The weight of the first loss.
        beta: The weight of the second loss.
        gamma: The weight of the third loss.

    Returns:
        A tuple of three 0-d losses: on distances of pixels to their mean, on distances between means, and on the
        lengths of the means.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If `norm` is neither 1 nor 2, or an instance is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, labels = np.array([[[1.0, 2.0]]]), np.array([[1, 2]])
        >>> [float(y.array) for y in F.discriminative_margin_based_clustering_loss(x, labels, 0.5, 1.5, 2)]
        [0.0, 4.0, 0.0015]
    """
    name = "discriminative_margin_based_clustering_loss"
    if norm not in (1, 2):
        raise ArgumentError(f"{name}: norm must be 1 or 2, got {norm}")
    member = _members(name, embeddings, labels, max_embedding_dim)

    def length(x: Any) -> Variable:
        return sum(absolute(x), -1) if norm == 1 else _root(sum(x * x, -1))

    xp, (batch, features) = get_array_module(member), embeddings.shape[:2]
    pixels = embeddings.reshape((batch, features, -1)).transpose((0, 2, 1))
    sizes = xp.maximum(member.sum(2), 1)
    there = (member.sum(2) > 0).astype(member.dtype)
    share = there / xp.maximum(there.sum(1, keepdims=True), 1) / max(batch, 1)  # what each instance counts
    means = matmul(member / sizes[:, :, None], pixels)
    excess = maximum(length(pixels - matmul(member.transpose((0, 2, 1)), means)) - delta_v, 0)
    within = sum(matmul(member, (excess * excess)[:, :, None])[:, :, 0] * (share / sizes))
    pairs = share[:, :, None] * there[:, None] * (1 - xp.eye(max_embedding_dim, dtype=share.dtype))
    pairs /= xp.maximum(there.sum(1) - 1, 1)[:, None, None]
    missing = maximum(2 * delta_d - length(means[:, :, None] - means[:, None]), 0)
    return within * alpha, sum(missing * missing * pairs) * beta, sum(length(means) * share) * gamma


def _members(name: str, embeddings: Any, labels: Any, most: int) -> Array:
    """Return 1 where a pixel belongs to an instance and 0 elsewhere, shape (batch, instances, pixels)."""
    check_arrays(name, embeddings=embeddings)
    instances, shape = integers(name, "labels", labels), embeddings.shape[:1] + embeddings.shape[2:]
    if instances.shape != shape:
        raise ShapeError(
            f"{name}: labels must have shape {shape} for embeddings of {embeddings.shape}, got {instances.shape}"
        )
    if instances.size and not 0 <= int(instances.min()) <= int(instances.max()) <= most:
        got = f"{int(instances.min())} to {int(instances.max())}"
        raise ArgumentError(f"{name}: labels must be from 0 to {most}, got {got}")
    numbers = get_array_module(instances).arange(1, most + 1)[:, None]
    return (instances.reshape((len(instances), 1, -1)) == numbers).astype(embeddings.dtype)
