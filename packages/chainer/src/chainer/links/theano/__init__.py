"""Functions of Theano are no longer available."""

from __future__ import annotations

from typing import Any

from catenary.errors import NotAvailableError


class TheanoFunction:
    """A function of Theano, which cannot be made any more.

    Args:
        inputs: Variables of Theano.
        outputs: Variables of Theano.

    Raises:
        NotAvailableError: Always.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        raise NotAvailableError("TheanoFunction: Theano is no longer maintained; write it with catenary.function")
