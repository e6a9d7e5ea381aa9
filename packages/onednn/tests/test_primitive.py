"""What a primitive keeps between calls: where arrays and scratch memory were, and which arguments it has."""

from __future__ import annotations

import numpy as np
import pytest

import catenary.functions as F
from catenary.types import Array
from catenary_onednn import convolution, elementwise
from catenary_onednn.library import StatusError
from catenary_onednn.primitive import Primitive, address, runtime


def arrays() -> dict[str, Array]:
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    fixed = x.copy()
    fixed.flags.writeable = False
    return {
        "plain": x,
        "part": x[1:, 1:],
        "transposed": x.transpose(2, 0, 1),
        "backwards": x[::-1],
        "read-only": fixed,
        "empty": x[:0],
        "number": x[1, 2, 3:].reshape(()),
    }


@pytest.mark.parametrize("name", arrays())
def test_the_address_is_that_of_the_first_element(name: str) -> None:
    array = arrays()[name]
    assert address(array) == array.ctypes.data == array.__array_interface__["data"][0]


def images(size: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((2, 3, size, size)).astype(np.float32), rng.standard_normal((4, 3, 3, 3)).astype("f")


def expected(x: Array, W: Array) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(np.float64), (3, 3), (2, 3))
    return np.einsum("bcijhw,ochw->boij", windows, W)


def test_other_arrays_and_other_scratch_memory_are_used() -> None:
    convolution._forward.cache_clear()
    spoiled = []
    for _ in range(3):
        for seed, size in enumerate((5, 9, 5, 9)):
            x, W = images(size, seed)
            np.testing.assert_allclose(F.convolution_2d(x, W).array, expected(x, W), rtol=1e-4, atol=1e-5)
        shared = runtime()
        place, before = shared.scratch(1), shared._scratch
        before[...] = 255
        spoiled.append(before)
        assert shared.scratch(before.size) != place  # from now on it is somewhere else
    assert all((memory == 255).all() for memory in spoiled)
    assert convolution._forward.cache_info().misses == 2


def test_a_failure_is_an_error() -> None:
    x = np.ones(6, np.float32)
    F.sigmoid(x)
    run: Primitive = elementwise._forward(6, elementwise.Algorithm(0x104))
    given = run._run._given
    run._run._given = None, *given[1:]
    try:
        with pytest.raises(StatusError, match="dnnl_primitive_execute: status"):
            F.sigmoid(x)
    finally:
        run._run._given = given
    np.testing.assert_allclose(F.sigmoid(x).array, 1 / (1 + np.exp(-1)), rtol=1e-6)
