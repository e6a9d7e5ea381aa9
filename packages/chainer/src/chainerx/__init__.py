"""ChainerX is not available: scripts that ask `chainerx.is_available()` go on without it.

Example:
    >>> import chainerx
    >>> chainerx.is_available()
    False
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainer._absent import names_of

_WHY = "ChainerX is not available, it is no longer maintained; use NumPy's arrays and the device '@numpy'"
#: What it had besides functions and dtypes under NumPy's names.
_OWN = (
    *("Context", "Device", "backprop_scope", "backward", "force_backprop_mode", "get_backend", "get_default_device"),
    *("get_device", "grad", "is_backprop_required", "no_backprop_mode", "set_default_device", "to_numpy"),
    *("using_device", "functions", "relu", "sigmoid"),
)
__getattr__ = names_of("chainerx", _WHY, {*_OWN, *np.__all__})


class ndarray:
    """The class of ChainerX's arrays, of which there are none.

    Args:
        args: Unused.

    Raises:
        NotAvailableError: Always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        __getattr__("ndarray")()


def is_available() -> bool:
    """Return False."""
    return False
