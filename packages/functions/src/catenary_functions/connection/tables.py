"""Look-up tables."""

from __future__ import annotations

from typing import Any

from catenary import as_array, function
from catenary.arithmetic import put_item
from catenary.types import Array, ArrayModule
from catenary_functions.checks import check_range, integers

__all__ = ["embed_id"]


@function
def embed_id(xp: ArrayModule, x: Array, W: Array, ignore_label: int | None = None) -> Array:
    """Look up rows of a table.

    Args:
        x: Indices, integers of any shape.
        W: The table, shape (vocabulary, features).
        ignore_label: An index that gives zeros.

    Returns:
        Shape (*x.shape, features).

    Raises:
        ArgumentError: If an index is not in the table.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.embed_id(np.array([1, 0]), np.array([[1.0], [2.0]])).array
        array([[2.],
               [1.]])
    """
    integers("embed_id", "x", x)
    if ignore_label is None:
        check_range("embed_id", "indices", x, len(W))
        return W[x]
    used = x != ignore_label
    places = xp.where(used, x, 0)
    check_range("embed_id", "indices", places, len(W))
    return W[places] * used[..., None].astype(W.dtype)


def _embed_gW(gy: Any, x: Any, W: Any, ignore_label: int | None, xp: ArrayModule) -> Any:
    x = as_array(x)
    if ignore_label is not None:
        used = x != ignore_label
        gy, x = gy * used[..., None], xp.where(used, x, 0)
    return put_item(gy, x, W.shape)


embed_id.gradient(W=_embed_gW)
