"""The graph behind some values as nodes and edges, and as DOT text for Graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.graph.handle import VariableNode
from catenary.variable import Variable

Style = Mapping[str, str]
_VARIABLE: Style = {"shape": "octagon", "fillcolor": "#E0E0E0", "style": "filled"}
_FUNCTION: Style = {"shape": "record", "fillcolor": "#6495ED", "style": "filled"}


class ComputationalGraph:
    """A graph of values and functions.

    Args:
        nodes: Handles of values (`VariableNode`) and functions.
        edges: Pairs of them, in the direction of the forward pass.
        variable_style: DOT attributes of values; `"default"` for the usual ones.
        function_style: DOT attributes of functions; `"default"` for the usual ones.
        rankdir: `"TB"`, `"BT"`, `"LR"` or `"RL"`: the direction of the drawing.
        remove_variable: Whether values are left out, so that functions join functions.
        show_name: Whether values show their names.
    """

    def __init__(
        self,
        nodes: Iterable[Any],
        edges: Iterable[tuple[Any, Any]],
        variable_style: Style | str | None = "default",
        function_style: Style | str | None = "default",
        rankdir: str = "TB",
        remove_variable: bool = False,
        show_name: bool = True,
    ) -> None:
        if rankdir not in ("TB", "BT", "LR", "RL"):
            raise ArgumentError(f"ComputationalGraph: rankdir must be 'TB', 'BT', 'LR' or 'RL', got {rankdir!r}")
        self.nodes = list(nodes)
        self.edges = list(edges)
        self.variable_style = _VARIABLE if not isinstance(variable_style, Mapping) else variable_style
        self.function_style = _FUNCTION if not isinstance(function_style, Mapping) else function_style
        self.rankdir = rankdir
        self.show_name = show_name
        if remove_variable:
            self._join_functions()

    def _join_functions(self) -> None:
        makers = {value: maker for maker, value in self.edges if isinstance(value, VariableNode)}
        self.edges = [
            (makers[value], user) for value, user in self.edges if isinstance(value, VariableNode) and value in makers
        ]
        self.nodes = [node for node in self.nodes if not isinstance(node, VariableNode)]

    def dump(self, format: str = "dot") -> str:
        """Return the graph as text.

        Args:
            format: Only `"dot"`.

        Raises:
            ArgumentError: If it is another format.
        """
        if format != "dot":
            raise ArgumentError(f"ComputationalGraph.dump: only the format 'dot' is known, got {format!r}")
        names = {node: f"n{i}" for i, node in enumerate(self.nodes)}
        lines = [f"digraph graphname{{rankdir={self.rankdir};"]
        lines += [f"{names[node]} [{self._attributes(node)}];" for node in self.nodes]
        lines += [f"{names[a]} -> {names[b]};" for a, b in self.edges]
        return "\n".join([*lines, "}"])

    def _attributes(self, node: Any) -> str:
        is_value = isinstance(node, VariableNode)
        label = f"{node.name}: {node.label}" if is_value and self.show_name and node.name else node.label
        style = {"label": label, **(self.variable_style if is_value else self.function_style)}
        return ",".join(f'{key}="{_escaped(value)}"' for key, value in style.items())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def build_computational_graph(
    outputs: Variable | Iterable[Any],
    remove_split: bool = True,
    variable_style: Style | str | None = "default",
    function_style: Style | str | None = "default",
    rankdir: str = "TB",
    remove_variable: bool = False,
    show_name: bool = True,
) -> ComputationalGraph:
    """Return the graph of everything that the outputs were computed from.

    Args:
        outputs: A Variable or several; handles of values work, too.
        remove_split: Accepted for old code; there are no split functions.
        variable_style: DOT attributes of values.
        function_style: DOT attributes of functions.
        rankdir: The direction of the drawing: `"TB"`, `"BT"`, `"LR"` or `"RL"`.
        remove_variable: Whether values are left out, so that functions join functions.
        show_name: Whether values show their names.

    Raises:
        ArgumentTypeError: If an output is no Variable.

    Example:
        >>> import numpy as np, catenary
        >>> x = catenary.Variable(np.zeros(2, np.float32), name="x")
        >>> graph = catenary.build_computational_graph(x + 1)
        >>> [node.label for node in graph.nodes]
        ['(2), float32', 'add', '(2), float32']
    """
    stack = []
    for y in outputs if isinstance(outputs, Iterable) and not isinstance(outputs, Variable) else [outputs]:
        if not isinstance(y, Variable | VariableNode):
            raise ArgumentTypeError(f"build_computational_graph: outputs must be Variables, got {type(y).__name__}")
        stack.append(y.node if isinstance(y, Variable) else y)
    nodes: dict[Any, None] = dict.fromkeys(stack)
    edges: dict[tuple[Any, Any], None] = {}
    while stack:
        value = stack.pop()
        maker = value.creator_node
        if maker is None:
            continue
        nodes[maker] = edges[maker, value] = None
        for source in maker.sources:
            if source is None:
                continue
            given = VariableNode(source)
            if given not in nodes:
                stack.append(given)
            nodes[given] = edges[given, maker] = None
    return ComputationalGraph(nodes, edges, variable_style, function_style, rankdir, remove_variable, show_name)
