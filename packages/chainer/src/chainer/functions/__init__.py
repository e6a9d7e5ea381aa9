"""Chainer's functions: Catenary's, and what older versions of Chainer had."""

from __future__ import annotations

from typing import Any

import catenary.functions
from catenary.functions import *


def __getattr__(name: str) -> Any:
    return getattr(catenary.functions, name)
