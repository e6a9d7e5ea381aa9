"""Devices."""

from cupy_stand_in.current import current_id as get_device_id
from cupy_stand_in.device import Device as Device

__all__ = ["Device", "get_device_id"]
