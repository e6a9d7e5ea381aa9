"""Devices: where arrays live, how they move, and the random numbers drawn there."""

from catenary.device.device import Device as Device, NumpyDevice as NumpyDevice
from catenary.device.lookup import (
    device_of as device_of,
    get_array_module as get_array_module,
    get_device as get_device,
    get_device_from_array as get_device_from_array,
    using_device as using_device,
)
from catenary.device.random import (
    get_random_state as get_random_state,
    seed as seed,
    set_random_state as set_random_state,
)
