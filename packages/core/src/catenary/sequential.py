"""Sequential: links and functions that are called one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from catenary.chain import ChainList
from catenary.errors import ArgumentTypeError, LinkError
from catenary.link import Link
from catenary.link_parts import MissingInit

Layer = Callable[..., Any]


class Sequential(ChainList):
    """Calls its layers one after the other; it is a list of them.

    A layer is a link or any callable. A tuple that one layer returns becomes the arguments of the next. The
    links among the layers are its children, numbered without counting the others.

    Args:
        layers: The first layers.

    Example:
        >>> import catenary
        >>> net = catenary.Sequential(lambda x: x + 1, lambda x: 2 * x)
        >>> net(3)
        8
    """

    _layers: list[Layer] = cast(Any, MissingInit())

    def __init__(self, *layers: Layer) -> None:
        super().__init__(*cast(Any, layers))

    def forward(self, *x: Any) -> Any:
        """Call the layers one after the other.

        Args:
            x: The arguments of the first layer.

        Returns:
            What the last layer returns.

        Raises:
            LinkError: If there is no layer.
        """
        if not self._layers:
            raise LinkError("Sequential: calling it needs at least one layer, and it has none")
        out: Any = x
        for layer in self._layers:
            out = layer(*out) if isinstance(out, tuple) else layer(out)
        return out

    def append(self, layer: Layer) -> None:
        """Add a layer at the end."""
        self.insert(len(self), layer)

    def pop(self, i: int = -1) -> Layer:
        """Remove the layer of a number, the last by default, and return it."""
        return cast(Layer, super().pop(i))

    def remove(self, layer: Layer) -> None:
        """Remove the first layer that equals `layer`.

        Raises:
            LinkError: If there is none.
        """
        del self[self.index(layer)]

    def remove_by_layer_type(self, type_name: str) -> None:
        """Remove all layers of a type.

        Args:
            type_name: The name of a class of links, or of a function.
        """
        self._replace([layer for layer in self._layers if _type_name(layer) != type_name])

    def count_by_layer_type(self, type_name: str) -> int:
        """Return how many layers are of a type.

        Args:
            type_name: The name of a class of links, or of a function.
        """
        return [_type_name(layer) for layer in self._layers].count(type_name)

    def flatten(self) -> Sequential:
        """Return a Sequential in which the layers of each Sequential inside stand in its place."""
        layers: list[Layer] = []
        for layer in self._layers:
            layers += layer.flatten() if isinstance(layer, Sequential) else [layer]
        return Sequential(*layers)

    def __add__(self, other: Sequential) -> Sequential:
        """Return a Sequential of the layers of both."""
        if not isinstance(other, Sequential):
            raise ArgumentTypeError(f"Sequential +: expected a Sequential, got {type(other).__name__}")
        return Sequential(*self, *other)

    def _items(self) -> list[Any]:
        return self._layers

    def _replace(self, items: list[Any]) -> None:
        for item in items:
            if not callable(item) or (isinstance(item, type) and issubclass(item, Link)):
                raise ArgumentTypeError(f"Sequential: expected a link or another callable, got {item!r}")
        super()._replace([item for item in items if isinstance(item, Link)])
        self._layers = items

    def _named_lines(self) -> Iterator[tuple[str, str]]:
        for number, layer in enumerate(self._layers):
            yield str(number), repr(layer) if isinstance(layer, Link) else getattr(layer, "__name__", repr(layer))


def _type_name(layer: Layer) -> str:
    return str(getattr(layer, "__name__", type(layer).__name__))


Link.sequence_type = Sequential
