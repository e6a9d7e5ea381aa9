"""VariableNode: a value as one meets it when walking through a graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.errors import GraphError
from catenary.graph.node import Node, OutputNode, rank_of
from catenary.types import Array, Shape
from catenary.variable import Variable, as_array


class VariableNode:
    """A value in a graph: a leaf, or what a function made. Two handles of the same value are equal.

    Attributes:
        source: The leaf Variable, or the node of the value.

    Example:
        >>> import numpy as np
        >>> from catenary import Variable
        >>> x = Variable(np.zeros(2, np.float32), name="x")
        >>> y = x + 1
        >>> y.creator.inputs[0] == x.node
        True
    """

    requires_grad = True

    def __init__(self, source: Any) -> None:
        self.source = source

    @property
    def creator_node(self) -> Node | None:
        """The node of the function that made this value, None for a leaf."""
        node = self.source
        if not isinstance(node, Node) or node.is_unchained:
            return None
        return node.source if isinstance(node, OutputNode) else node

    @property
    def creator(self) -> Any:
        """The function that made this value, None for a leaf."""
        node = self.creator_node
        return getattr(node, "function", node)

    @property
    def data(self) -> Array:
        """The array, None if it was not kept."""
        kept = self.source._array if isinstance(self.source, Variable) else getattr(self.source, "y", None)
        return None if isinstance(kept, tuple) else kept

    @property
    def grad(self) -> Array:
        """The gradient, if it is kept."""
        return as_array(self.grad_var)

    @property
    def grad_var(self) -> Variable | None:
        """The gradient as a Variable, if it is kept."""
        return self.get_variable().grad_var

    @property
    def shape(self) -> Shape | None:
        """The shape of the value."""
        shape: Shape | None = getattr(self._like, "shape", None)
        return shape

    @property
    def dtype(self) -> Any:
        """The dtype of the value."""
        return getattr(self._like, "dtype", None)

    @property
    def _like(self) -> Any:
        return self.source._array if isinstance(self.source, Variable) else self.source

    @property
    def name(self) -> str | None:
        """The name of the leaf."""
        return self.source.name if isinstance(self.source, Variable) else None

    @property
    def label(self) -> str:
        """The shape and dtype in short, for graphs."""
        if self.shape is None:
            return "(not kept)"
        shape = "x".join(map(str, self.shape))
        return f"({shape}), {self.dtype}" if shape else f"{self.dtype}"

    @property
    def rank(self) -> int:
        """The number of functions on the longest way back to a leaf."""
        return rank_of(self.source)

    def get_variable(self) -> Variable:
        """Return the leaf, or a Variable that leads back to this value (its array may be None)."""
        if isinstance(self.source, Variable):
            return self.source
        variable = Variable.__new__(Variable)
        variable._array, variable._node = self.data, self.source
        return variable

    def get_variable_or_none(self) -> Variable | None:
        """Return the leaf; for a value in between, a Variable only if its array was kept."""
        return self.get_variable() if isinstance(self.source, Variable) or self.data is not None else None

    def retain_data(self) -> None:
        """Do nothing: what a rule names is kept anyway."""

    def set_creator(self, creator: Any) -> None:
        """Say that this leaf was made by the old-style function `creator`."""
        self.set_creator_node(getattr(creator, "node", creator))

    def set_creator_node(self, creator_node: Node) -> None:
        """Say that this leaf was made by the node `creator_node`.

        Raises:
            GraphError: If a function made this value.
        """
        if not isinstance(self.source, Variable):
            raise GraphError(f"VariableNode.set_creator_node: {self!r} was made by {self.source.label} already")
        self.source.set_creator_node(creator_node)
        self.source = creator_node

    def unchain(self) -> None:
        """Forget the function that made this value."""
        if isinstance(self.source, Node):
            self.source.unchain()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VariableNode) and self.source is other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"<VariableNode {self.name or ''}{self.label}>"


def handle_of(variable: Variable) -> VariableNode:
    """Return the handle of a Variable."""
    return VariableNode(variable if variable._node is None else variable._node)


def handles_of_inputs(node: Node) -> tuple[VariableNode, ...]:
    """Return the handles of a node's inputs; those that need no gradient stand there as constants."""
    pairs = zip(node.sources, node.arrays, strict=True)
    return tuple(VariableNode(_constant(array) if s is None else s) for s, array in pairs)


def _constant(array: Any) -> Variable:
    return Variable(np.asarray(array) if isinstance(array, float | int) else array, requires_grad=False)


def handles_of_outputs(node: Node) -> tuple[VariableNode | None, ...]:
    """Return the handles of what a node made; None in place of an output that is no longer in use."""
    if not node.outs:
        return (VariableNode(node),)
    outs = [out() for out in node.outs]
    return tuple(None if out is None else VariableNode(out) for out in outs)
