"""The tripwire device: arrays that answer NumPy's functions and refuse to be mixed with host arrays.

It stands in for a GPU where there is none. Its arrays live in host memory, but nothing can take them for NumPy
arrays: a silent conversion, or an operation that mixes them with host arrays, raises `TripwireError`.
"""

from catenary_testing.tripwire.array import TripwireArray as TripwireArray, TripwireError as TripwireError
from catenary_testing.tripwire.device import TripwireDevice as TripwireDevice, open_device as open_device

__all__ = ["TripwireArray", "TripwireDevice", "TripwireError", "open_device"]
