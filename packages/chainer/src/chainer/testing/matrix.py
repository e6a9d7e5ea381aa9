"""Matrices with given singular values."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import ArgumentError, ArgumentTypeError


def generate_matrix(shape: Any, dtype: Any = float, **kwargs: Any) -> Any:
    """Return random matrices with given singular values.

    Args:
        shape: The shape: any axes, then rows and columns.
        dtype: A floating-point or complex dtype.
        kwargs: `singular_values`, one or more numbers.

    Raises:
        ArgumentError: If there are fewer than two axes.
        ArgumentTypeError: If the dtype is another one, or arguments are missing or unknown.

    Example:
        >>> import numpy as np
        >>> from chainer import testing
        >>> bool(np.allclose(np.linalg.det(testing.generate_matrix((3, 3), singular_values=2)) ** 2, 64))
        True
    """
    if len(shape) < 2:
        raise ArgumentError(f"generate_matrix: shape must have two axes or more, got {shape}")
    if np.dtype(dtype).kind not in "fc":
        raise ArgumentTypeError(f"generate_matrix: dtype must be one of real or complex numbers, got {dtype}")
    if set(kwargs) != {"singular_values"}:
        raise ArgumentTypeError(f"generate_matrix: takes singular_values and no other keyword, got {sorted(kwargs)}")
    drawn = np.random.standard_normal(shape)
    if np.dtype(dtype).kind == "c":
        drawn = drawn + 1j * np.random.standard_normal(shape)
    u, s, vh = np.linalg.svd(drawn, full_matrices=False)
    values = np.broadcast_to(kwargs["singular_values"], s.shape)
    return ((u * values[..., None, :]) @ vh).astype(dtype)
