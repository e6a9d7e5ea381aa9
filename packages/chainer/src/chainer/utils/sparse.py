"""Sparse matrices by coordinates: those of `catenary.functions`."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.functions import CooMatrix as CooMatrix, to_coo as to_coo


def get_order(row: Any, col: Any) -> str:
    """Return in which order coordinates stand: "C" (row by row), "F" (column by column) or "other".

    Args:
        row: The rows of the elements.
        col: Their columns.
    """
    for order, slow, fast in (("C", row, col), ("F", col, row)):
        step = np.diff(slow)
        if ((step > 0) | ((step == 0) & (np.diff(fast) > 0))).all():
            return order
    return "other"
