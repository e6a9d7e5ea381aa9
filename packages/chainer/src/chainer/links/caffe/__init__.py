"""Models of Caffe are no longer read."""

from __future__ import annotations

from typing import Any

from catenary.errors import NotAvailableError


class CaffeFunction:
    """A model of Caffe, which cannot be read any more.

    Args:
        model_path: A file of Caffe.

    Raises:
        NotAvailableError: Always.
    """

    def __init__(self, model_path: Any) -> None:
        raise NotAvailableError(
            f"CaffeFunction: Caffe is no longer maintained; convert {str(model_path)!r} to NPZ with an old Chainer"
        )
