"""The setting `deterministic`: what has no fixed order on a device raises, warns or runs."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Implementation, Variable, arithmetic, config, function, using_config
from catenary.errors import ArgumentError, DeterminismError, DeterminismWarning
from catenary.graph import implementation
from catenary.types import Array, ArrayModule


def gradient_of_lookup(device: Any) -> Any:
    x = Variable(device.send(np.zeros((3, 2))))
    catenary.backward([arithmetic.sum(x[[0, 0, 2]])])
    return device.to_host(x.grad)


def test_on_the_host_additions_have_an_order() -> None:
    with using_config("deterministic", True):
        np.testing.assert_array_equal(gradient_of_lookup(catenary.get_device("@numpy"))[:, 0], [2, 0, 1])


def test_elsewhere_they_may_not() -> None:
    device = catenary.get_device("@tripwire")
    with using_config("deterministic", True), pytest.raises(DeterminismError, match="no fixed order on @tripwire"):
        gradient_of_lookup(device)
    with using_config("deterministic", "warn"), pytest.warns(DeterminismWarning, match="no fixed order on @tripwire"):
        np.testing.assert_array_equal(gradient_of_lookup(device)[:, 0], [2, 0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradient_of_lookup(device)


def test_slices_and_masks_name_no_place_twice() -> None:
    x = Variable(catenary.get_device("@tripwire").send(np.zeros((3, 2))))
    with using_config("deterministic", True):
        catenary.backward([arithmetic.sum(x[1:]), arithmetic.sum(x[x.array == 0])])


def test_the_setting_takes_three_values() -> None:
    for value in (True, False, "warn"):
        with using_config("deterministic", value):
            assert config.deterministic == value
    with pytest.raises(ArgumentError, match="deterministic must be True, False or 'warn', got 'no'"):
        config.deterministic = "no"


def test_an_implementation_without_a_fixed_order_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    @function
    def double(_: ArrayModule, x: Array) -> Array:
        return x * 2

    @function
    def quick(_: ArrayModule, x: Array) -> Array:
        return x * 3

    other = implementation._Alternative("quick", "numpy", Implementation(quick, lambda x: True, deterministic=False))
    monkeypatch.setattr("catenary.graph.specialise.find_alternatives", lambda declaration: (
        (other,) if declaration.name == "double" else ()
    ))  # fmt: skip
    assert double(np.ones(1)).array == [3]
    with using_config("deterministic", True):
        assert double(np.ones(1)).array == [2]
