from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.dataset import Converter, concat_examples, converter, to_device
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError


def same(actual, expected):
    """Check values and dtypes, also inside tuples and dicts."""
    if isinstance(expected, tuple):
        assert isinstance(actual, tuple)
        assert len(actual) == len(expected)
        return all(same(a, e) for a, e in zip(actual, expected))
    if isinstance(expected, dict):
        assert list(actual) == list(expected)
        return all(same(actual[key], expected[key]) for key in expected)
    assert isinstance(actual, np.ndarray)
    assert actual.dtype == expected.dtype
    np.testing.assert_array_equal(actual, expected)
    return True


F = np.float32

# The results are those of chainer.dataset.concat_examples of Chainer 7.8.1.
CASES = {
    "ints": ([1, 2], None, np.array([1, 2])),
    "floats": ([1.0, 2.0], None, np.array([1.0, 2.0])),
    "numpy scalars": ([F(1), F(2)], None, np.array([1, 2], F)),
    "lists": ([[1, 2], [3, 4]], None, np.array([[1, 2], [3, 4]])),
    "array": (np.arange(6).reshape(3, 2), None, np.arange(6).reshape(3, 2)),
    "0-d arrays": ([np.array(1, F), np.array(2, F)], None, np.array([1, 2], F)),
    "tuples": (
        [(np.zeros(2, F), np.int32(1)), (np.ones(2, F), np.int32(2))],
        None,
        (np.array([[0, 0], [1, 1]], F), np.array([1, 2], np.int32)),
    ),
    "dicts": (
        [{"a": 1, "b": 2.0}, {"a": 2, "b": 3.0}],
        None,
        {"a": np.array([1, 2]), "b": np.array([2.0, 3.0])},
    ),
    "padding": ([np.arange(2), np.arange(3)], -1, np.array([[0, 1, -1], [0, 1, 2]])),
    "padding of tuples": (
        [(np.arange(2), [1, 2]), (np.arange(3), [3, 4])],
        (-1, None),
        (np.array([[0, 1, -1], [0, 1, 2]]), np.array([[1, 2], [3, 4]])),
    ),
    "one padding for a tuple": ([(np.arange(2),), (np.arange(3),)], 0, (np.array([[0, 1, 0], [0, 1, 2]]),)),
    "padding of dicts": (
        [{"a": np.arange(2)}, {"a": np.arange(3)}],
        {"a": 7},
        {"a": np.array([[0, 1, 7], [0, 1, 2]])},
    ),
    "padding in two axes": (
        [np.zeros((1, 2)), np.zeros((2, 1))],
        5,
        np.array([[[0.0, 0.0], [5.0, 5.0]], [[0.0, 5.0], [0.0, 5.0]]]),
    ),
    "padding of mixed dtypes": (
        [np.arange(2.0), np.arange(3)],
        0,
        np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 2.0]]),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_concat_examples(case):
    batch, padding, expected = CASES[case]
    assert same(concat_examples(batch, padding=padding), expected)
    assert same(concat_examples(batch, device="@numpy", padding=padding), expected)


def test_examples_are_copied():
    example = np.zeros(2)
    concat_examples([example])[0, 0] = 1
    assert example[0] == 0


@pytest.mark.parametrize(
    ("batch", "padding", "error", "message"),
    [
        ([], None, ArgumentError, "the batch is empty"),
        (
            [np.zeros((4, 6)), np.zeros((4, 6)), np.zeros((4, 5))],
            None,
            ShapeError,
            r"example 0 has shape \(4, 6\), example 2 has \(4, 5\)\. Give padding=0",
        ),
        (
            [(1, np.zeros(2)), (1, np.zeros(3))],
            None,
            ShapeError,
            r"example 0, element 1 has shape \(2,\), example 1, element 1 has \(3,\)",
        ),
        (
            [np.zeros(2), np.zeros((2, 1))],
            0,
            ShapeError,
            r"padding needs arrays of one number of dimensions, got \[1, 2\]",
        ),
        ([np.zeros(2), 3], 0, ShapeError, r"padding needs arrays of one number of dimensions, got \[0, 1\]"),
        ([[1, 2], [3]], None, ShapeError, "no array can be made of the values"),
        ([(1,), (2, 3)], None, ArgumentError, "example 0 is a tuple of 1, example 1 is a tuple of 2"),
        ([(1,), 2], None, ArgumentError, "example 0 is a tuple of 1, example 1 is of type int"),
        (
            [{"a": 1}, {"b": 1}],
            None,
            ArgumentError,
            r"example 0 is a dict with the keys \['a'\], example 1 is a dict with the keys \['b'\]",
        ),
        ([{"a": 1}, {"a": 1, "b": 2}], None, ArgumentError, "must be built alike"),
        (["a", "b"], None, ArgumentTypeError, "expected arrays, numbers, .* example 0 is str"),
        ([None, None], None, ArgumentTypeError, "example 0 is NoneType"),
        ([1, 2], 0, ArgumentError, "padding needs arrays, got int"),
        (
            [(1, 2), (1, 2)],
            (0,),
            ArgumentError,
            r"padding has no value for element 1; give one for each of \[0, 1\]",
        ),
    ],
)
def test_wrong_batches(batch, padding, error, message):
    with pytest.raises(error, match=f"concat_examples: .*{message}"):
        concat_examples(batch, padding=padding)


def test_to_device():
    x = np.zeros(2)
    assert to_device(None, x) is x
    assert to_device("@numpy", x) is x
    assert to_device(-1, {"a": (x, [x])})["a"][1][0] is x


def test_converter_passes_a_device_or_none():
    seen = []

    @converter()
    def convert(batch, device):
        """Say what came."""
        seen.append(device)
        return len(batch)

    assert isinstance(convert, Converter)
    assert convert.__name__ == "convert"
    assert convert.__doc__ == "Say what came."
    assert [convert([1, 2]), convert([1], "@numpy"), convert([], -1)] == [2, 1, 0]
    assert seen == [None, catenary.get_device("@numpy"), catenary.get_device("@numpy")]


def test_converter_class_names_what_is_missing():
    with pytest.raises(NotImplementedError, match="Converter gives no __call__"):
        Converter()([1])
