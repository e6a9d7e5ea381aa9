"""What is expected is what Chainer 7.8.1 gives, except where a test says otherwise."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from catenary.datasets import TabularDataset, tabular
from catenary.errors import ArgumentError, ArgumentTypeError

A = np.arange(5)
B = np.arange(5) * 2.0
C = list("vwxyz")


def make() -> Any:
    return tabular.from_data((("a", A), ("b", B), ("c", C)))


def plain(value: Any) -> Any:
    """Return lists for arrays."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple | list):
        return type(value)(plain(part) for part in value)
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


class Numbers(TabularDataset):
    """A data set of its own, that notes what it is asked for."""

    keys = ("p", "q")
    mode = tuple

    def __init__(self, size: int = 4) -> None:
        self.size = size
        self.asked: list[Any] = []

    def __len__(self) -> int:
        return self.size

    def get_examples(self, indices: Any, key_indices: Any) -> Any:
        self.asked.append((indices, key_indices))
        numbers = np.arange(self.size)[slice(None) if indices is None else indices].tolist()
        columns = (numbers, [-i for i in numbers])
        return tuple([columns[key] for key in (range(2) if key_indices is None else key_indices)])


@pytest.mark.parametrize(
    ("data", "size", "keys", "mode", "second", "columns"),
    [
        (A, None, None, None, 1, [0, 1, 2, 3, 4]),
        (C, None, None, None, "w", C),
        ((A, C), None, None, tuple, (1, "w"), ([0, 1, 2, 3, 4], C)),
        ((A,), None, None, tuple, (1,), ([0, 1, 2, 3, 4],)),
        ({"a": A, "c": C}, None, ("a", "c"), dict, {"a": 1, "c": "w"}, {"a": [0, 1, 2, 3, 4], "c": C}),
        ({"a": A}, None, ("a",), dict, {"a": 1}, {"a": [0, 1, 2, 3, 4]}),
        (("a", A), None, ("a",), None, 1, [0, 1, 2, 3, 4]),
        ((("a", A), ("c", C)), None, ("a", "c"), tuple, (1, "w"), ([0, 1, 2, 3, 4], C)),
        (("x", lambda i: i * 10), 3, ("x",), None, 10, [0, 10, 20]),
        (("x", lambda i: (i, i)), 2, ("x",), None, (1, 1), [(0, 0), (1, 1)]),
        ((("x",), lambda i: (i,)), 2, ("x",), tuple, (1,), ([0, 1],)),
        ((("x", "y"), lambda i: (i, -i)), 2, ("x", "y"), tuple, (1, -1), ([0, 1], [0, -1])),
        (
            (("x", "y"), lambda i: {"y": i, "x": -i}),
            2,
            ("x", "y"),
            dict,
            {"x": -1, "y": 1},
            {"x": [0, -1], "y": [0, 1]},
        ),
        (
            (("a", A[:3]), (("x", "y"), lambda i: (i, 2 * i))),
            None,
            ("a", "x", "y"),
            tuple,
            (1, 1, 2),
            ([0, 1, 2], [0, 1, 2], [0, 2, 4]),
        ),
        (
            {("x", "y"): lambda i: (i, -i), "b": B[:2]},
            2,
            ("x", "y", "b"),
            dict,
            {"x": 1, "y": -1, "b": 2.0},
            {"x": [0, 1], "y": [0, -1], "b": [0.0, 2.0]},
        ),
    ],
)
def test_from_data(data: Any, size: int | None, keys: Any, mode: Any, second: Any, columns: Any) -> None:
    dataset = tabular.from_data(data, size=size)
    assert dataset.keys == (dataset.keys if keys is None else keys)
    assert len(set(dataset.keys)) == len(dataset.keys)
    assert dataset.mode is mode
    assert dataset[1] == second
    assert plain(dataset.fetch()) == columns
    rows = zip(*(columns if mode is tuple else columns.values())) if mode else columns
    expected = [dict(zip(dataset.keys, row)) for row in rows] if mode is dict else list(rows)
    assert list(dataset) == dataset[:] == expected
    assert dataset[[-1, 0]] == [expected[-1], expected[0]]


@pytest.mark.parametrize(
    ("data", "size", "error", "message"),
    [
        (lambda i: i, 3, ArgumentError, "expected a key, or keys, for each function"),
        (("x", lambda i: i), None, ArgumentError, "expected size"),
        ((A, A[:3]), None, ArgumentError, r"expected columns of one length, got \[3, 5\]"),
        ((A,), 3, ArgumentError, r"expected columns of one length, got \[3, 5\]"),
        ((), None, ArgumentError, "expected one column or more"),
        ({}, None, ArgumentError, "expected one column or more"),
        ((("a", A), ("a", B)), None, ArgumentError, r"expected keys that differ, got \('a', 'a'\)"),
        ((("x", "x"), lambda i: (i, i)), 2, ArgumentError, "expected keys that differ"),
        (5, 5, ArgumentTypeError, "expected an array, a list or a function with a key, got int"),
        ({("x", "y"): A}, None, ArgumentTypeError, "got ndarray with"),
    ],
)
def test_data_that_is_wrong(data: Any, size: int | None, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        tabular.from_data(data, size=size)


@pytest.mark.parametrize("value", [(1,), 5, {"x": 1}, {"x": 1, "z": 2}])
def test_functions_that_return_something_else(value: Any) -> None:
    dataset = tabular.from_data((("x", "y"), lambda i: value), size=2)
    with pytest.raises(ArgumentTypeError, match=r"from_data: expected a tuple or a dict for the keys \('x', 'y'\)"):
        dataset.fetch()


@pytest.mark.parametrize(
    ("index", "columns"),
    [
        (slice(1, 3), ([1, 2], [2.0, 4.0], ["w", "x"])),
        (slice(None, None, -2), ([4, 2, 0], [8.0, 4.0, 0.0], ["z", "x", "v"])),
        (slice(4, 1), ([], [], [])),
        ([3, 1], ([3, 1], [6.0, 2.0], ["y", "w"])),
        ([-1], ([4], [8.0], ["z"])),
        ([], ([], [], [])),
        (np.array([True, False, True, False, False]), ([0, 2], [0.0, 4.0], ["v", "x"])),
        ([True, False, True, False, False], ([0, 2], [0.0, 4.0], ["v", "x"])),
        ((slice(1, 3), ("c",)), (["w", "x"],)),
        ((slice(1, 3), "c"), ["w", "x"]),
        ((slice(None), 0), [0, 1, 2, 3, 4]),
        ((slice(None), -1), C),
        (([1], ("c", 0)), (["w"], [1])),
        (([1], ("b", "b")), ([2.0], [2.0])),
        ((slice(None), ()), ()),
    ],
)
def test_slice(index: Any, columns: Any) -> None:
    assert plain(make().slice[index].fetch()) == columns


def test_keys_and_modes_of_slices() -> None:
    dataset = make()
    assert (dataset.slice[:, "c"].keys, dataset.slice[:, "c"].mode) == (("c",), None)
    assert (dataset.slice[:, ("c", 0)].keys, dataset.slice[:, ("c",)].mode) == (("c", "a"), tuple)
    assert dataset.asdict().slice[1:, ("c",)][0] == {"c": "w"}
    assert dataset.slice[1:3][0] == (1, 2.0, "w")


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (2, ArgumentTypeError, "expected a slice, a list of indices or a mask, got 2"),
        ([7], IndexError, "index 7 is out of range for 5 examples"),
        ([True], ArgumentError, r"expected a mask of shape \(5,\), got \(1,\)"),
        ((slice(None), "zz"), KeyError, "there is no key 'zz' among"),
        ((slice(None), 5), IndexError, "there is no key number 5"),
        ((slice(None), [0, 1]), ArgumentTypeError, r"expected a key, its place or a tuple of them, got \[0, 1\]"),
        ((slice(None), 0, 1), ArgumentError, "expected indices, or indices and keys"),
    ],
)
def test_slices_that_are_wrong(index: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make().slice[index]


@pytest.mark.parametrize(
    ("view", "columns", "asked"),
    [
        (lambda d: d, ([0, 1, 2, 3], [0, -1, -2, -3]), [(None, None)]),
        (lambda d: d.slice[1:3], ([1, 2], [-1, -2]), [(slice(1, 3, 1), None)]),
        (lambda d: d.slice[::-1], ([3, 2, 1, 0], [-3, -2, -1, 0]), [(slice(3, None, -1), None)]),
        (lambda d: d.slice[::-1].slice[1:3], ([2, 1], [-2, -1]), [(slice(2, 0, -1), None)]),
        (lambda d: d.slice[[3, 2, 1]].slice[1:], ([2, 1], [-2, -1]), [([2, 1], None)]),
        (lambda d: d.slice[1:].slice[[2, 0]], ([3, 1], [-3, -1]), [([3, 1], None)]),
        (lambda d: d.slice[:].slice[:], ([0, 1, 2, 3], [0, -1, -2, -3]), [(None, None)]),
        (lambda d: d.slice[[2, 0], ("q",)], ([-2, 0],), [([2, 0], (1,))]),
        (lambda d: d.slice[:, ("q", "p")].slice[:2, ("p",)], ([0, 1],), [(slice(0, 2, 1), (0,))]),
        (lambda d: d.concat(d).slice[3:6], ([3, 0, 1], [-3, 0, -1]), [([3], None), ([0, 1], None)]),
        (lambda d: d.concat(d).slice[[6, 1, 5], "q"], [-2, -1, -1], [([1], (1,)), ([2, 1], (1,))]),
    ],
)
def test_only_what_is_wanted_is_asked_for(view: Any, columns: Any, asked: list[Any]) -> None:
    dataset = Numbers()
    assert view(dataset).fetch() == columns
    assert dataset.asked == asked


def test_many_examples_are_asked_for_at_once() -> None:
    """Chainer asked for them one by one."""
    dataset = Numbers()
    assert dataset[1:3] == [(1, -1), (2, -2)]
    assert dataset[np.array([3, 0])] == [(3, -3), (0, 0)]
    assert dataset.asked == [([1, 2], None), ([3, 0], None)]


def test_indices() -> None:
    dataset = Numbers()
    assert dataset[-1] == (3, -3)
    with pytest.raises(IndexError, match="Numbers: index 9 is out of range for 4 examples"):
        dataset[9]
    with pytest.raises(IndexError, match="Numbers: index 4 is out of range"):
        dataset[[0, 4]]


def test_modes() -> None:
    dataset = make()
    assert dataset.asdict()[1] == {"a": 1, "b": 2.0, "c": "w"}
    assert dataset.asdict().astuple()[1] == (1, 2.0, "w")
    assert plain(dataset.asdict().slice[:2, ("a", "c")].fetch()) == {"a": [0, 1], "c": ["v", "w"]}
    single = tabular.from_data(("a", A))
    assert (single.astuple()[1], single.asdict()[1]) == ((1,), {"a": 1})


def test_join() -> None:
    dataset = make()
    parts = dataset.slice[:, ("c",)].join(dataset.slice[:, ("a",)], tabular.from_data({"z": B}))
    assert (parts.keys, parts.mode, parts[1]) == (("c", "a", "z"), tuple, ("w", 1, 2.0))
    assert plain(parts.slice[:2, ("z", "c")].fetch()) == ([0.0, 2.0], ["v", "w"])
    assert tabular.from_data({"z": C}).join(tabular.from_data(("y", A)))[0] == {"z": "v", "y": 0}
    assert tabular.from_data(("z", A)).join(tabular.from_data(("y", A)))[3] == (3, 3)
    with pytest.raises(ArgumentError, match=r"TabularDataset\.join: expected keys that differ"):
        dataset.join(dataset)
    with pytest.raises(ArgumentError, match=r"TabularDataset\.join: expected data sets of one length, got \[5, 2\]"):
        dataset.join(tabular.from_data(("z", A[:2])))


def test_join_asks_only_for_what_is_wanted() -> None:
    numbers = Numbers(5)
    joined = make().join(numbers)
    assert plain(joined.slice[1:3, ("q", "a")].fetch()) == ([-1, -2], [1, 2])
    joined.slice[:, "b"].fetch()
    joined.fetch()
    assert joined.slice[[2], ("q", "p")].fetch() == ([-2], [2])
    assert numbers.asked == [(slice(1, 3, 1), (1,)), (None, None), ([2], (1, 0))]


def test_concat() -> None:
    dataset = make()
    both = dataset.concat(dataset.slice[:2], tabular.from_data({"a": A[3:], "b": B[3:], "c": C[3:]}))
    assert len(both) == 9
    assert both.mode is tuple
    assert both.fetch() == ([0, 1, 2, 3, 4, 0, 1, 3, 4], [0, 2, 4, 6, 8, 0, 2, 6, 8], [*C, "v", "w", "y", "z"])
    assert both[6] == (1, 2.0, "w")
    assert both[::-4] == [(4, 8.0, "z"), (4, 8.0, "z"), (0, 0.0, "v")]
    assert dataset.concat().fetch() == ([0, 1, 2, 3, 4], [0.0, 2.0, 4.0, 6.0, 8.0], C)
    with pytest.raises(ArgumentError, match=r"TabularDataset\.concat: expected data sets with the keys"):
        dataset.concat(dataset.slice[:, ("b", "a", "c")])


def test_transform() -> None:
    dataset = make()
    changed = dataset.transform(("x", "y"), lambda a, b, c: (a + b, c * 2))
    assert (changed.keys, changed.mode, changed[1]) == (("x", "y"), tuple, (3.0, "ww"))
    assert plain(changed.fetch()) == ([0.0, 3.0, 6.0, 9.0, 12.0], ["vv", "ww", "xx", "yy", "zz"])
    assert changed.slice[:2, ("y",)].fetch() == (["vv", "ww"],)
    named = dataset.transform(("x", "y"), lambda a, b, c: {"y": a, "x": b})
    assert (named.mode, named[1]) == (dict, {"x": 2.0, "y": 1})
    single = dataset.transform("x", lambda a, b, c: a + b)
    assert (single.mode, single[1], single.keys) == (None, 3.0, ("x",))
    assert dataset.transform(("x",), lambda a, b, c: 1).mode is None
    assert dataset.asdict().transform(("x",), lambda c, b, a: (a,))[1] == (1,)
    with pytest.raises(TypeError):
        dataset.asdict().transform(("x",), lambda p, q, r: (p,))[1]
    assert dataset.slice[:0].transform(("x",), lambda a, b, c: 1).mode is tuple
    assert dataset.slice[:0].transform(("x",), lambda a, b, c: (1,)).fetch() == ([],)


def test_transform_is_called_once_per_example() -> None:
    """And once for the mode, as in Chainer."""
    calls: list[Any] = []
    changed = make().transform("x", lambda a, b, c: calls.append(int(a)))
    changed.slice[[3, 1]].fetch()
    changed[4], changed[2:4]
    assert calls == [0, 3, 1, 4, 2, 3]


def test_transform_batch() -> None:
    dataset = make()
    changed = dataset.transform_batch(("x",), lambda a, b, c: (a + b,))
    assert (changed.mode, changed[1], plain(changed.fetch())) == (tuple, (3.0,), ([0.0, 3.0, 6.0, 9.0, 12.0],))
    named = dataset.transform_batch(("x", "y"), lambda a, b, c: {"y": a, "x": b})
    assert plain(named.fetch()) == {"x": B.tolist(), "y": A.tolist()}
    seen: list[Any] = []
    single = dataset.asdict().transform_batch("x", lambda c, b, a: seen.append(plain(a)) or a)
    assert (single.mode, single.slice[[1, 3]].fetch().tolist(), seen) == (None, [1, 3], [[0], [1, 3]])


@pytest.mark.parametrize("value", [(1,), 5, {"x": 1}])
def test_transforms_that_return_something_else(value: Any) -> None:
    with pytest.raises(ArgumentTypeError, match=r"TabularDataset\.transform: expected a tuple or a dict for the keys"):
        make().transform(("x", "y"), lambda a, b, c: value).fetch()


def test_default_converter() -> None:
    dataset = make()
    columns = dataset.slice[:2].convert(dataset.slice[:2].fetch())
    assert [type(column) for column in columns] == [np.ndarray] * 3
    assert plain(columns) == ([0, 1], [0.0, 2.0], ["v", "w"])
    assert plain(dataset.convert({"x": [1, 2]})) == {"x": [1, 2]}
    stacked = dataset.convert([np.ones(2), np.zeros(2)])
    assert (stacked.shape, plain(stacked)) == ((2, 2), [[1.0, 1.0], [0.0, 0.0]])


def test_converter() -> None:
    def note(*args: Any, **kwargs: Any) -> Any:
        return "converted", args, kwargs

    dataset = make()
    changed = dataset.with_converter(note)
    assert changed.convert((1, 2)) == ("converted", (1, 2), {})
    assert changed.convert({"a": 1}) == ("converted", (), {"a": 1})
    assert changed.convert([1]) == ("converted", ([1],), {})
    other = tabular.from_data(("z", A))
    views: Sequence[Any] = [
        changed.slice[:2],
        changed.asdict(),
        changed.join(other),
        changed.concat(dataset),
        changed.transform("x", lambda a, b, c: a),
        changed.transform_batch("x", lambda a, b, c: a),
    ]
    assert [view.convert([5]) for view in views] == [("converted", ([5],), {})] * 6
    assert plain(dataset.concat(changed).convert([5])) == [5]


def test_delegate() -> None:
    dataset = make()
    delegate = tabular.DelegateDataset(dataset)
    assert delegate.dataset is dataset
    assert (delegate.keys, delegate.mode, len(delegate), delegate[1]) == (("a", "b", "c"), tuple, 5, (1, 2.0, "w"))


def test_views_can_be_pickled() -> None:
    view = make().concat(make()).slice[[7, 1], ("c", "a")].asdict()
    assert pickle.loads(pickle.dumps(view))[:] == [{"c": "x", "a": 2}, {"c": "w", "a": 1}]


def test_a_subclass_has_to_say_what_it_is() -> None:
    dataset = TabularDataset()
    for ask in (
        lambda: dataset.keys,
        lambda: dataset.mode,
        lambda: len(dataset),
        lambda: dataset.get_examples(None, None),
    ):
        with pytest.raises(NotImplementedError, match="TabularDataset gives no"):
            ask()
