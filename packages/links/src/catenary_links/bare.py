"""A link around one array."""

from __future__ import annotations

from typing import Any

import catenary
from catenary import Link, Variable
from catenary.errors import ArgumentTypeError
from catenary.types import Array
from catenary.variable import is_array


class Parameter(Link):
    """A link that holds one parameter and returns it.

    It is not `catenary.Parameter`, which it holds.

    Args:
        array: The array, which is then that of the parameter.

    Attributes:
        W: The parameter, of the shape of the array.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.Parameter(np.zeros(2, np.float32))().array
        array([0., 0.], dtype=float32)
    """

    def __init__(self, array: Array) -> None:
        super().__init__()
        if not is_array(array):
            raise ArgumentTypeError(f"Parameter: array must be an array, got {type(array).__name__}")
        with self.init_scope():
            self.W = catenary.Parameter(array)

    def forward(self, volatile: Any = "off") -> Variable:
        """Return the parameter.

        Args:
            volatile: Not used; old code gives it.
        """
        return self.W
