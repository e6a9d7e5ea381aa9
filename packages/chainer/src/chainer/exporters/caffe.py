"""Models are no longer written for Caffe."""

from __future__ import annotations

from typing import Any, NoReturn

from catenary.errors import NotAvailableError


def export(
    model: Any, args: Any, directory: Any = None, export_params: bool = True, graph_name: str = "Graph"
) -> NoReturn:
    """Say that there is no Caffe any more.

    Args:
        model: A link.
        args: Its arguments.
        directory: Where to write.
        export_params: Whether to write parameters.
        graph_name: A name.

    Raises:
        NotAvailableError: Always.
    """
    raise NotAvailableError("chainer.exporters.caffe.export: Caffe is no longer maintained")
