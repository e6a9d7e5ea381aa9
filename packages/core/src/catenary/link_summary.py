"""A table of the layers of a link: what they give, and what they cost."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catenary.link_hook import ForwardPostprocessArgs, ForwardPreprocessArgs, LinkHook
from catenary.link_mode import evaluation_mode

if TYPE_CHECKING:
    from catenary.link import Link

HEAD = ("layer", "output", "parameters", "bytes", "multiply-adds")


@dataclass(eq=False)
class Layer:
    """One row of a summary.

    Attributes:
        path: Where the link stands, such as "/body/0"; "/" for the whole.
        kind: Its class.
        output: The shapes of what its first call returned.
        parameters: The number of elements of its parameters, without those of layers that have a row of their own.
        bytes: What these and its persistent arrays take.
        multiply_adds: The multiplications with an addition of all its calls, as far as it counts them.
    """

    path: str
    kind: str
    output: str = ""
    parameters: int = 0
    bytes: int = 0
    multiply_adds: int = 0

    def texts(self) -> tuple[str, ...]:
        """Return the cells of the row."""
        depth = self.path.count("/") - (self.path == "/")
        name = self.path.rpartition("/")[2]
        layer = "  " * depth + (f"{name} ({self.kind})" if name else self.kind)
        return (layer, self.output, *(f"{n:,}" for n in (self.parameters, self.bytes, self.multiply_adds)))


class LinkSummary:
    """The layers of a link for a given input; its text is a table, in notebooks too.

    Attributes:
        layers: One row for each link that was called, in the order of the calls.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    @property
    def parameters(self) -> int:
        """The number of elements of all parameters."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def bytes(self) -> int:
        """What all parameters and persistent arrays take."""
        return sum(layer.bytes for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """The multiplications with an addition of one call, as far as the layers count them."""
        return sum(layer.multiply_adds for layer in self.layers)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        yield HEAD
        for layer in self.layers:
            yield layer.texts()
        yield ("total", "", *(f"{n:,}" for n in (self.parameters, self.bytes, self.multiply_adds)))

    def __str__(self) -> str:
        rows = list(self._rows())
        widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
        lines = []
        for row in rows:
            left = [f"{text:<{width}}" for text, width in zip(row[:2], widths[:2], strict=True)]
            right = [f"{text:>{width}}" for text, width in zip(row[2:], widths[2:], strict=True)]
            lines.append("  ".join([*left, *right]).rstrip())
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
        return f"<table><tr>{''.join(f'<th>{text}</th>' for text in head)}</tr>{body}</table>"


def _cell(text: str) -> str:
    indent = len(text) - len(text.lstrip())
    return f'<td style="text-align: left">{"&emsp;" * (indent // 2)}{html.escape(text.strip())}</td>'


def summarize(link: Link, args: tuple[Any, ...], kwargs: dict[str, Any]) -> LinkSummary:
    """Call a link once, in evaluation mode and without a graph, and return its table."""
    links: dict[int, tuple[str, Link]] = {}
    for path, below in link.namedlinks():
        links.setdefault(id(below), (path, below))  # a link that stands in two places is shown in the first
    calls = _Calls({key: Layer(path, type(below).__name__) for key, (path, below) in links.items()})
    with calls, evaluation_mode(link):
        link(*args, **kwargs)
    rows = {layer.path: layer for layer in calls.called}
    for path, below in links.values():
        # A link that is not called only holds parameters: they are shown where they are used.
        layer = rows[next(place for place in (path, *_upwards(path)) if place in rows)]
        arrays = [below.__dict__[name].array for name in below._params]
        layer.parameters += sum(a.size for a in arrays if a is not None)
        arrays += [below.__dict__[name] for name in below._persistent]
        layer.bytes += sum(getattr(a, "nbytes", 0) for a in arrays)
    return LinkSummary(calls.called)


def _upwards(path: str) -> Iterator[str]:
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        yield path


class _Calls(LinkHook):
    """Writes down what each link returns, and what it counts, in the order of the calls."""

    name = "catenary.summary"

    def __init__(self, layers: dict[int, Layer]) -> None:
        self._layers = layers
        self.called: list[Layer] = []

    def forward_preprocess(self, args: ForwardPreprocessArgs) -> None:
        layer = self._layers.get(id(args.link))
        if layer is not None and layer not in self.called:
            self.called.append(layer)

    def forward_postprocess(self, args: ForwardPostprocessArgs) -> None:
        layer = self._layers.get(id(args.link))
        if layer is not None:
            layer.output = layer.output or _shapes(args.out)
            layer.multiply_adds += args.link.multiply_adds(args.args, args.out)


def _shapes(value: Any) -> str:
    if isinstance(value, list | tuple):
        parts = [_shapes(one) for one in value]
        return "[" + ", ".join(parts[:3] + ["..."] * (len(parts) > 3)) + "]"
    return str(tuple(value.shape)) if hasattr(value, "shape") else type(value).__name__
