"""A capture: what a stream was given while it was not to run it.

During a capture nothing is written to the memory of arrays. Yet shapes and types of results have to be known, so the
operations run on a copy of the memory, the shadow, which is thrown away at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Capture:
    """The operations that were recorded so far.

    Attributes:
        records: Functions without arguments, in the order in which a launch runs them.
        broken: Whether something was tried that is not possible during a capture.
        origin: The stream that it began with.
        others: Streams that waited for this one's work and so belong to it, and whether it waited for theirs.
    """

    def __init__(self, origin: Any) -> None:
        self.origin = origin
        self.others: dict[Any, bool] = {}
        self.records: list[Callable[[], object]] = []
        self.broken = False
        self._shadows: dict[int, np.ndarray[Any, Any]] = {}  # by address

    def shadow(self, array: Any) -> np.ndarray[Any, Any]:
        """Return what stands for an array while it is captured."""
        memory, raw = array.data.mem, array._raw
        if not raw.size:
            return raw
        address = memory.ptr
        if address not in self._shadows or self._shadows[address].size < memory.size:
            self._shadows[address] = memory.host.copy()
        offset = raw.__array_interface__["data"][0] - address
        return np.ndarray(raw.shape, raw.dtype, self._shadows[address], offset, raw.strides)
