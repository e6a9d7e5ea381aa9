"""Chainer's optimizers: Catenary's, with the methods of older versions."""

from __future__ import annotations

from typing import Any

import catenary.optimizers
from chainer.optimizers._old import OLDER, Adam as Adam

__all__ = list(catenary.optimizers.__all__)
globals().update(OLDER)


def __getattr__(name: str) -> Any:
    if name.endswith("Rule") and hasattr(catenary.optimizers, name.removesuffix("Rule")):
        return getattr(catenary.optimizers, name.removesuffix("Rule")).rule
    return getattr(catenary.optimizers, name)
