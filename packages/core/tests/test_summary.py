from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from catenary import Deserializer, DictSummary, Serializer, Summary, Variable
from catenary.errors import ArgumentTypeError

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20)


class Saver(Serializer):
    """Keeps entries in a dictionary, under their paths."""

    def __init__(self, entries, path=""):
        self.entries, self.path = entries, path

    def __getitem__(self, key):
        return type(self)(self.entries, f"{self.path}{key}/")

    def __call__(self, key, value):
        self.entries[self.path + key] = value
        return value


class Loader(Deserializer):
    """Gives back what a Saver has kept; `dry` returns every value as it was."""

    def __init__(self, entries, path="", dry=False):
        self.entries, self.path, self.dry = entries, path, dry

    def __getitem__(self, key):
        return type(self)(self.entries, f"{self.path}{key}/", self.dry)

    def __call__(self, key, value):
        stored = self.entries[self.path + key]
        return value if self.dry else stored


@given(VALUES)
def test_mean_and_standard_deviation_are_those_of_numpy(values):
    summary = Summary()
    for value in values:
        summary.add(value)
    mean, std = summary.make_statistics()
    assert summary.compute_mean() == mean
    np.testing.assert_allclose(mean, np.mean(values), atol=1e-9)
    np.testing.assert_allclose(std, np.std(values), atol=1e-3)


def test_a_weight_counts_a_value_several_times():
    weighted, repeated = Summary(), Summary()
    weighted.add(3.0, weight=2)
    weighted.add(1.0)
    for value in (3.0, 3.0, 1.0):
        repeated.add(value)
    assert weighted.make_statistics() == repeated.make_statistics()
    assert weighted.make_statistics() == pytest.approx((7 / 3, math.sqrt(8) / 3))


@pytest.mark.parametrize(
    "value",
    [2, 2.0, True + 1, np.float16(2), np.int64(2), np.array(2.0, np.float32), Variable(np.array(2.0, np.float32))],
)
def test_numbers_arrays_and_variables_can_be_added(value):
    summary = Summary()
    summary.add(value)
    mean, std = summary.make_statistics()
    assert (mean, std) == (2.0, 0.0)
    assert type(mean) is type(std) is float


def test_sums_are_float64_whatever_is_added():
    summary = Summary()
    for _ in range(1000):
        summary.add(np.float16(0.1))
    assert summary.compute_mean() == pytest.approx(float(np.float16(0.1)), rel=1e-12)


def test_of_arrays_statistics_are_taken_element_by_element():
    summary = Summary()
    summary.add(np.array([1.0, 2.0], np.float32))
    summary.add(np.array([3.0, 2.0], np.float32))
    mean, std = summary.make_statistics()
    np.testing.assert_array_equal(mean, [2, 2])
    np.testing.assert_array_equal(std, [1, 0])


@pytest.mark.parametrize("values", [[math.nan], [1.0, math.nan], [math.inf], [math.inf, -math.inf], [1e200, 1e200]])
def test_nan_and_overflow_raise_and_warn_of_nothing(values):
    summary = Summary()
    for value in values:
        summary.add(value)
        summary.add(np.array(value))
        summary.make_statistics()


def test_nan_makes_the_statistics_nan():
    summary = Summary()
    summary.add(1.0)
    summary.add(math.nan)
    assert all(map(math.isnan, summary.make_statistics()))


def test_equal_values_have_no_deviation_in_spite_of_rounding():
    summary = Summary()
    for _ in range(3):
        summary.add(0.1)
    assert summary.make_statistics()[1] == pytest.approx(0, abs=1e-7)


def test_an_empty_summary_is_nan():
    assert all(map(math.isnan, Summary().make_statistics()))


@pytest.mark.parametrize("value", ["1", None, [1], np.array("x"), np.array(None)])
def test_what_is_no_number_is_an_error_that_changes_nothing(value):
    summary = Summary()
    summary.add(1.0)
    with pytest.raises(ArgumentTypeError, match="expected a number"):
        summary.add(value)
    assert summary.make_statistics() == (1.0, 0.0)


def test_dict_summary_takes_the_scalars_and_leaves_the_rest():
    summary = DictSummary()
    summary.add({"a": 3.0, "b": (2.0, 3), "s": "text", "n": None, "array": np.ones(3), "t": (1, 2, 3)})
    summary.add({"a": np.array(4.0), "b": 1, "v": Variable(np.array(4.0)), "i": np.int32(3), "one": np.ones(1)})
    assert summary.compute_mean() == {"a": 3.5, "b": 1.75, "v": 4.0, "i": 3.0}
    assert summary.make_statistics() == pytest.approx(
        {"a": 3.5, "a.std": 0.5, "b": 1.75, "b.std": math.sqrt(3) / 4, "v": 4, "v.std": 0, "i": 3, "i.std": 0}
    )


def test_the_layout_of_a_saved_summary_is_chainers():
    summary, entries = DictSummary(), {}
    summary.add({"a": 3.0, "b": (2.0, 3)})
    summary.add({"a": 1})
    summary.serialize(Saver(entries))
    assert entries == {
        "_names": '["a", "b"]',
        "_summaries/0/_x": 4.0,
        "_summaries/0/_x2": 10.0,
        "_summaries/0/_n": 2,
        "_summaries/1/_x": 6.0,
        "_summaries/1/_x2": 12.0,
        "_summaries/1/_n": 3,
    }


@pytest.mark.parametrize("old", [{}, {"a": 100.0}, {"x": 1.0, "y": 2.0, "z": 3.0}])
def test_a_loaded_summary_goes_on_as_the_saved_one(old):
    saved, loaded, entries = DictSummary(), DictSummary(), {}
    saved.add({"a": 3.0, "b": 2.0})
    saved.serialize(Saver(entries))
    loaded.add(old)
    for dry in (True, False):
        loaded.serialize(Loader(entries, dry=dry))
    for summary in (saved, loaded):
        summary.add({"a": 1.0, "c": 7})
    assert loaded.make_statistics() == saved.make_statistics()


def test_a_checking_pass_changes_nothing():
    summary, entries = DictSummary(), {}
    DictSummary().serialize(Saver(entries))
    summary.add({"a": 3.0})
    summary.serialize(Loader(entries, dry=True))
    assert summary.compute_mean() == {"a": 3.0}
    summary.serialize(Loader(entries))
    assert summary.compute_mean() == {}


def test_zero_dimensional_arrays_can_be_loaded():
    summary = Summary()
    summary.serialize(Loader({"_x": np.array(4.0), "_x2": np.array(10.0), "_n": np.array(2)}))
    assert summary.make_statistics() == (2.0, 1.0)


def test_a_checking_pass_asks_for_every_entry():
    """A strict loader takes entries that nobody asks for as an error."""

    names = set()

    class Asked(Loader):
        def __contains__(self, key):
            return any(f"{name}/".startswith(f"{self.path}{key}/") for name in self.entries)

        def __call__(self, key, value):
            names.add(self.path + key)
            return super().__call__(key, value)

    saved, entries = DictSummary(), {}
    saved.add({"a": 1.0, "b": (2.0, 0.25)})
    saved.serialize(Saver(entries))
    loaded = DictSummary()
    loaded.serialize(Asked(entries, dry=True))
    assert names == set(entries)
    assert loaded.compute_mean() == {}


def test_the_count_is_a_float_so_that_weights_may_be_fractions():
    summary, entries = Summary(), {}
    summary.serialize(Saver(entries))
    assert type(entries["_n"]) is float
