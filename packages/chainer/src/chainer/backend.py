"""Devices, and what is asked of arrays whatever device they live on."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary import (
    Device as Device,
    get_array_module as get_array_module,
    get_device as get_device,
    get_device_from_array as get_device_from_array,
    using_device as using_device,
)
from catenary.device import NumpyDevice
from catenary.errors import NotAvailableError
from chainer._old import Kin
from chainer.backends.cuda import GpuDevice as GpuDevice
from chainer.backends.intel64 import Intel64Device as Intel64Device

__all__ = [
    "ChainerxDevice",
    "CpuDevice",
    "Device",
    "GpuDevice",
    "Intel64Device",
    "copyto",
    "from_chx",
    "get_array_module",
    "get_device",
    "get_device_from_array",
    "to_chx",
    "using_device",
]


class CpuDevice(NumpyDevice, metaclass=Kin):
    """The device of the host: `isinstance` tells it, and making one returns it."""

    def __new__(cls) -> Any:
        return get_device("@numpy")

    @staticmethod
    def from_array(array: Any) -> Device | None:
        """Return the host for an array of NumPy, None for anything else.

        Args:
            array: The array.
        """
        return get_device("@numpy") if isinstance(array, np.ndarray) else None


class ChainerxDevice:
    """A device of ChainerX, which cannot be made any more.

    Args:
        device: Unused.

    Raises:
        NotAvailableError: Always.
    """

    def __init__(self, device: Any = None) -> None:
        raise NotAvailableError("ChainerxDevice: ChainerX is no longer maintained; use '@numpy' or '@cupy:0'")


def copyto(dst: Any, src: Any) -> None:
    """Copy the elements of an array into another one, of any device.

    Args:
        dst: What to fill.
        src: The array to copy, or a number.
    """
    dst[...] = src if np.isscalar(src) else get_device_from_array(dst).send(src)


def from_chx(array: Any) -> Any:
    """Return the argument: there are no arrays of ChainerX.

    Args:
        array: Anything.
    """
    return array


def to_chx(array: Any) -> Any:
    """Say that ChainerX is not there.

    Args:
        array: An array.

    Raises:
        NotAvailableError: Always.
    """
    raise NotAvailableError("to_chx: ChainerX is no longer maintained; use '@numpy' or '@cupy:0'")
