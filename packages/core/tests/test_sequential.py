from __future__ import annotations

import copy
import functools
import pickle

import numpy as np
import pytest

from catenary import ChainList, Link, Sequential
from catenary.errors import ArgumentError, ArgumentTypeError, LinkError


class Add(Link):
    """Adds its persistent number."""

    def __init__(self, number):
        super().__init__(W=1)
        self.number = number

    def forward(self, x):
        return x + self.number


def double(x):
    return 2 * x


def negate(x):
    return -x


# --- calling ---


def test_layers_are_called_one_after_the_other():
    assert Sequential(Add(1), double, Add(3))(10) == 25


@pytest.mark.parametrize(
    ("layers", "arguments", "expected"),
    [
        ([lambda a, b: a - b], (5, 3), 2),
        ([lambda a: (a, 1), lambda a, b: a - b], (5,), 4),
        ([lambda a: [a, a], lambda a: a], (5,), [5, 5]),
        ([lambda a: {"q": a}, lambda a: a], (5,), {"q": 5}),
        ([lambda: 3], (), 3),
        ([np.add], (1, 2), 3),
    ],
)
def test_a_tuple_becomes_the_arguments_of_the_next_layer(layers, arguments, expected):
    assert Sequential(*layers)(*arguments) == expected


def test_calling_without_layers_is_an_error():
    with pytest.raises(LinkError, match="needs at least one layer"):
        Sequential()(1)


# --- as a list ---


def texts(net):
    return [getattr(layer, "__name__", None) or layer.number for layer in net]


def test_it_is_a_list_of_its_layers():
    one, two, three = Add(1), Add(2), Add(3)
    net = Sequential(one, double)
    net.append(two)
    net.insert(-1, negate)
    net.extend(Sequential(three))
    assert texts(net) == [1, "double", "negate", 2, 3]
    assert net.pop() is three
    assert net.pop(0) is one
    net.remove(negate)
    assert texts(net) == ["double", 2]
    net[0] = one
    net[1:1] = [double, double]
    assert texts(net) == [1, "double", "double", 2]
    del net[1]
    net += Sequential(negate)
    assert texts(net) == [1, "double", 2, "negate"]
    assert (len(net), net[-1], net[1:3], net.count(double)) == (4, negate, [double, two], 1)
    assert double in net
    assert one in net
    assert three not in net
    net.reverse()
    assert texts(net) == ["negate", 2, "double", 1]
    net.clear()
    assert len(net) == 0


def test_index_searches_between_start_and_end():
    one = Add(1)
    net = Sequential(one, double, one)
    assert (net.index(double), net.index(one), net.index(one, 1), net.index(one, -3, None)) == (1, 0, 2, 0)
    with pytest.raises(LinkError, match="is not among its items"):
        net.index(one, 1, 2)


def test_adding_makes_a_new_sequential():
    left, right = Sequential(Add(1)), Sequential(double)
    both = left + right
    assert type(both) is Sequential
    assert texts(both) == [1, "double"]
    assert (len(left), len(right)) == (1, 1)


def test_layers_are_counted_and_removed_by_type():
    net = Sequential(Add(1), double, Add(2), double, functools.partial(negate), lambda x: x)
    assert [net.count_by_layer_type(t) for t in ("Add", "double", "partial", "<lambda>", "x")] == [2, 2, 1, 1, 0]
    net.remove_by_layer_type("Add")
    net.remove_by_layer_type("double")
    assert len(net) == 2
    assert list(net.children()) == []


def test_flattening_takes_the_layers_out_of_inner_sequentials():
    one, two, three = Add(1), Add(2), Add(3)
    net = Sequential(one, Sequential(double, Sequential(two)), ChainList(three))
    flat = net.flatten()
    assert type(flat) is Sequential
    assert list(flat)[:3] == [one, double, two]
    assert len(flat) == 4
    assert len(net) == 3


# --- as a link ---


def test_the_children_are_the_links_numbered_without_the_functions():
    net = Sequential(double, Add(1), double, Sequential(Add(2)))
    assert [path for path, _ in net.namedlinks()] == ["/", "/0", "/1", "/1/0"]
    assert [path for path, _ in net.namedparams()] == ["/0/W", "/1/0/W"]
    del net[1]
    assert [path for path, _ in net.namedparams()] == ["/0/0/W"]
    assert net[2].name == "0"
    net.add_link(Add(3))
    assert net(1) == ((2 * 1) * 2 + 2) + 3


def change(net, *steps):
    for method, *arguments in steps:
        getattr(net, method)(*arguments)
    return net


@pytest.mark.parametrize(
    ("net", "layers", "children"),
    [
        (lambda a, b, c, d, e, f: Sequential(a, b, c, d, e, f), "abcdef", "afedcb"),
        (lambda a, b, c, d, e, f: Sequential(double, a, b, c, d, e, f), "-abcdef", "abfedc"),
        (lambda a, b, c, d, e, f: Sequential(a, double, b, double, c, double, d), "a-b-c-d", "adcb"),
        (lambda a, b, c, d, e, f: Sequential(double, a, double, b, double, c, double, d), "-a-b-c-d", "abdc"),
        (lambda a, b, c, d, e, f: Sequential(double, double, a, b, c, d), "--abcd", "abcd"),
        (lambda a, b, c, d, e, f: change(Sequential(a, b, c), ("insert", 1, d)), "adbc", "adcb"),
        (lambda a, b, c, d, e, f: change(Sequential(a, b, c), ("insert", 0, d)), "dabc", "dacb"),
        (lambda a, b, c, d, e, f: change(Sequential(a, b, c, d), ("pop", 1)), "acd", "adc"),
        (lambda a, b, c, d, e, f: change(Sequential(a, b, c, d), ("__setitem__", 1, f)), "afcd", "afdc"),
        (lambda a, b, c, d, e, f: change(Sequential(a, b), ("extend", Sequential(c, d))), "abcd", "adcb"),
        (lambda a, b, c, d, e, f: Sequential(a, b) + Sequential(c, d), "abcd", "adcb"),
        (lambda a, b, c, d, e, f: Sequential(a, b, c, d).copy(), "abcd", "adcb"),
    ],
)
def test_children_are_numbered_as_in_model_files_of_chainer(net, layers, children):
    """The expected orders were printed by Chainer 7.8.1."""
    net = net(*map(Add, "abcdef"))
    assert "".join(getattr(layer, "number", "-") for layer in net) == layers
    assert "".join(child.number for child in net.children()) == children
    assert [child.name for child in net.children()] == [str(number) for number in range(len(children))]


def test_a_shared_copy_has_links_of_its_own_and_the_same_functions():
    net = Sequential(Add(1), double)
    new = net.copy()
    assert new[0] is not net[0]
    assert new[0].W.array is net[0].W.array
    assert new[1] is double
    new.append(Add(2))
    assert (len(net), len(list(net.children()))) == (2, 1)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: x.copy("copy"), lambda x: x.copy("init"),
                                    lambda x: pickle.loads(pickle.dumps(x))])  # fmt: skip
def test_a_deep_copy_shares_nothing(copied):
    net = Sequential(Add(1), double)
    new = copied(net)
    assert new(3) == 8
    assert new[0] is next(new.children())
    assert not np.shares_memory(new[0].W.array, net[0].W.array)


def test_repeating_nests():
    net = Sequential(Add(1), double).repeat(2)
    assert [path for path, _ in net.namedparams()] == ["/0/0/W", "/1/0/W"]
    assert net(1) == 10


def test_values_are_copied_from_a_sequential_with_the_same_links():
    net, other = Sequential(Add(1), double), Sequential(negate, Add(2))
    other[1].W.array[...] = 7
    net.copyparams(other)
    assert net[0].W.array.tolist() == [7]
    with pytest.raises(LinkError, match="has no parameter /0/W"):
        net.copyparams(Sequential(double))


def test_the_text_shows_all_layers():
    assert repr(Sequential()) == "Sequential()"
    assert str(Sequential(Link(), double, Sequential(Link()))) == (
        "Sequential(\n  (0): Link(),\n  (1): double,\n  (2): Sequential(\n    (0): Link(),\n  ),\n)"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net: net.append(3), "expected a link or another callable, got 3"),
        (lambda net: net.append(Link), "expected a link or another callable, got <class"),
        (lambda net: net.insert(0, "x"), "got 'x'"),
        (lambda net: net.extend([double, 3]), "got 3"),
        (lambda net: net.__setitem__(1, None), "got None"),
        (lambda net: net + double, "expected a Sequential, got function"),
        (lambda net: net.__setitem__(slice(0, 1), [double, 3]), "got 3"),
        (lambda net: Sequential(3), "got 3"),
    ],
)
def test_misuse_is_an_error_that_changes_nothing(call, message):
    net = Sequential(Add(1), double)
    with pytest.raises(ArgumentTypeError, match=message):
        call(net)
    assert texts(net) == [1, "double"]
    assert [path for path, _ in net.namedparams()] == ["/0/W"]


def test_only_a_slice_without_gaps_is_assigned_to():
    net = Sequential(double, double, double)
    with pytest.raises(ArgumentError, match="must have step 1, got 2"):
        net[::2] = [negate, negate]
    assert texts(net) == ["double"] * 3
