from __future__ import annotations

import ctypes
import re

import pytest

from catenary.cli.accelerators import describe_accelerators


class Driver:
    """What ctypes gives for libcuda, as far as it is asked."""

    def __init__(self, status=0, devices=0, version=13000):
        self.status, self.devices, self.version = status, devices, version

    def cuInit(self, flags):
        return self.status

    def cuDeviceGetCount(self, count):
        count._obj.value = self.devices

    def cuDriverGetVersion(self, version):
        version._obj.value = self.version

    def cuDeviceGet(self, device, index):
        device._obj.value = index
        return 0

    def cuDeviceGetName(self, buffer, size, device):
        buffer.value = f"Board {device.value}".encode()
        return 0


@pytest.mark.parametrize(
    ("driver", "line"),
    [
        (None, "NVIDIA: no driver (libcuda.so.1 not found)"),
        (Driver(status=100), "NVIDIA: the driver does not start (cuInit returned 100)"),
        (Driver(devices=0), "NVIDIA: the driver reports no device"),
        (
            Driver(devices=2, version=12080),
            "NVIDIA: driver for CUDA 12.8, devices 0: Board 0, 1: Board 1; "
            "install the plugin with:  pip install 'catenary-cupy[cuda12]'",
        ),
        (
            Driver(devices=1, version=13010),
            "NVIDIA: driver for CUDA 13.1, devices 0: Board 0; "
            "install the plugin with:  pip install 'catenary-cupy[cuda13]'",
        ),
    ],
)
def test_what_is_said_of_the_driver(site, monkeypatch, driver, line):
    def load(name):
        assert name == "libcuda.so.1"
        if driver is None:
            raise OSError
        return driver

    monkeypatch.setattr(ctypes, "CDLL", load)
    assert list(describe_accelerators()) == [line]


def test_an_installed_plugin_needs_no_advice(site, monkeypatch):
    site.plugin("catenary-cupy", version="0.4")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Driver(devices=1))
    (line,) = describe_accelerators()
    assert line.endswith("catenary-cupy 0.4 is installed")


@pytest.mark.gpu
def test_the_real_driver_is_described():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        pytest.skip("no NVIDIA driver here")
    (line,) = describe_accelerators()
    assert re.search(r"driver for CUDA \d+\.\d, devices 0: NVIDIA ", line)
