"""The nodes of the graph: one for each value that a function made.

A node leads back to the sources of its inputs: the node that made an input, the Variable itself where nothing made
it (a leaf), or None where no gradient is needed. A function with several outputs has a node of its own, and one
`OutputNode` per output that leads to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.types import Array, Shape

if TYPE_CHECKING:
    from catenary.graph.handle import VariableNode

#: Each new node takes the next, smaller number: a walk that goes by ascending numbers meets users before makers.
next_order = itertools.count(-1, -1).__next__

#: What a node passes on: the source and the gradient of each input; None where none is needed.
Pairs: TypeAlias = Sequence[tuple[Any, Any]]
#: Makes a Variable that leads to a source, from the source and the array.
VariableMaker: TypeAlias = Callable[[Any, Array], Any]


class Node:
    """One application of a function.

    Attributes:
        order: The number of the node.
        shape: The shape of the output, None for a function with several.
        dtype: The dtype of the output.
        grad: The gradient, while it is kept (`retain_grad=True`, or set by the user).
        label: The name of the function.
    """

    __slots__ = ("__weakref__", "dtype", "grad", "order", "shape")

    order: int
    shape: Shape | None
    dtype: Any
    grad: Any
    label = "?"
    outs: tuple[Any, ...] = ()  # of a function with several outputs: weak references to their nodes
    _array = None

    if TYPE_CHECKING:  # given by catenary.operators

        @property
        def inputs(self) -> tuple[VariableNode, ...]: ...
        @property
        def outputs(self) -> tuple[VariableNode | None, ...]: ...

    @property
    def _grad(self) -> Any:
        """The gradient, by the name that it has in a leaf: an unchained node is one."""
        return self.grad

    @_grad.setter
    def _grad(self, grad: Any) -> None:
        self.grad = grad

    @property
    def sources(self) -> tuple[Any, ...]:
        """The source of each input."""
        raise NotImplementedError

    @property
    def arrays(self) -> tuple[Any, ...]:
        """The arrays of the inputs, None in place of those that no rule names."""
        return (None,) * len(self.sources)

    @property
    def is_unchained(self) -> bool:
        """Whether nothing leads back from here."""
        return all(source is None for source in self.sources)

    @property
    def rank(self) -> int:
        """The number of functions on the longest way back to a leaf."""
        return rank_of(self)

    def propagate(self, gy: Any) -> Pairs:
        """Return the source and the gradient of each input."""
        raise NotImplementedError

    def twin(self, variable_of: VariableMaker | None, wanted: set[Any] | None) -> Node:
        """Return a node that propagates in another way.

        Args:
            variable_of: If given, the twin has Variables in place of the arrays that it kept.
            wanted: If given, the twin leaves out what leads elsewhere.
        """
        return self

    def unchain(self) -> None:
        """Cut the way back: the value becomes a leaf, and what was kept for the rules is freed."""
        self.order = 0
        for out in self.outs:
            if (node := out()) is not None:
                node.unchain()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"


class DeclaredNode(Node):
    """A call of a declared function; each function has a subclass of its own.

    The subclass has slots for what a call keeps: `source_x` for each input x, `array_x` for each input and
    `attribute_a` for each attribute that a rule names, `y`, `saved` and, for several outputs, `likes` and `outs`.

    Attributes:
        slots: The names of the slots of the subclass.
        input_names: The names of the inputs.
        attribute_names: The names of the attributes that are kept.
        users: For each input that is kept, the inputs whose rules name it; none where it is always kept.
        takes_list: Whether there is one input that is a list; its slots hold tuples.
        composed: The same function out of others, for gradients of higher order.
    """

    __slots__ = ()

    slots: tuple[str, ...] = ()
    input_names: tuple[str, ...] = ()
    attribute_names: tuple[str, ...] = ()
    users: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    takes_list = False
    composed: Callable[..., Any] | None = None

    @property
    def sources(self) -> tuple[Any, ...]:
        if self.takes_list:
            return getattr(self, f"source_{self.input_names[0]}")  # type: ignore[no-any-return]
        return tuple(getattr(self, f"source_{name}") for name in self.input_names)

    @property
    def arrays(self) -> tuple[Any, ...]:
        if self.takes_list:
            return getattr(self, f"array_{self.input_names[0]}", None) or super().arrays
        return tuple(getattr(self, f"array_{name}", None) for name in self.input_names)

    @property
    def attributes(self) -> tuple[Any, ...]:
        """The values of the attributes that are kept."""
        return tuple(getattr(self, f"attribute_{name}") for name in self.attribute_names)

    def twin(self, variable_of: VariableMaker | None, wanted: set[Any] | None) -> DeclaredNode:
        twin = self.__class__.__new__(self.__class__)
        for slot in ("dtype", "grad", "order", "shape", *self.slots):
            setattr(twin, slot, getattr(self, slot))
        for name in self.input_names:
            sources, arrays = getattr(self, f"source_{name}"), getattr(self, f"array_{name}", None)
            if variable_of is not None and arrays is not None:
                setattr(twin, f"array_{name}", _each(self.takes_list, variable_of, sources, arrays))
            if wanted is not None:
                kept = _each(self.takes_list, lambda s, _: s if s in wanted else None, sources, sources)
                setattr(twin, f"source_{name}", kept)
        if variable_of is not None and not isinstance(getattr(self, "y", ()), tuple):
            twin.y = variable_of(self, self.y)  # type: ignore[attr-defined]
        return twin

    def unchain(self) -> None:
        super().unchain()
        for name in self.input_names:
            source = getattr(self, f"source_{name}")
            setattr(self, f"source_{name}", (None,) * len(source) if self.takes_list else None)
        for slot in self.slots:
            if not slot.startswith("source_"):
                setattr(self, slot, None)


def _each(takes_list: bool, make: VariableMaker, sources: Any, arrays: Any) -> Any:
    """Apply `make` to the sources and arrays of an input: a pair of them, or a pair of tuples."""
    if takes_list:
        return tuple(make(source, array) for source, array in zip(sources, arrays, strict=True))
    return make(sources, arrays)


class RelayNode(Node):
    """A node that passes gradients on without any mathematics."""

    __slots__ = ("source",)

    def __init__(self, source: Any, array: Array) -> None:
        self.order = next_order()
        self.source = source
        self.shape, self.dtype, self.grad = array.shape, array.dtype, None

    @property
    def sources(self) -> tuple[Any, ...]:
        return (self.source,)

    def unchain(self) -> None:
        super().unchain()
        self.source = None


class OutputNode(RelayNode):
    """One of several outputs of a function."""

    __slots__ = ("count", "index")

    label = "output"

    def __init__(self, maker: Node, index: int, count: int, array: Array) -> None:
        super().__init__(maker, array)
        self.index, self.count = index, count

    def propagate(self, gy: Any) -> Pairs:
        gys = OutputGradients([None]) * self.count
        gys[self.index] = gy
        return ((self.source, OutputGradients(gys)),)


class AliasNode(RelayNode):
    """Another array in place of a leaf whose own array was replaced since a function used it."""

    __slots__ = ()

    label = "alias"

    def propagate(self, gy: Any) -> Pairs:
        return ((self.source, gy),)


class OutputGradients(list[Any]):
    """What arrives at a function with several outputs: one gradient per output, None where none came."""

    shape = None
    dtype = None

    def __add__(self, other: Any) -> OutputGradients:
        return OutputGradients(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))

    __iadd__ = __add__


def reachable(sources: Iterable[Any]) -> list[Node]:
    """Return all nodes on the ways from `sources` to the leaves, users before makers."""
    seen: set[Node] = set()
    stack = [source for source in sources if isinstance(source, Node)]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(source for source in node.sources if isinstance(source, Node))
    return sorted(seen, key=lambda node: node.order)


def rank_of(source: Any) -> int:
    """Return the number of functions on the longest way from a leaf to `source`."""
    ranks: dict[Any, int] = {}
    for node in reversed(reachable([source])):
        if node.is_unchained:
            continue
        before = max(ranks.get(s, 0) for s in node.sources)
        ranks[node] = before + (0 if isinstance(node, OutputNode) else 1)
    return ranks.get(source, 0)
