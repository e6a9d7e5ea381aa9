"""Arrays made by initializers."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import config, get_device
from catenary.device.device import HOST
from catenary.errors import ArgumentError
from catenary.parameter import make_array
from catenary.types import Array, ArrayModule, DType, InitializerSpec, Shape


def generate_array(
    initializer: InitializerSpec,
    shape: int | Shape,
    xp: ArrayModule,
    dtype: DType | None = None,
    device: Any = None,
) -> Array:
    """Return a new array that an initializer has filled.

    Args:
        initializer: A callable that fills an array in place, a number, or an array.
        shape: The shape.
        xp: The array module; with `numpy` the array lives on the host, otherwise on the current device.
        dtype: The dtype; None for that of the initializer, or the setting `dtype`.
        device: Where the array lives, as for `get_device`, in place of what `xp` says.

    Raises:
        ArgumentError: If the initializer is for another dtype.

    Example:
        >>> import numpy as np
        >>> from catenary import initializers
        >>> initializers.generate_array(initializers.One(), 2, np)
        array([1., 1.], dtype=float32)
    """
    own = getattr(initializer, "dtype", None)
    if dtype is not None and own is not None and callable(initializer) and np.dtype(dtype) != np.dtype(own):
        raise ArgumentError(f"generate_array: the initializer is for {np.dtype(own)}, dtype is {np.dtype(dtype)}")
    kind = dtype if dtype is not None else own if own is not None else config.dtype
    place = get_device(device) if device is not None else HOST if xp is np else get_device()
    return make_array(initializer, shape, place, np.dtype(kind))
