"""VariableNode: a value as one meets it when walking through a graph."""

from __future__ import annotations

from typing import Any

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
        shape: Shape | None = self.source.shape
        return shape

    @property
    def dtype(self) -> Any:
        """The dtype of the value."""
        return self.source.dtype

    @property
    def name(self) -> str | None:
        """The name of the leaf."""
        return self.source.name if isinstance(self.source, Variable) else None

    @property
    def label(self) -> str:
        """The shape and dtype in short, for graphs."""
        shape = "x".join(map(str, self.shape or ()))
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
    return tuple(VariableNode(Variable(array, requires_grad=False) if s is None else s) for s, array in pairs)


def handles_of_outputs(node: Node) -> tuple[VariableNode, ...]:
    """Return the handle of what a node made."""
    return (VariableNode(node),)
