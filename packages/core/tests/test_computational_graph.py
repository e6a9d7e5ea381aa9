"""The graph as nodes and edges, and as DOT text."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Variable, build_computational_graph
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import Array

STATEMENT = re.compile(r'^(n\d+) (?:-> (n\d+)|\[((?:\w+="(?:[^"\\]|\\.)*",?)+)\]);$')


def leaf(name: str | None = None) -> Variable:
    return Variable(np.zeros((2, 3), np.float32), name=name)


def parse(text: str) -> tuple[dict[str, dict[str, str]], list[tuple[str, str]], str]:
    """Return the attributes of the nodes, the edges and the direction of a DOT text."""
    first, *statements, last = text.split("\n")
    head = re.fullmatch(r"digraph graphname\{rankdir=(\w\w);", first)
    assert head
    assert last == "}"
    nodes: dict[str, dict[str, str]] = {}
    edges = []
    for statement in statements:
        match = STATEMENT.match(statement)
        assert match, statement
        if match[2]:
            edges.append((match[1], match[2]))
        else:
            nodes[match[1]] = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[3]))
    assert {end for edge in edges for end in edge} <= set(nodes)
    return nodes, edges, head[1]


def labelled(text: str) -> set[tuple[str, str]]:
    nodes, edges, _ = parse(text)
    return {(nodes[a]["label"], nodes[b]["label"]) for a, b in edges}


@catenary.several_outputs
def halves(_: Any, x: Array) -> Any:
    """Return the rows."""
    return x[:1], x[1:]


halves.gradient(x=lambda gys: gys[0])


def test_nodes_and_edges() -> None:
    x, w = leaf("x"), leaf("w")
    h = x * w
    y = h + h
    graph = build_computational_graph(y)
    values, functions = {x.node, w.node, h.node, y.node}, {h.creator, y.creator}
    assert set(graph.nodes) == values | functions
    assert len(graph.nodes) == 6
    assert set(graph.edges) == {
        (x.node, h.creator),
        (w.node, h.creator),
        (h.creator, h.node),
        (h.node, y.creator),
        (y.creator, y.node),
    }


def test_several_outputs_share_what_is_behind_them() -> None:
    x = leaf("x")
    a, b = x + 1, -x
    graph = build_computational_graph([a, b.node])
    assert len(graph.nodes) == 5
    top, bottom = halves(x)
    graph = build_computational_graph((top, bottom))
    assert set(graph.edges) == {(x.node, top.creator), (top.creator, top.node), (top.creator, bottom.node)}


def test_a_leaf_and_a_long_chain() -> None:
    x = leaf("x")
    assert build_computational_graph(x).nodes == [x.node]
    y = x
    for _ in range(5000):
        y = -y
    assert len(build_computational_graph(y).nodes) == 10001


def test_dot() -> None:
    x, w = leaf("x"), leaf()
    text = build_computational_graph((x * w).sum()).dump()
    assert labelled(text) == {
        ("x: (2x3), float32", "mul"),
        ("(2x3), float32", "mul"),
        ("mul", "(2x3), float32"),
        ("(2x3), float32", "sum"),
        ("sum", "float32"),
    }
    nodes, _, direction = parse(text)
    assert direction == "TB"
    assert {n["shape"] for n in nodes.values()} == {"octagon", "record"}


def test_styles_names_and_direction() -> None:
    x = leaf("x")
    graph = build_computational_graph(
        -x, variable_style={"shape": "circle"}, function_style={"color": 'a"b\\c'}, rankdir="LR", show_name=False
    )
    nodes, _, direction = parse(graph.dump())
    assert direction == "LR"
    assert sorted(tuple(n.items()) for n in nodes.values()) == [
        (("label", "(2x3), float32"), ("shape", "circle")),
        (("label", "(2x3), float32"), ("shape", "circle")),
        (("label", "neg"), ("color", 'a\\"b\\\\c')),
    ]


def test_remove_variable() -> None:
    x = leaf("x")
    graph = build_computational_graph((-x) * x + 1, remove_variable=True)
    assert labelled(graph.dump()) == {("neg", "mul"), ("mul", "add")}
    assert [node.label for node in graph.nodes].count("neg") == 1
    assert len(graph.nodes) == 3


def test_classes_as_functions() -> None:
    class Twice(catenary.Function):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0] * 2,)

    assert ("Twice", "(2x3), float32") in labelled(build_computational_graph(Twice()(leaf())).dump())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: build_computational_graph([3]), ArgumentTypeError, "outputs must be Variables, got int"),
        (lambda: build_computational_graph(leaf(), rankdir="up"), ArgumentError, "rankdir must be 'TB', .* got 'up'"),
        (lambda: build_computational_graph(leaf()).dump("png"), ArgumentError, "only the format 'dot' .* got 'png'"),
    ],
)
def test_misuse(call: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        call()
