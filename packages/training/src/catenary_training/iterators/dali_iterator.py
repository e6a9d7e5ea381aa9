"""The iterator of Chainer that Catenary leaves out."""

from __future__ import annotations

from typing import Any

from catenary.errors import NotAvailableError


class DaliIterator:
    """Say that there is no iterator over the pipelines of NVIDIA DALI.

    Args:
        pipeline: A pipeline.
        repeat: Whether to begin again after the last example.

    Raises:
        NotAvailableError: Always.

    Example:
        >>> from catenary.iterators import DaliIterator
        >>> DaliIterator(None)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        catenary.errors.NotAvailableError: DaliIterator: ...
    """

    def __init__(self, pipeline: Any, repeat: bool = True) -> None:
        raise NotAvailableError(
            "DaliIterator: pipelines of NVIDIA DALI need a GPU and a library that Catenary does not support; "
            "load and change images in the data set, and use MultiprocessIterator"
        )
