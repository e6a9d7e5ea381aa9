"""Chainer's interfaces of data: Catenary's, with the functions for downloads and tabular data sets in one place."""

from __future__ import annotations

from typing import Any

import catenary.dataset
import catenary.datasets

__all__ = list(catenary.dataset.__all__)


def __getattr__(name: str) -> Any:
    home = catenary.dataset if hasattr(catenary.dataset, name) else catenary.datasets
    return getattr(home, name)
