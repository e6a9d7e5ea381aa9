"""The tripwire device: it answers as NumPy does, and refuses what a GPU would refuse."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Variable
from catenary.errors import DeviceError, DeviceNotFoundError
from catenary.testing import TripwireDevice, TripwireError

HOST = np.arange(6.0).reshape(2, 3)


@pytest.fixture
def x() -> Any:
    return catenary.get_device("@tripwire").send(HOST)


def back(array: Any) -> Any:
    return catenary.get_device("@tripwire").to_host(array)


@pytest.mark.parametrize(
    "silent",
    [
        np.asarray,
        np.sum,
        lambda x: np.concatenate([x, x]),
        lambda x: x + HOST,
        lambda x: HOST + x,
        lambda x: x.__iadd__(HOST),
        lambda x: x[np.array([0])],
        lambda x: x.__setitem__(0, HOST[0]),
        lambda x: np.zeros((2, 3)).__setitem__(slice(None), x),
        lambda x: list(x.flat),
    ],
)
def test_silent_conversions_and_mixtures_raise(x: Any, silent: Any) -> None:
    with pytest.raises((TripwireError, TypeError)):
        silent(x)


@pytest.mark.parametrize(
    "compute",
    [
        lambda x, xp: x + 1,
        lambda x, xp: 2 - x,
        lambda x, xp: x @ x.T,
        lambda x, xp: -x[0, ::-1],
        lambda x, xp: x.sum(0),
        lambda x, xp: xp.exp(x).max(),
        lambda x, xp: xp.concatenate([x, x], 1),
        lambda x, xp: xp.where(x > 2, x, 0 * x),
        lambda x, xp: xp.lib.stride_tricks.as_strided(x, (2, 2), x.strides),
        lambda x, xp: xp.asarray(HOST) * x,
    ],
)
def test_results_are_those_of_numpy_and_stay_on_the_device(x: Any, compute: Any) -> None:
    found = compute(x, catenary.get_array_module(x))
    assert TripwireDevice().is_array_supported(found)
    np.testing.assert_array_equal(back(found), compute(HOST, np))


def test_arrays_move_copy_and_pickle(x: Any) -> None:
    assert type(catenary.get_device("@numpy").send(x)) is np.ndarray
    for other in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        np.testing.assert_array_equal(back(other), HOST)


def test_variables_of_two_devices_do_not_mix(x: Any) -> None:
    with pytest.raises(DeviceError, match=r"add: .*@tripwire.*@numpy"):
        Variable(x) + Variable(HOST)


def test_there_is_one_tripwire_device() -> None:
    assert catenary.get_device("@tripwire:0") == catenary.get_device("@tripwire")
    with pytest.raises(DeviceNotFoundError, match="index 1"):
        catenary.get_device("@tripwire:1")


def test_fixtures_run_on_both_devices(device: Any, xp: Any, seeded: None) -> None:
    array = xp.zeros(3)
    assert device.is_array_supported(array)
    assert catenary.get_device() is device
