from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from catenary import Chain, ChainList, Link, Parameter
from catenary.errors import ArgumentTypeError, LinkError, ShapeError, UnknownNameError


class Inner(Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.z = Link(W=(2, 3))
            self.a = ChainList(Link(W=1), Link(b=2))
            self.own = Parameter(0, (2,))
            self.lazy = Parameter(0)
        self.add_persistent("count", 0)


class Net(Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.inner = Inner()
            self.b = Parameter(1, (1,))


PATHS = ["/b", "/inner/lazy", "/inner/own", "/inner/a/0/W", "/inner/a/1/b", "/inner/z/W"]


class Log:
    """A serializer that writes down the paths that it is asked for."""

    def __init__(self, paths=None, prefix=""):
        self.paths, self.prefix = [] if paths is None else paths, prefix

    def __getitem__(self, key):
        return Log(self.paths, f"{self.prefix}{key}/")

    def __call__(self, key, value):
        self.paths.append(self.prefix + key)
        return value


# --- both kinds ---


def test_own_parameters_come_first_then_children_in_order():
    net = Net()
    assert [path for path, _ in net.namedparams()] == PATHS
    assert list(net.params()) == [param for _, param in net.namedparams()]
    assert [p for p, _ in net.namedparams(include_uninit=False)] == [p for p in PATHS if "lazy" not in p]


def test_links_come_from_the_outside_in():
    net = Net()
    paths = ["/", "/inner", "/inner/a", "/inner/a/0", "/inner/a/1", "/inner/z"]
    assert [path for path, _ in net.namedlinks()] == paths
    assert [path for path, _ in net.namedlinks(skipself=True)] == paths[1:]
    assert next(net.links()) is net
    assert list(net.links(skipself=True)) == [link for _, link in net.namedlinks()][1:]
    assert list(net.children()) == [net.inner]
    assert list(net.inner.children()) == [net.inner.a, net.inner.z]


def test_saved_values_are_named_by_their_paths():
    log = Log()
    Net().serialize(log)
    assert log.paths == [
        "b",
        "inner/lazy",
        "inner/own",
        "inner/count",
        "inner/a/0/W",
        "inner/a/1/b",
        "inner/z/W",
    ]


def test_gradients_of_all_levels_are_cleared_zeroed_and_added():
    net, other = Net(), Net()
    net.zerograds()
    assert net.inner.a[0].W.grad.tolist() == [0]
    net.cleargrads()
    assert [param.grad for param in net.params()] == [None] * 6
    other.cleargrads()
    other.inner.a[0].W.grad = np.array([2], np.float32)
    net.addgrads(other)
    assert net.inner.a[0].W.grad.tolist() == [2]
    assert net.b.grad is None


def test_values_of_all_levels_are_copied():
    net, other = Net(), Net()
    other.inner.z.W.array[...] = 7
    other.inner.lazy.initialize((2,))
    other.inner.count = 3
    array = net.inner.z.W.array
    net.copyparams(other)
    assert net.inner.z.W.array is array
    assert array.min() == 7
    assert net.inner.lazy.shape == (2,)
    assert net.inner.count == 3
    other.inner.count = 4
    net.copyparams(other, copy_persistent=False)
    assert net.inner.count == 3


@pytest.mark.parametrize(
    ("other", "kind", "message"),
    [
        (Chain(inner=Link()), LinkError, "has no parameter /b"),
        (Link(b=1), LinkError, "the given Link has no parameter /inner/lazy"),
        (Link(b=2), ShapeError, r"/b has shape \(1,\) here and \(2,\) there"),
    ],
)
@pytest.mark.parametrize("method", ["copyparams", "addgrads"])
def test_copying_from_another_structure_is_an_error_that_changes_nothing(method, other, kind, message):
    net = Net()
    before = copy.deepcopy(net)
    with pytest.raises(kind, match=f"{method}: .*{message}"):
        getattr(net, method)(other)
    for old, new in zip(before.params(), net.params()):
        np.testing.assert_array_equal(old.array, new.array)


def test_a_mismatch_deep_inside_is_found_before_anything_is_copied():
    net, other = Net(), Net()
    other.b.array[...] = 9
    other.inner.z = Link(W=(3, 3))
    with pytest.raises(ShapeError, match="/inner/z/W"):
        net.copyparams(other)
    assert net.b.array.tolist() == [1]


def test_children_without_parameters_must_match_too():
    with pytest.raises(LinkError, match="the given Chain has no child 'a'"):
        Chain(a=Link()).copyparams(Chain(b=Link()))


def test_a_shared_copy_has_links_of_its_own_on_the_same_arrays():
    net = Net()
    net.name = "old"
    new = net.copy()
    assert [path for path, _ in new.namedparams()] == PATHS
    pairs = list(zip(net.params(), new.params(), strict=True))
    assert all(old is not new and old.array is new.array for old, new in pairs)
    assert new.inner is not net.inner
    assert new.inner.a[0] is not net.inner.a[0]
    assert (new.name, new.inner.name, new.inner.a[1].name) == (None, "inner", "1")
    new.inner.a.append(Link(c=1))
    with new.init_scope():
        new.extra = Link()
    assert [path for path, _ in net.namedparams()] == PATHS
    assert len(list(net.links())) == 6


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: x.copy("copy"), lambda x: x.copy("init")])
def test_a_deep_copy_shares_nothing(copied):
    net = Net()
    new = copied(net)
    assert [path for path, _ in new.namedparams()] == PATHS
    ids = {id(param) for param in net.params()} | {id(link) for link in net.links()}
    assert not ids & {id(x) for x in [*new.params(), *new.links()]}
    new.b.array[...] = 9
    assert net.b.array.tolist() == [1]


def test_chains_are_pickled():
    net = pickle.loads(pickle.dumps(Chain(a=ChainList(Link(W=1)))))
    assert [path for path, _ in net.namedparams()] == ["/a/0/W"]


def test_a_link_that_stands_in_two_places_is_gone_through_twice():
    shared = Link(W=1)
    chain = Chain(x=shared, y=shared)
    assert [path for path, _ in chain.namedparams()] == ["/x/W", "/y/W"]
    assert ChainList(shared, shared).count_params() == 2


def test_everything_moves(board):
    net = Net()
    assert net.to_device("@board") is net
    assert all(link.device is board for link in net.links())
    assert all(type(p.array).__name__ == "BoardArray" for p in net.params(include_uninit=False))
    net.to_cpu()
    assert all(type(p.array) is np.ndarray for p in net.params(include_uninit=False))


def test_the_text_shows_the_tree():
    assert repr(Chain()) == "Chain()"
    assert repr(ChainList()) == "ChainList()"
    assert str(Chain(z=Link(), a=ChainList(Link(), Chain(x=Link())))) == (
        "Chain(\n"
        "  (a): ChainList(\n"
        "    (0): Link(),\n"
        "    (1): Chain(\n"
        "      (x): Link(),\n"
        "    ),\n"
        "  ),\n"
        "  (z): Link(),\n"
        ")"
    )


# --- Chain ---


def test_children_are_registered_by_keyword_by_assignment_and_by_add_link():
    chain = Chain(l1=Link())
    with chain.init_scope():
        chain.l2 = Link()
    chain.add_link("l3", Link())
    chain.outside = Link()
    assert [(path, link.name) for path, link in chain.namedlinks(skipself=True)] == [
        ("/l1", "l1"),
        ("/l2", "l2"),
        ("/l3", "l3"),
    ]
    assert chain["l1"] is chain.l1


def test_a_registered_child_may_be_replaced_outside_the_scope_and_deleted():
    chain = Chain(l1=Link(W=1))
    chain.l1 = Link(V=1)
    assert [path for path, _ in chain.namedparams()] == ["/l1/V"]
    del chain.l1
    assert list(chain.children()) == []
    chain.add_link("l1", Link())


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda c: c.add_link("l1", Link()), LinkError, "add_link: this Chain has an attribute 'l1' already"),
        (lambda c: c.add_link("W", Link()), LinkError, "attribute 'W' already"),
        (lambda c: c.add_link("a/b", Link()), LinkError, "no slash"),
        (lambda c: c.add_link(3, Link()), ArgumentTypeError, "expected a name as a str, got 3"),
        (lambda c: c.add_link("l2", 3), ArgumentTypeError, "add_link: expected a link, got int"),
        (lambda c: c.add_link("l2", Link), ArgumentTypeError, "got the class Link; make an instance"),
        (lambda c: c.add_param("l1", 3), LinkError, "attribute 'l1' already"),
        (lambda c: Chain(l1=3), ArgumentTypeError, "expected a link, got int"),
        (lambda c: c["l2"], UnknownNameError, r"Chain has no child or parameter 'l2' \(it has W, l1\)"),
        (lambda c: c["name"], UnknownNameError, "'name'"),
        (lambda c: c.forward(1), LinkError, "needs a method forward"),
    ],
)
def test_misuse_of_a_chain_is_an_error_that_changes_nothing(call, kind, message):
    chain = Chain(l1=Link(b=1))
    chain.add_param("W", 1)
    before = dict(vars(chain))
    with pytest.raises(kind, match=message):
        call(chain)
    assert vars(chain) == before
    assert [path for path, _ in chain.namedparams()] == ["/W", "/l1/b"]


def test_assigning_a_link_to_a_name_in_use_inside_the_scope_is_an_error():
    chain = Chain(l1=Link(W=1))
    with pytest.raises(LinkError, match="has an attribute 'l1' already"), chain.init_scope():
        chain.l1 = Link(V=1)
    assert [path for path, _ in chain.namedparams()] == ["/l1/W"]


def test_a_parameter_may_take_the_place_of_a_child():
    chain = Chain(l1=Link(W=1))
    with chain.init_scope():
        chain.l1 = Parameter(0, (1,))
    assert [path for path, _ in chain.namedparams()] == ["/l1"]


# --- ChainList ---


def numbers(chain):
    return [link.name for link in chain]


def test_children_are_numbered_anew_after_each_change():
    a, b, c, d = links = [Link(), Link(), Link(), Link()]
    chain = ChainList(a)
    chain.append(b)
    chain.add_link(c)
    chain.insert(0, d)
    assert list(chain) == [d, a, b, c]
    assert numbers(chain) == ["0", "1", "2", "3"]
    assert [path for path, _ in chain.namedlinks()] == ["/", "/0", "/1", "/2", "/3"]
    assert chain.pop(1) is a
    chain.remove(b)
    assert list(chain) == [d, c]
    chain.extend([a, b])
    chain.reverse()
    assert list(chain) == [b, a, c, d]
    del chain[1:3]
    chain[0] = a
    chain += [c]
    assert list(chain) == [a, d, c]
    chain[1:1] = [b]
    assert list(chain) == [a, b, d, c]
    assert numbers(chain) == ["0", "1", "2", "3"]
    assert (chain[-1], chain[1:3], len(chain), chain.index(d), chain.count(d)) == (c, [b, d], 4, 2, 1)
    assert a in chain
    assert Link() not in chain
    chain.clear()
    assert list(chain) == []
    assert len(links) == 4


def test_a_chain_list_has_parameters_of_its_own():
    chain = ChainList(Link(W=1))
    with chain.init_scope():
        chain.own = Parameter(0, (1,))
    assert [path for path, _ in chain.namedparams()] == ["/own", "/0/W"]


def test_a_link_that_is_an_attribute_is_no_child():
    chain = ChainList()
    chain.other = Link()
    assert list(chain.children()) == []
    with pytest.raises(LinkError, match="cannot register the link 'l1' by name; call add_link"), chain.init_scope():
        chain.l1 = Link()


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda c: c.append(3), ArgumentTypeError, "ChainList: expected a link, got int"),
        (lambda c: c.append(Link), ArgumentTypeError, "got the class Link; make an instance"),
        (lambda c: c.extend([Link(), 3]), ArgumentTypeError, "got int"),
        (lambda c: c.insert(0, None), ArgumentTypeError, "got NoneType"),
        (lambda c: c.__setitem__(0, 3), ArgumentTypeError, "got int"),
        (lambda c: c.__setitem__(9, Link()), IndexError, "out of range"),
        (lambda c: c.__delitem__(9), IndexError, "out of range"),
        (lambda c: c.index(Link()), LinkError, r"Link\(\) is not among its items"),
        (lambda c: c.remove(Link()), LinkError, r"is not among its items"),
        (lambda c: ChainList(3), ArgumentTypeError, "got int"),
    ],
)
def test_misuse_of_a_chain_list_is_an_error_that_changes_nothing(call, kind, message):
    chain = ChainList(Link(W=1), Link())
    before = list(chain)
    with pytest.raises(kind, match=message):
        call(chain)
    assert list(chain) == before
    assert numbers(chain) == ["0", "1"]
