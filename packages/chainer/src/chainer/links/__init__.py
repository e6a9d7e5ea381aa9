"""Chainer's links: Catenary's, and what older versions of Chainer had."""

from __future__ import annotations

from typing import Any

import catenary.links
from catenary.links import *


def __getattr__(name: str) -> Any:
    return getattr(catenary.links, name)
