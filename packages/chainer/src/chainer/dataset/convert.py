"""Chainer's converters: Catenary's, and two helpers that code for other data sets uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary.dataset import (
    Converter as Converter,
    concat_examples as concat_examples,
    converter as converter,
    to_device as to_device,
)
from chainer.dataset import ConcatWithAsyncTransfer as ConcatWithAsyncTransfer


def _concat_arrays(arrays: Sequence[Any], padding: Any) -> Any:
    """Return numbers or arrays in one array.

    Args:
        arrays: They.
        padding: A number that fills up arrays of different shapes; None if they have one shape.
    """
    return concat_examples(arrays, padding=padding)


def _concat_arrays_with_padding(arrays: Sequence[Any], padding: Any) -> Any:
    """Return arrays of different shapes in one array.

    Args:
        arrays: They.
        padding: The number that fills them up.
    """
    return concat_examples(arrays, padding=padding)
