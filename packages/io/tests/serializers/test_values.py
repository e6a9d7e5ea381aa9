from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.errors import SerializationError
from catenary_io.serializers.values import mismatch, restore, to_entry


@pytest.mark.parametrize(
    ("value", "dtype", "shape"),
    [
        (3, "int64", ()),
        (2.5, "float64", ()),
        (True, "bool", ()),
        (1j, "complex128", ()),
        ("ab", "<U2", ()),
        (np.float16(1), "float16", ()),
        ([1, 2], "int64", (2,)),
        ((), "float64", (0,)),
        (np.zeros((2, 0), dtype=">f4"), ">f4", (2, 0)),
    ],
)
def test_entry_has_dtype_and_shape_of_value(value: Any, dtype: str, shape: tuple[int, ...]) -> None:
    entry = to_entry("x", value)
    assert entry is not None
    assert (entry.dtype, entry.shape) == (np.dtype(dtype), shape)


def test_none_is_stored_as_none() -> None:
    assert to_entry("x", None) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ({"a": 1}, "is a dict"),
        (b"raw", "is a bytes"),
        (np.array([None]), "holds Python objects (dtype object)"),
        (2**70, "holds Python objects (dtype object)"),
        ([[1], [1, 2]], "is a list of uneven length"),
        ("a\0", "ends with NUL"),
        (object(), "is a object"),
    ],
)
def test_values_that_no_file_holds_are_refused_by_name(value: Any, part: str) -> None:
    with pytest.raises(SerializationError) as error:
        to_entry("predictor/l1/W", value)
    assert "'predictor/l1/W'" in str(error.value)
    assert part in str(error.value)
    assert "expected an array, a number, a string" in str(error.value)


def test_a_variable_by_mistake_gets_a_hint() -> None:
    class Variable:
        array = np.zeros(3)

    with pytest.raises(SerializationError, match=r"is a Variable; pass its \.array"):
        to_entry("x", Variable())


@pytest.mark.parametrize(
    ("stored", "value", "expected"),
    [
        (np.array(3), 0, 3),
        (np.array([3]), 0, 3),
        (np.array(True), 0, 1),
        (np.array(3), 0.0, 3.0),
        (np.array(2.5), 0.0, 2.5),
        (np.array(True), False, True),
        (np.array(2.5), 0j, 2.5 + 0j),
        (np.array("hi"), "", "hi"),
        (np.array(2.5), np.float32(0), np.float32(2.5)),
        (np.array([1, 2]), [0], [1, 2]),
        (np.array([1, 2]), (), (1, 2)),
    ],
)
def test_restored_scalars_have_the_type_of_the_value(stored: Any, value: Any, expected: Any) -> None:
    assert mismatch(stored, value) is None
    result = restore(stored, value)
    assert result == expected
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        (np.array(1.5), 0),
        (np.array(1), False),
        (np.array(1j), 0.0),
        (np.array(3), ""),
        (np.array("3"), 0),
        (np.array([1, 2]), 0),
        (np.array(1.5), np.int32(0)),
        (np.array(3), [1]),
        (np.zeros(3), np.zeros((1, 3))),
        (np.zeros(1), np.zeros(3)),
        (np.zeros(()), np.zeros(1)),
        (np.zeros(3), np.zeros(3, dtype=np.int32)),
        (np.zeros(3, dtype=complex), np.zeros(3)),
        (np.array(["a"]), np.zeros(1)),
    ],
)
def test_what_does_not_fit_is_said(stored: Any, value: Any) -> None:
    text = mismatch(stored, value)
    assert text is not None
    assert f"the file has {tuple(stored.shape)} {stored.dtype}" in text


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "bool", ">f8", ">i2"])
def test_arrays_are_cast_within_and_up_from_their_kind(dtype: str) -> None:
    stored = np.array([0, 1, 1], dtype=dtype)
    value = np.full(3, 9, dtype=np.float32)
    assert mismatch(stored, value) is None
    assert restore(stored, value) is value
    assert value.tolist() == [0, 1, 1]


def test_arrays_of_any_layout_are_filled_in_place() -> None:
    stored = np.asfortranarray(np.arange(12.0).reshape(3, 4)).astype(">f8")
    buffer = np.zeros((4, 6))
    view = buffer[::1, ::2].T
    assert restore(stored, view) is view
    assert buffer[:, ::2].T.tolist() == np.arange(12.0).reshape(3, 4).tolist()
    assert not buffer[:, 1::2].any()


def test_none_takes_a_fresh_native_array() -> None:
    stored = np.asfortranarray(np.arange(6.0).reshape(2, 3)).astype(">f8")
    result = restore(stored, None)
    assert result.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert result.dtype.isnative
    assert result.flags.c_contiguous
    assert result.flags.writeable
    assert not np.shares_memory(result, stored)


def test_stored_none_stands_for_any_value() -> None:
    assert mismatch(None, np.zeros(3)) is None
    assert restore(None, np.zeros(3)) is None


def test_read_only_array_is_a_mismatch() -> None:
    value = np.zeros(3)
    value.flags.writeable = False
    assert "read-only" in str(mismatch(np.ones(3), value))
