"""Softmax over the leaves of a binary tree."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Link, Parameter, Variable, as_array
from catenary.device_resident import DeviceResidentsVisitor
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import DType
from catenary_links.initializers import Uniform
from catenary_links.sizes import checked_size

Way = list[tuple[int, int]]


class BinaryHierarchicalSoftmax(Link):
    """A loss over classes that are the leaves of a binary tree: one decision at each node on the way.

    It looks at as many nodes as the leaf is deep, not at all classes.

    Source: Morin, Bengio, "Hierarchical Probabilistic Neural Network Language Model" (2005).

    Args:
        in_size: The number of inputs.
        tree: The tree: a class, or a pair of trees. `create_huffman_tree` makes one.
        dtype: The dtype of `W`; None for the setting `dtype`.

    Attributes:
        W: One row for each inner node, shape (nodes, inputs); drawn evenly from -1 to 1.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> tree = L.BinaryHierarchicalSoftmax.create_huffman_tree({0: 8, 1: 5, 2: 6, 3: 4})
        >>> tree
        ((3, 1), (2, 0))
        >>> L.BinaryHierarchicalSoftmax(5, tree)(np.zeros((2, 5), np.float32), np.array([0, 3])).array.round(3)
        np.float32(2.773)
    """

    def __init__(self, in_size: int, tree: Any, dtype: DType | None = None) -> None:
        super().__init__()
        ways, nodes = _ways(tree)
        leaves, depth = max(ways) + 1, max(map(len, ways.values()))
        paths, codes = np.zeros((leaves, depth), np.int32), np.zeros((leaves, depth), np.int8)
        for leaf, way in ways.items():
            for k, (node, code) in enumerate(way):
                paths[leaf, k], codes[leaf, k] = node, code
        self._paths, self._codes = self.device.send((paths, codes))
        with self.init_scope():
            size = checked_size("BinaryHierarchicalSoftmax", "in_size", in_size)
            self.W = Parameter(Uniform(1.0, dtype), (nodes, size))

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameter and the tables of the tree to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        self._paths, self._codes = visitor.visit_array(self._paths), visitor.visit_array(self._codes)

    @staticmethod
    def create_huffman_tree(word_counts: Mapping[int, float]) -> Any:
        """Return the tree with the shortest ways on average: frequent classes stand near its root.

        Source: Huffman, "A Method for the Construction of Minimum-Redundancy Codes" (1952).

        Args:
            word_counts: How often each class occurs.

        Raises:
            ArgumentError: If there is no class.
        """
        if not word_counts:
            raise ArgumentError("create_huffman_tree: word_counts must not be empty")
        # The number breaks ties: the older tree comes first.
        waiting: list[tuple[float, int, Any]] = [(n, i, word) for i, (word, n) in enumerate(word_counts.items())]
        heapq.heapify(waiting)
        for number in range(len(waiting), 2 * len(waiting) - 1):
            (n, _, left), (m, _, right) = heapq.heappop(waiting), heapq.heappop(waiting)
            heapq.heappush(waiting, (n + m, number, (left, right)))
        return waiting[0][2]

    def forward(self, x: Any, t: Any) -> Variable:
        """Return the sum of the losses.

        Args:
            x: Input, shape (batch, inputs).
            t: True classes, integers of shape (batch,); -1 is not counted.

        Raises:
            ArgumentError: If a class is no leaf of the tree.
        """
        labels, xp = as_array(t), self.xp
        leaves = len(self._codes)
        if labels.size and not (int(labels.min()) >= -1 and int(labels.max()) < leaves):
            raise ArgumentError(
                f"BinaryHierarchicalSoftmax: t must hold classes below {leaves}, or -1, got {int(labels.min())} to "
                f"{int(labels.max())}"
            )
        codes = xp.where((labels != -1)[:, None], self._codes[labels], 0)
        if bool(((codes == 0).all(1) & (labels != -1)).any()):
            raise ArgumentError("BinaryHierarchicalSoftmax: t holds a class that is no leaf of the tree")
        codes = codes.astype(x.dtype)
        scores = F.matmul(F.embed_id(self._paths[labels], self.W), F.expand_dims(x, 2))[:, :, 0]
        return F.sum(F.softplus(scores * -codes) * abs(codes))


def _ways(tree: Any) -> tuple[dict[int, Way], int]:
    """Return the way to each leaf, as numbers of nodes and 1 (left) or -1 (right), and the number of nodes.

    Nodes are numbered as they are met, the left ones first.
    """
    ways: dict[int, Way] = {}
    nodes, waiting = 0, [(tree, Way())]
    while waiting:
        part, way = waiting.pop()
        if isinstance(part, tuple | list):
            if len(part) != 2:
                raise ArgumentError(f"BinaryHierarchicalSoftmax: tree must have pairs as nodes, got {part!r}")
            waiting += [(part[1], [*way, (nodes, -1)]), (part[0], [*way, (nodes, 1)])]
            nodes += 1
        elif isinstance(part, bool) or not isinstance(part, int | np.integer):
            raise ArgumentTypeError(f"BinaryHierarchicalSoftmax: tree must have integers as leaves, got {part!r}")
        elif part < 0:
            raise ArgumentError(f"BinaryHierarchicalSoftmax: tree must have classes from 0, got {part}")
        elif part in ways:
            raise ArgumentError(f"BinaryHierarchicalSoftmax: tree must have each class once, got {part} again")
        else:
            ways[int(part)] = way
    if not nodes:
        raise ArgumentError(f"BinaryHierarchicalSoftmax: tree must have two leaves or more, got {tree!r}")
    return ways, nodes
