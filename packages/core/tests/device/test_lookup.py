"""From specifiers and arrays to devices."""

from __future__ import annotations

import copy
import pickle
import sys
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Device, Variable, get_array_module, get_device, get_device_from_array
from catenary.device import device_of
from catenary.device.lookup import parse_specifier
from catenary.errors import ArgumentTypeError, DeviceError, DeviceNotFoundError

HOST = get_device("@numpy")
TRIPWIRE = get_device("@tripwire")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("@numpy", ("numpy", None)),
        ("numpy", ("numpy", None)),
        ("cpu", ("numpy", None)),
        ("native", ("numpy", None)),
        ("@cupy:1", ("cupy", 1)),
        ("cuda:10", ("cupy", 10)),
        ("GPU", ("cupy", None)),
        ("@Mine:0", ("mine", 0)),
    ],
)
def test_specifiers_are_read(spec: str, expected: Any) -> None:
    assert parse_specifier(spec) == expected


@pytest.mark.parametrize("spec", ["@numpy", "numpy", "cpu", "native", -1, np.int64(-3), np, HOST, None])
def test_names_of_the_host(spec: Any) -> None:
    assert get_device(spec) is HOST


@pytest.mark.parametrize("spec", ["@tripwire", "tripwire", "@tripwire:0", ("tripwire", 0), TRIPWIRE])
def test_names_of_a_device_of_a_plugin(spec: Any) -> None:
    assert get_device(spec) == TRIPWIRE


@pytest.mark.parametrize("spec", ["", "@", "cuda:", "cuda:x", "cuda:-1", "a:1:2"])
def test_what_cannot_be_read(spec: str) -> None:
    with pytest.raises(DeviceNotFoundError, match=f"get_device: cannot read {spec!r}; write '@numpy', '@cupy:0'"):
        get_device(spec)


@pytest.mark.parametrize("spec", [True, 1.5, [], {}, object()])
def test_what_is_no_specifier(spec: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="get_device: expected"):
        get_device(spec)


@pytest.mark.skipif("cupy" in catenary.plugins.registry.names("devices"), reason="catenary-cupy is installed")
@pytest.mark.parametrize("spec", [0, 3, "@cupy:0", "cuda:0", "gpu", "@cupy"])
def test_a_missing_device_says_what_to_install(spec: Any) -> None:
    with pytest.raises(
        DeviceNotFoundError, match=r"'@cupy' is provided by catenary-cupy, which is not installed.*pip "
    ):
        get_device(spec)


def test_an_unknown_device_lists_the_known_ones() -> None:
    with pytest.raises(
        DeviceNotFoundError, match=r"there is no device '@abacus' here; known are '@numpy', .*'@tripwire'"
    ):
        get_device("@abacus:1")
    with pytest.raises(DeviceNotFoundError, match="'@numpy' has no index, got '@numpy:0'"):
        get_device("@numpy:0")
    with pytest.raises(DeviceNotFoundError, match="there is one device '@tripwire', got index 2"):
        get_device("@tripwire:2")


def test_devices_of_arrays() -> None:
    host, there = np.zeros(1), TRIPWIRE.send(np.zeros(1))
    assert device_of(host) is HOST
    assert device_of(there) == TRIPWIRE
    assert device_of(np.zeros(1).view(np.recarray)) is HOST
    assert get_array_module(host, 3) is np
    assert get_array_module(None, Variable(there)) is TRIPWIRE.xp
    assert get_array_module() is np
    assert "cupy" not in sys.modules
    with pytest.raises(ArgumentTypeError, match="expected an array of an installed device, got list"):
        device_of([1])


def test_devices_of_several_arrays() -> None:
    host, there = np.zeros(1), TRIPWIRE.send(np.zeros(1))
    assert get_device_from_array() is HOST
    assert get_device_from_array(1.0, None, np.float32(2)) is HOST
    assert get_device_from_array(Variable(there), 2.0, there) == TRIPWIRE
    with pytest.raises(DeviceError, match="arrays live on different devices: @tripwire, @numpy"):
        get_device_from_array(there, Variable(host))


def test_current_device() -> None:
    assert get_device() is HOST
    with catenary.using_device("@tripwire") as device:
        assert device == TRIPWIRE == get_device()
        with HOST:
            assert get_device() is HOST
        HOST.use()
        assert get_device() is HOST
        TRIPWIRE.use()
        assert get_device() == TRIPWIRE
    assert get_device() is HOST
    with pytest.raises(KeyError), catenary.using_device("@tripwire"):
        raise KeyError
    assert get_device() is HOST


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))])
def test_a_copy_of_a_device_is_the_device(duplicate: Any) -> None:
    assert duplicate(HOST) is HOST
    assert duplicate(TRIPWIRE) is get_device("@tripwire")


def test_arrays_of_a_missing_package_say_what_to_install() -> None:
    Theirs = type("ndarray", (), {"__module__": "cupy._core", "shape": (), "dtype": np.dtype("f"), "ndim": 0})
    if "cupy" in catenary.plugins.registry.names("devices"):
        pytest.skip("catenary-cupy is installed")
    with pytest.raises(DeviceNotFoundError, match="catenary-cupy"):
        Variable(Theirs())


def test_a_device_of_ones_own(board: Any) -> None:
    array = board.send(np.arange(3))
    assert get_device("@board") is board
    assert device_of(array) is board
    assert Variable(array).device is board
    assert isinstance(board, Device)
