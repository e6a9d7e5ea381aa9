"""Dropout and its kin."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, Variable, config, function, get_device_from_array, widens_half
from catenary.arithmetic import matmul
from catenary.errors import ArgumentError, ShapeError
from catenary.types import Array, ArrayModule, Shape
from catenary_functions.array.choosing import where
from catenary_functions.checks import check_arrays, check_ndim, check_same_shape
from catenary_functions.connection.affine_maps import linear
from catenary_functions.math.elementwise import identity

__all__ = ["drop_path", "dropout", "simplified_dropconnect", "zoneout"]


def dropout(x: Any, ratio: float = 0.5, *, mask: Array | None = None, return_mask: bool = False) -> Any:
    """Set elements to zero at random and scale the others up, in training only.

    Source: Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).

    Args:
        x: Input of any shape.
        ratio: The probability of zero, at least 0 and below 1.
        mask: The factors to use instead of drawing them, of the shape of `x`.
        return_mask: Whether to return the factors, too.

    Returns:
        A Variable; a tuple of it and the factors (None outside of training) if `return_mask`.

    Raises:
        ArgumentError: If the ratio is out of range.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> with catenary.using_config("train", False):
        ...     F.dropout(np.ones(3)).array
        array([1., 1., 1.])
    """
    _check_ratio("dropout", ratio)
    if not config.train:
        y, mask = identity(x), None
    elif not ratio and mask is None and not return_mask:
        y = identity(x)  # nothing is drawn
    else:
        if mask is None:
            mask = draw_mask(x, ratio)
        y = scaled(x, mask)
    return (y, mask) if return_mask else y


def _check_ratio(name: str, ratio: float) -> None:
    if not 0.0 <= ratio < 1.0:
        raise ArgumentError(f"{name}: ratio must be at least 0 and below 1, got {ratio}")


def draw_mask(x: Any, ratio: float, shape: Shape | None = None) -> Array:
    """Return random factors for dropout: 0, or what keeps the expected value.

    Args:
        x: The input, for dtype and device.
        ratio: The probability of 0.
        shape: The shape; that of `x` if None.
    """
    return get_device_from_array(x).drop_mask(x.shape if shape is None else shape, ratio, x.dtype)


@function
def scaled(_: ArrayModule, x: Array, mask: Array, *, saved: Saved = PER_CALL) -> Array:
    """Multiply by constant factors."""
    saved.mask = mask
    return x * mask


scaled.gradient(x=lambda gy, saved: gy * saved.mask)


def drop_path(x: Any, ratio: float) -> Variable:
    """Set whole examples to zero at random and scale the others up, in training only: stochastic depth.

    Source: Huang et al., "Deep Networks with Stochastic Depth" (2016).

    Args:
        x: Input, shape (batch, ...): what a block adds to its input.
        ratio: The probability of zero, at least 0 and below 1.

    Raises:
        ArgumentError: If the ratio is out of range.

    Example:
        >>> import numpy as np, catenary, catenary.functions as F
        >>> with catenary.using_config("train", False):
        ...     F.drop_path(np.ones(3), 0.5).array
        array([1., 1., 1.])
    """
    _check_ratio("drop_path", ratio)
    check_arrays("drop_path", x=x)
    if x.ndim == 0:
        raise ShapeError("drop_path: x must have a batch axis, got shape ()")
    return scaled(x, draw_mask(x, ratio, (len(x), *[1] * (x.ndim - 1)))) if config.train else identity(x)


def zoneout(h: Any, x: Any, ratio: float = 0.5) -> Variable:
    """Keep elements of an old state at random, and take the new one elsewhere; outside of training, all are new.

    Source: Krueger et al., "Zoneout: Regularizing RNNs by Randomly Preserving Hidden Activations" (2017).

    Args:
        h: The old state, of any shape.
        x: The new state, of the same shape.
        ratio: The probability of the old element.

    Raises:
        ShapeError: If the shapes differ.
        ArgumentError: If the ratio is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.zoneout(np.zeros(3), np.ones(3), ratio=0.0).array
        array([1., 1., 1.])
    """
    check_same_shape("zoneout", h, x)
    if not 0.0 <= ratio <= 1.0:
        raise ArgumentError(f"zoneout: ratio must be from 0 to 1, got {ratio}")
    if config.train:
        return where(get_device_from_array(x).random.random(x.shape, "float32") < ratio, h, x)
    y: Variable = identity(x)
    return y


@widens_half
def simplified_dropconnect(
    x: Any,
    W: Any,
    b: Any = None,
    ratio: float = 0.5,
    train: bool = True,
    mask: Array | None = None,
    use_batchwise_mask: bool = True,
) -> Variable:
    """Return x W^T + b with weights set to zero at random, and the others scaled up.

    Source: Wan et al., "Regularization of Neural Networks using DropConnect" (2013), without its noise at test time.

    Args:
        x: Input, shape (batch, ...); the axes after the batch are taken as one.
        W: Weight, shape (outputs, inputs).
        b: Bias, shape (outputs,).
        ratio: The probability of zero, at least 0 and below 1.
        train: Whether to do it; otherwise it is `linear`, whatever the setting `train` says.
        mask: 1 where weights stay and 0 elsewhere, shape (batch, outputs, inputs) or (outputs, inputs); drawn if None.
        use_batchwise_mask: Whether each example has a mask of its own.

    Raises:
        ShapeError: If the shapes do not fit.
        ArgumentError: If the ratio is out of range.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> x, W, mask = np.ones((1, 2)), np.ones((1, 2)), np.array([[True, False]])
        >>> F.simplified_dropconnect(x, W, mask=mask, use_batchwise_mask=False).array
        array([[2.]])
    """
    _check_ratio("simplified_dropconnect", ratio)
    if not train:
        return linear(x, W, b)
    check_arrays("simplified_dropconnect", x=x)
    check_ndim("simplified_dropconnect", "W", W, 2, "(outputs, inputs)")
    x = x.reshape((len(x), -1))
    if x.shape[1] != W.shape[1]:
        raise ShapeError(f"simplified_dropconnect: x has {x.shape[1]} features, W expects {W.shape[1]}")
    shape = (len(x), *W.shape) if use_batchwise_mask else W.shape
    if mask is None:
        factors = draw_mask(W, ratio, shape)
    elif mask.shape != shape:
        raise ShapeError(f"simplified_dropconnect: mask must have shape {shape}, got {mask.shape}")
    else:
        factors = mask * W.dtype.type(1 / (1 - ratio))
    if not use_batchwise_mask:
        return linear(x, W * factors, b)
    y: Variable = matmul(W * factors, x[:, :, None])[:, :, 0]
    return y if b is None else y + b
