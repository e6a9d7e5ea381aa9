"""Names for the types that signatures use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: An array of any device. In a function declared with `@function` a parameter annotated so is an input:
#: callers pass a Variable or an array, the body gets the array.
Array: TypeAlias = Any
#: The module that answers NumPy's functions for an array: numpy, cupy, ...
ArrayModule: TypeAlias = Any
Shape: TypeAlias = tuple[int, ...]
DType: TypeAlias = npt.DTypeLike
Axis: TypeAlias = int | tuple[int, ...] | None
Number: TypeAlias = int | float | np.number[Any]
#: What `Parameter` and `add_param` take: a number, an array, or a callable that fills an array in place.
InitializerSpec: TypeAlias = Number | Array | Callable[[Array], None] | None
#: Several arrays; in a function declared with `@function`, an input that is a list of any length.
Arrays: TypeAlias = Sequence[Any]
