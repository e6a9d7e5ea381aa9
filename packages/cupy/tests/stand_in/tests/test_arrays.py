"""Arrays: the fence, views, types and layouts."""

import pickle
from typing import Any

import cupy
import numpy as np
import pytest


@pytest.fixture
def x() -> Any:
    return cupy.asarray(np.arange(12, dtype=np.float32).reshape(3, 4))


@pytest.mark.parametrize(
    "convert",
    [np.asarray, np.array, lambda x: x + np.ones(4), lambda x: np.ones(4) + x, lambda x: cupy.maximum(x, np.zeros(4)),
     lambda x: cupy.concatenate([x, np.zeros((1, 4), np.float32)]), lambda x: np.add(x, np.ones(4))],
)  # fmt: skip
def test_arrays_of_the_host_are_not_mixed_in(x: Any, convert: Any) -> None:
    with pytest.raises(TypeError):
        convert(x)


def test_functions_of_numpy_give_way(x: Any) -> None:
    assert isinstance(np.sum(x), cupy.ndarray)
    assert isinstance(np.exp(x), cupy.ndarray)


def test_results_without_axes_stay_arrays(x: Any) -> None:
    for value in (x.sum(), x[0, 0], cupy.max(x), x.mean(), cupy.allclose(x, x)):
        assert isinstance(value, cupy.ndarray)
        assert value.shape == ()
    assert float(x.sum()) == 66


def test_views_share_memory(x: Any) -> None:
    for view in (x[1:], x.T, x.reshape(-1), x[::-1], x[:, None], x.ravel(), x[1, 2], x.astype("f", copy=False)):
        assert view.data.mem is x.data.mem
    x[1:][0, 0] = 100
    assert x.get()[1, 0] == 100
    assert x[1:].base is x
    assert x[1:][1:].base is x
    assert x.base is None
    assert x[1:].data.ptr == x.data.ptr + 16


def test_copies_do_not(x: Any) -> None:
    for copy in (x.copy(), x + 0, x.flatten(), x[cupy.array([0])], cupy.array(x)):
        assert copy.data.mem is not x.data.mem
        assert copy.base is None


def test_attributes(x: Any) -> None:
    assert (x.ndim, x.size, x.itemsize, x.nbytes, x.strides) == (2, 12, 4, 48, (16, 4))
    assert (x.flags.c_contiguous, x.T.flags.f_contiguous, x[:, 1:].flags["C_CONTIGUOUS"]) == (True, True, False)
    assert (x.device.id, x.data.ptr % 512, x.__cuda_array_interface__["data"][0]) == (0, 0, x.data.ptr)
    with pytest.raises(AttributeError):
        x.flags.writeable  # noqa: B018


def test_transfers(x: Any) -> None:
    out = np.empty((3, 4), np.float32)
    assert x.get(out=out) is out
    np.testing.assert_array_equal(out, np.arange(12).reshape(3, 4))
    x.set(np.ones((3, 4), np.float32))
    assert x.get().sum() == 12
    assert cupy.asnumpy(x).sum() == 12
    with pytest.raises(TypeError):
        x.set(np.ones((3, 4)))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(x)).get(), x.get())


def test_new_memory_is_not_zero() -> None:
    assert np.isnan(cupy.empty(3).get()).all()


def test_elementwise_results_lie_in_the_order_of_c(x: Any) -> None:
    last = cupy.zeros((2, 5, 3), "f").transpose(0, 2, 1)
    assert (last + 1).flags.c_contiguous
    assert cupy.exp(last).flags.c_contiguous
    assert last.copy().flags.c_contiguous
    assert last.astype("d").strides == (120, 8, 24)
    assert cupy.zeros_like(last).strides == last.strides


def test_indices_out_of_bounds_wrap_around(x: Any) -> None:
    far = cupy.array([4, -7])
    np.testing.assert_array_equal(x[far].get(), np.arange(12).reshape(3, 4)[[1, 2]])
    np.testing.assert_array_equal(cupy.take(x, far, axis=0).get(), np.arange(12).reshape(3, 4)[[1, 2]])
    with pytest.raises(IndexError):
        x[3]


def test_any_of_several_values_for_one_place_may_win(x: Any) -> None:
    x[cupy.array([0, 0, 1])] = cupy.array([[1.0], [2.0], [3.0]], "f")
    np.testing.assert_array_equal(x.get()[:2], [[1] * 4, [3] * 4])  # in NumPy the first row would be 2


def test_additions_at_an_index_all_count(x: Any) -> None:
    y = cupy.zeros(3, "f")
    cupy.add.at(y, cupy.array([0, 0, 2]), cupy.array([1, 2, 3], "f"))
    y.scatter_add(cupy.array([2]), 10)
    np.testing.assert_array_equal(y.get(), [3, 0, 13])


@pytest.mark.parametrize(("name", "dtype"), [("add", "b"), ("add", "D"), ("subtract", "f"), ("maximum", "e")])
def test_types_without_atomic_operations(name: str, dtype: str) -> None:
    with pytest.raises(TypeError, match="only supports"):
        getattr(cupy, name).at(cupy.zeros(3, dtype), cupy.array([0]), 1)


def test_types_are_those_of_cupy() -> None:
    from cupyx.scipy import special

    half = cupy.zeros(2, "e")
    assert (half + 1.5).dtype == np.float16
    assert (half + np.float64(1)).dtype == np.float64
    assert special.erf(half).dtype == np.float64  # SciPy gives float32
    assert cupy.sqrt(cupy.zeros(2, "b")).dtype == np.float16
    with pytest.raises(OverflowError):
        cupy.zeros(2, "b") + 300
    with pytest.raises(TypeError):
        -cupy.zeros(2, "?")
    with pytest.raises(TypeError):
        cupy.add(half, 1, out=cupy.zeros(2, "l"))
    with pytest.raises(ValueError, match="mismatched"):
        cupy.add(cupy.zeros((2, 2)), 1, out=cupy.zeros(2))


def test_what_cannot_be_solved_is_not_told() -> None:
    assert np.isnan(cupy.linalg.inv(cupy.zeros((2, 2))).get()).all()
    assert np.isnan(cupy.linalg.cholesky(-cupy.eye(2)).get()).all()


def test_random_numbers() -> None:
    rng = cupy.random.default_rng(3)
    drawn = rng.standard_normal((2, 3), dtype=np.float32)
    assert (drawn.shape, drawn.dtype) == ((2, 3), np.float32)
    np.testing.assert_array_equal(drawn.get(), cupy.random.default_rng(3).standard_normal((2, 3), dtype="f").get())
    assert cupy.random.Generator(cupy.random.Philox4x3210(0)).uniform(size=2, dtype="f").dtype == np.float32
    for name in ("choice", "normal", "permutation", "shuffle", "spawn"):
        with pytest.raises(AttributeError):
            getattr(rng, name)
