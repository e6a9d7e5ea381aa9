"""Functions of inputs of any shape, with shapes, dtypes and memory orders that Hypothesis draws."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from catenary_testing.functions import (
    FLOATS,
    FunctionCase,
    check_gradient_dtypes,
    check_memory_order,
    check_values,
)


def property_tests(cases: Sequence[FunctionCase]) -> Callable[..., None]:
    """Return a pytest test that draws shapes for all elementwise and broadcasting cases; it needs Hypothesis.

    Args:
        cases: The cases; those without `shapes`, and all but the first of equal ones, are left out.
    """
    import hypothesis.extra.numpy as arrays
    from hypothesis import given, settings, strategies as st

    chosen = {(id(c.function), str(c.attributes)): c for c in reversed(cases) if c.shapes}
    dims: dict[str, Any] = {"min_dims": 0, "max_dims": 4, "min_side": 0, "max_side": 4}

    @pytest.mark.parametrize("case", chosen.values(), ids=lambda c: c.function.__name__)
    @settings(deadline=None, max_examples=15, derandomize=True)
    @given(data=st.data())
    def test_shapes(case: FunctionCase, data: Any) -> None:
        if case.shapes == "elementwise":
            shapes: Any = [data.draw(arrays.array_shapes(**dims))]
        else:
            shapes = data.draw(arrays.mutually_broadcastable_shapes(num_shapes=len(case.inputs), **dims)).input_shapes
        dtypes = [data.draw(st.sampled_from([d for d in FLOATS if d in case.dtypes]))]
        drawn = dataclasses.replace(case, inputs=shapes, dtypes=dtypes)
        for check in (check_values, check_gradient_dtypes, check_memory_order):
            check(drawn)

    tests: Callable[..., None] = test_shapes
    return tests
