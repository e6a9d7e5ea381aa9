"""Chainer's utilities: sizes of convolutions, weighted drawing, sparse matrices, type checks."""

from __future__ import annotations

import collections.abc as collections_abc  # noqa: F401
import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from chainer.utils import argument as argument, conv_nd as conv_nd, type_check as type_check
from chainer.utils.array import size_of_shape as size_of_shape, sum_to as sum_to
from chainer.utils.conv import get_conv_outsize as get_conv_outsize, get_deconv_outsize as get_deconv_outsize
from chainer.utils.experimental import experimental as experimental
from chainer.utils.nondeterministic import nondeterministic as nondeterministic
from chainer.utils.sparse import CooMatrix as CooMatrix, get_order as get_order, to_coo as to_coo
from chainer.utils.walker_alias import WalkerAlias as WalkerAlias


def force_array(x: Any, dtype: Any = None) -> Any:
    """Return a number as an array, and an array as it is.

    Args:
        x: A number or an array.
        dtype: The dtype of the result; its own by default.
    """
    return np.asarray(x, dtype) if np.isscalar(x) else (x if dtype is None else x.astype(dtype, copy=False))


def force_type(dtype: Any, value: Any) -> Any:
    """Return a number or an array in a dtype.

    Args:
        dtype: The dtype.
        value: The number or array.
    """
    return dtype.type(value) if np.isscalar(value) else (value if value.dtype == dtype else value.astype(dtype))


@contextlib.contextmanager
def tempdir(**kwargs: Any) -> Iterator[str]:
    """Make a folder for the time of a `with` block.

    Args:
        kwargs: What `tempfile.mkdtemp` takes; `ignore_errors` for its removal.
    """
    ignore_errors = kwargs.pop("ignore_errors", False)
    folder = tempfile.mkdtemp(**kwargs)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=ignore_errors)
