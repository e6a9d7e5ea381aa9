"""Turn arrays round, and move them between devices."""

from __future__ import annotations

from typing import Any

from catenary import PER_CALL, Saved, function, get_device, get_device_from_array
from catenary.types import Array, ArrayModule, Axis

__all__ = ["copy", "flip", "fliplr", "flipud"]


@function
def copy(_: ArrayModule, x: Array, dst: Any, *, saved: Saved = PER_CALL) -> Array:
    """Move an array to another device; its gradient comes back from there.

    Args:
        x: Input of any shape.
        dst: What `catenary.get_device` takes, such as "@numpy" or the number of a GPU; -1 is the host.

    Raises:
        DeviceNotFoundError: If there is no such device.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.copy(np.ones(2), -1).array
        array([1., 1.])
    """
    saved.device = get_device_from_array(x)
    return get_device(dst).send(x)


copy.gradient(x=lambda gy, saved: copy(gy, saved.device))


@function
def flip(xp: ArrayModule, x: Array, axis: Axis) -> Array:
    """Reverse the order of elements along an axis.

    Args:
        x: Input of any shape but 0-d.
        axis: The axis, or several; all if None.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.flip(np.array([1.0, 2.0, 3.0]), 0).array
        array([3., 2., 1.])
    """
    return xp.flip(x, axis)


flip.gradient(x=lambda gy, axis: flip(gy, axis))


@function
def fliplr(xp: ArrayModule, a: Array) -> Array:
    """Reverse the order along the second axis: left and right.

    Args:
        a: Input with at least 2 axes.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.fliplr(np.array([[1.0, 2.0]])).array
        array([[2., 1.]])
    """
    return xp.fliplr(a)


fliplr.gradient(a=lambda gy: fliplr(gy))


@function
def flipud(xp: ArrayModule, a: Array) -> Array:
    """Reverse the order along the first axis: up and down.

    Args:
        a: Input of any shape but 0-d.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.flipud(np.array([1.0, 2.0])).array
        array([2., 1.])
    """
    return xp.flipud(a)


flipud.gradient(a=lambda gy: flipud(gy))
