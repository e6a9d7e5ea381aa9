"""DeviceResident: the part of links and optimizers that moves with their arrays from device to device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from catenary.device import Device, get_device
from catenary.device.device import HOST
from catenary.errors import NotAvailableError
from catenary.types import Array, ArrayModule

if TYPE_CHECKING:
    from catenary.variable import Variable


class DeviceResident:
    """An object that holds arrays and keeps them on one device.

    A subclass with arrays of its own overrides `device_resident_accept`::

        def device_resident_accept(self, visitor):
            super().device_resident_accept(visitor)
            self.table = visitor.visit_array(self.table)
    """

    _device: Device = HOST

    @property
    def device(self) -> Device:
        """The device where the arrays live."""
        return self._device

    @property
    def xp(self) -> ArrayModule:
        """The array module of the device."""
        return self._device.xp

    def to_device(self, device: Any) -> Self:
        """Move all arrays to a device.

        Args:
            device: A specifier that `get_device` takes, or a Device.

        Returns:
            self.

        Raises:
            DeviceNotFoundError: If there is no such device.
        """
        self.device_resident_accept(DeviceResidentsVisitor(get_device(device), self))
        return self

    def to_cpu(self) -> Self:
        """Move all arrays to the host and return self."""
        self.device_resident_accept(DeviceResidentsVisitor(HOST, self))
        return self

    def to_gpu(self, device: Any = None) -> Self:
        """Move all arrays to a GPU.

        Args:
            device: Its number; None for the current device if it is a GPU, otherwise for number 0.

        Returns:
            self.

        Raises:
            DeviceNotFoundError: If there is no such GPU or no package for it.
        """
        if device is None:
            device = 0 if get_device() == HOST else get_device()
        self.device_resident_accept(DeviceResidentsVisitor(get_device(device), self))
        return self

    def to_chx(self) -> Self:
        """Refuse: ChainerX is not available.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError("to_chx: ChainerX is not available; use to_device('@cupy:0') for a GPU")

    def from_chx(self) -> Self:
        """Return self: no array is one of ChainerX."""
        return self

    def to_intel64(self) -> Self:
        """Refuse: iDeep is not available.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError("to_intel64: iDeep arrays are not available; stay on '@numpy'")

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show every array, Variable and child to `visitor`, which moves them."""
        visitor.visit_device_resident(self)


class DeviceResidentsVisitor:
    """Moves what `device_resident_accept` shows it.

    Args:
        device: Where everything goes.
        start: The object whose method was called, None for a visitor that is passed on by hand.
    """

    def __init__(self, device: Device = HOST, start: DeviceResident | None = None) -> None:
        self.device = device
        self._start = start

    def visit_array(self, arr: Array) -> Array:
        """Return the array, moved to the device."""
        return self.device.send(arr)

    def visit_variable(self, param: Variable) -> None:
        """Move a Variable or Parameter in place."""
        param.to_device(self.device)

    def visit_device_resident(self, device_resident: DeviceResident) -> None:
        """Note the new device of an object, and call its own `to_cpu`, `to_gpu` or `to_device` if it has one."""
        device_resident._device = self.device
        if device_resident is self._start:
            return
        kind = type(device_resident)
        if kind.to_device is not DeviceResident.to_device:
            device_resident.to_device(self.device)
        elif self.device == HOST and kind.to_cpu is not DeviceResident.to_cpu:
            device_resident.to_cpu()
        elif self.device != HOST and kind.to_gpu is not DeviceResident.to_gpu:
            device_resident.to_gpu(self.device)
