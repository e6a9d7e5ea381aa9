"""Differentiable functions: use them as ``catenary.functions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_functions.activation import *
from catenary_functions.array import *
from catenary_functions.connection import *
from catenary_functions.evaluation import *
from catenary_functions.loss import *
from catenary_functions.math import *
from catenary_functions.noise import *
from catenary_functions.normalization import *
from catenary_functions.pooling import *
from catenary_functions.rnn import *
from catenary_functions.util import *
from catenary_functions.windows import *

if not TYPE_CHECKING:
    from catenary_functions_plugin import NAMES

    __all__ = " ".join(NAMES.values()).split()

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "functions", name)
