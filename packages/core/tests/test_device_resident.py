from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary import Chain, Link
from catenary.device_resident import DeviceResident
from catenary.errors import DeviceNotFoundError, NotAvailableError


class Table(DeviceResident):
    def __init__(self):
        super().__init__()
        self.table = np.ones(2)

    def device_resident_accept(self, visitor):
        super().device_resident_accept(visitor)
        self.table = visitor.visit_array(self.table)


def test_an_object_moves_the_arrays_that_it_shows(board):
    table = Table()
    assert (table.device.name, table.xp) == ("@numpy", np)
    assert table.to_device("@board") is table
    assert (table.device, table.xp) == (board, board.xp)
    assert type(table.table).__name__ == "BoardArray"
    assert table.to_cpu() is table
    assert type(table.table) is np.ndarray


def test_to_gpu_goes_to_the_current_device_or_to_number_0(board, monkeypatch):
    asked = []
    real = catenary.get_device

    def get_device(spec=None):
        asked.append(spec)
        return board if spec in (0, 3) else real(spec)

    monkeypatch.setattr("catenary.device_resident.get_device", get_device)
    Table().to_gpu()
    Table().to_gpu(3)
    assert [spec for spec in asked if spec is not None] == [0, 3]
    asked.clear()
    with catenary.using_device("@board"):
        assert Table().to_gpu().device is board
    assert 0 not in asked


def test_a_gpu_without_its_package_is_an_error_that_says_what_to_install():
    with pytest.raises(DeviceNotFoundError, match="pip install"):
        Table().to_gpu()


def test_what_chainer_had_and_is_not_available_says_so():
    with pytest.raises(NotAvailableError, match="ChainerX"):
        Table().to_chx()
    with pytest.raises(NotAvailableError, match="iDeep"):
        Table().to_intel64()
    table = Table()
    assert table.from_chx() is table


class Old(Link):
    """A link of old code, which overrides the methods themselves."""

    def __init__(self, log):
        super().__init__(W=1)
        self.log = log

    def to_cpu(self):
        self.log.append("to_cpu")
        return super().to_cpu()

    def to_gpu(self, device=None):
        self.log.append(("to_gpu", device))
        return self


class New(Link):
    def __init__(self, log):
        super().__init__(W=1)
        self.log = log

    def to_device(self, device):
        self.log.append(("to_device", device))
        return super().to_device(device)


def test_overridden_methods_of_children_are_called_once(board):
    log = []
    chain = Chain(old=Old(log), new=New(log))
    chain.to_device("@board")
    assert log == [("to_device", board), ("to_gpu", board)]
    log.clear()
    chain.to_cpu()
    assert log == [("to_device", catenary.get_device("@numpy")), "to_cpu"]
    assert {type(param.array) for param in chain.params()} == {np.ndarray}
    log.clear()
    chain.old.to_cpu()
    assert log == ["to_cpu"]
