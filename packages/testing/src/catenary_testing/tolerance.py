"""How close is close, by dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.graph.half import is_float

#: dtype -> relative and absolute tolerance of results whose inputs have that dtype.
TOLERANCES = {
    "bfloat16": (2e-2, 1e-2),
    "float16": (1e-2, 5e-3),
    "float32": (1e-4, 2e-5),
    "float64": (1e-7, 1e-9),
}


def assert_close(actual: Any, expected: Any, dtype: str = "float64", factor: float = 1.0) -> None:
    """Assert that two arrays have the same shape and close values.

    Args:
        actual: The array found.
        expected: The array wanted, often more exact.
        dtype: The dtype of the inputs: "bfloat16", "float16", "float32" or "float64".
        factor: A factor for the tolerances.

    Raises:
        AssertionError: If shapes or values differ.
    """
    rtol, atol = TOLERANCES[dtype]
    assert actual.shape == expected.shape, f"shape {actual.shape}, expected {expected.shape}"
    np.testing.assert_allclose(
        np.asarray(actual, np.float64) if is_float(actual.dtype) else actual,
        np.asarray(expected, np.float64) if is_float(expected.dtype) else expected,
        rtol=rtol * factor,
        atol=atol * factor,
    )
