"""Sequential: links and functions that are called one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from catenary.chain import ChainList
from catenary.errors import ArgumentError, ArgumentTypeError, LinkError
from catenary.link import Link
from catenary.link_parts import MissingInit

Layer = Callable[..., Any]


class Sequential(ChainList):
    """Calls its layers one after the other; it is a list of them.

    A layer is a link or any callable. A tuple that one layer returns becomes the arguments of the next.

    The links among the layers are its children. Their numbers, which name the entries of model files, are those
    that Chainer gives: of more than two links, the numbers do not follow the order of the layers.

    Args:
        layers: The first layers.

    Raises:
        ArgumentTypeError: If a layer is not callable, or is a class of links.

    Example:
        >>> import catenary
        >>> net = catenary.Sequential(lambda x: x + 1, lambda x: 2 * x)
        >>> net(3)
        8
    """

    _layers: list[Layer] = cast(Any, MissingInit())

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        self._layers = []
        self.extend(layers)

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

    def insert(self, i: int, layer: Layer) -> None:
        """Insert a layer before the one of number `i`."""
        _check_layers([layer])
        i = slice(i, None).indices(len(self))[0]  # as list.insert takes it
        if isinstance(layer, Link):
            self._children.insert(self._child_number(i), layer)
        self._layers.insert(i, layer)
        self._renumber()

    def _child_number(self, i: int) -> int:
        """Return the number among the children for a link that is inserted as layer `i`.

        The rule is that of Chainer's `insert`, so that model files fit both ways.
        """
        links_before = (number for number in range(i) if isinstance(self._layers[number], Link))
        return 0 if i == 0 else next(links_before, 0) + 1

    def append(self, layer: Layer) -> None:
        """Add a layer at the end."""
        self.insert(len(self), layer)

    def extend(self, sequential: Iterable[Layer]) -> None:
        """Add the layers of another Sequential, or of any iterable, at the end."""
        layers = list(sequential)
        _check_layers(layers)
        for layer in layers:
            self.append(layer)

    def __setitem__(self, i: Any, layer: Any) -> None:
        numbers = range(len(self))[i]
        if isinstance(numbers, int):
            i, numbers, layer = slice(numbers, numbers + 1), range(numbers, numbers + 1), [layer]
        layers = list(layer)
        _check_layers(layers)
        if numbers.step != 1:
            raise ArgumentError(f"Sequential: a slice that is assigned to must have step 1, got {numbers.step}")
        del self[i]
        for number, one in enumerate(layers, numbers.start):
            self.insert(number, one)

    def __delitem__(self, i: Any) -> None:
        numbers = range(len(self))[i]
        for number in [numbers] if isinstance(numbers, int) else sorted(numbers, reverse=True):
            layer = self._layers.pop(number)
            if isinstance(layer, Link):
                self._children.remove(layer)
        self._renumber()

    def pop(self, i: int = -1) -> Layer:
        """Remove the layer of a number, the last by default, and return it."""
        return cast(Layer, super().pop(i))

    def remove(self, layer: Layer) -> None:
        """Remove the first layer that equals `layer`.

        Raises:
            LinkError: If there is none.
        """
        del self[self.index(layer)]

    def index(self, layer: Any, start: int | None = None, end: int | None = None) -> int:
        """Return the number of the first layer that equals `layer`.

        Args:
            layer: What to look for.
            start: The first number to look at.
            end: The number to stop before.

        Raises:
            LinkError: If there is none.
        """
        return super().index(layer, start, end)

    def count(self, layer: Any) -> int:
        """Return how many layers equal `layer`."""
        return self._layers.count(layer)

    def remove_by_layer_type(self, type_name: str) -> None:
        """Remove all layers of a type.

        Args:
            type_name: The name of a class of links, or of a function.
        """
        for number in range(len(self) - 1, -1, -1):
            if _type_name(self._layers[number]) == type_name:
                del self[number]

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

    def _unshare(self) -> None:
        before = list(self._children)
        super()._unshare()
        new = dict(zip(map(id, before), self._children))
        self._layers = [new.get(id(layer), layer) for layer in self._layers]

    def _named_lines(self) -> Iterator[tuple[str, str]]:
        for number, layer in enumerate(self._layers):
            yield (
                str(number),
                repr(layer) if isinstance(layer, Link) else getattr(layer, "__name__", repr(layer)),
            )


def _check_layers(layers: Iterable[object]) -> None:
    for layer in layers:
        if not callable(layer) or (isinstance(layer, type) and issubclass(layer, Link)):
            raise ArgumentTypeError(f"Sequential: expected a link or another callable, got {layer!r}")


def _type_name(layer: Layer) -> str:
    return str(getattr(layer, "__name__", type(layer).__name__))


Link.sequence_type = Sequential
