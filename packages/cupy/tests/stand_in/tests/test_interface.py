"""Names and arguments: what CuPy lacks is refused, though NumPy has it."""

from importlib import import_module
from typing import Any

import cupy
import numpy as np
import pytest
from cupy_stand_in.interface import TABLE


@pytest.mark.parametrize("name", ["vecdot", "errstate", "insert", "emath", "spacing", "setbufsize"])
def test_names_that_cupy_lacks(name: str) -> None:
    assert not hasattr(cupy, name)


@pytest.mark.parametrize(
    ("where", "name"), [("linalg", "vector_norm"), ("linalg", "multi_dot"), ("fft", "foo"), ("random", "f_")]
)
def test_names_that_its_modules_lack(where: str, name: str) -> None:
    assert not hasattr(getattr(cupy, where), name)


def test_nccl_is_absent() -> None:
    with pytest.raises(ImportError):
        import_module("cupy.cuda.nccl")


@pytest.mark.parametrize(
    "call",
    [
        lambda x: cupy.sum(x, where=True),
        lambda x: cupy.add(x, 1, where=x > 0),
        lambda x: cupy.add(x, 1, order="C"),
        lambda x: cupy.clip(x, min=0),
        lambda x: cupy.max(x, initial=0),
        lambda x: x.sum(initial=0),
        lambda x: x.item(0),
        lambda x: x.astype("i", casting="safe"),
        lambda x: cupy.full((2,), 1, like=x),
        lambda x: cupy.take(x, x, mode="clip"),
        lambda x: cupy.sum([1, 2]),
        lambda x: cupy.where(True, x, 0),
    ],
)
def test_arguments_that_cupy_does_not_take(call: Any) -> None:
    with pytest.raises(TypeError):
        call(cupy.zeros(2, "f"))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: cupy.maximum.reduce(x),
        lambda x: cupy.maximum.accumulate(x),
        lambda x: cupy.multiply.at(x, 0, 2),
        lambda x: x.__delitem__(0),
    ],
)
def test_what_cupy_does_not_support(call: Any) -> None:
    with pytest.raises(NotImplementedError):
        call(cupy.zeros(2, "f"))


def test_arguments_go_by_their_names() -> None:
    """`dtype` comes before `out` in CuPy's argmax, and NumPy has no `dtype` there."""
    out = cupy.empty((), "l")
    assert cupy.argmax(cupy.array([1, 3, 2]), None, None, out) is out
    assert int(out) == 1
    assert cupy.argmax(cupy.array([[1, 3, 2]]), axis=1, keepdims=True).shape == (1, 1)


def test_functions_that_the_core_uses_have_a_body() -> None:
    names = (
        "arange where zeros sqrt asarray full maximum clip empty tanh ones minimum log exp matmul eye stack sign pad "
        "concatenate broadcast_to ascontiguousarray linspace add ceil trunc subtract vdot tri take split sort real "
        "rint repeat outer nonzero moveaxis meshgrid imag full_like fmod flip finfo einsum diagonal cumsum cumprod "
        "argsort copyto bincount argmax dot tensordot cross isnan searchsorted multiply"
    )
    for name in names.split():
        assert callable(getattr(cupy, name)), name


def test_constants_are_those_of_cuda() -> None:
    assert cupy.cuda.runtime.streamCaptureModeThreadLocal == 1
    assert cupy.cuda.runtime.memcpyDeviceToDevice == 3
    assert cupy.inf == np.inf
    assert np.isnan(cupy.nan)


def test_the_table_can_be_read() -> None:
    assert TABLE["cupy", "add"].kind == "ufunc at"
    assert ("cupy.ndarray", "scatter_add") in TABLE
