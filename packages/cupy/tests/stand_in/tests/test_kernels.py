"""Kernels in CUDA C++, against NumPy."""

from typing import Any

import cupy
import numpy as np
import pytest
from cupy_stand_in.kernels.compiler import has_compiler

pytestmark = pytest.mark.skipif(not has_compiler(), reason="kernels of the stand-in need g++")
CompileException = cupy.cuda.compiler.CompileException


def kernel(operation: str, inputs: str = "T x", outputs: str = "T z", **options: Any) -> Any:
    return cupy.ElementwiseKernel(inputs, outputs, operation, "tested", **options)


@pytest.mark.parametrize("dtype", ["e", "f", "d"])
def test_functions(dtype: str) -> None:
    host = np.linspace(-2, 3, 12).astype(dtype).reshape(3, 4)
    x = cupy.asarray(host)
    close = {"rtol": 2e-3 if dtype == "e" else 1e-6, "atol": 1e-3 if dtype == "e" else 1e-7}
    found = kernel("z = max(T(tanh(x)), T(0)) * exp(-x) + rsqrt(x * x + T(1)) - floor(x)")(x)
    wide = host.astype("d")
    expected = np.maximum(np.tanh(wide), 0) * np.exp(-wide) + 1 / np.sqrt(wide * wide + 1) - np.floor(wide)
    np.testing.assert_allclose(found.get(), expected, **close)
    assert found.dtype == dtype


def test_the_inverse_of_the_error_function() -> None:
    special = pytest.importorskip("scipy.special")
    y = np.linspace(-0.999, 0.999, 41)
    np.testing.assert_allclose(
        kernel("z = erfinv(x)")(cupy.asarray(y)).get(), special.erfinv(y), rtol=1e-12, atol=1e-15
    )
    assert np.isinf(kernel("z = erfinv(x)")(cupy.ones(1)).get()).all()


@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "H", "i", "I", "l", "L"])
def test_whole_numbers(dtype: str) -> None:
    host = np.array([0, 1, 3, 1]).astype(dtype)
    np.testing.assert_array_equal(kernel("z = x + x")(cupy.asarray(host)).get(), host + host)


def test_broadcasting_and_strides() -> None:
    x, y = np.arange(24.0).reshape(2, 3, 4), np.arange(3.0)[:, None]
    found = kernel("z = x - y", "T x, T y")(cupy.asarray(x).transpose(2, 1, 0)[::-1], cupy.asarray(y))
    np.testing.assert_array_equal(found.get(), x.transpose(2, 1, 0)[::-1] - y)


def test_outputs_that_are_given() -> None:
    x, z = cupy.arange(6.0), cupy.zeros((6, 2))
    assert kernel("z = x * a", "T x, float32 a")(x, 3, z[:, 0]) is not None
    np.testing.assert_array_equal(z.get()[:, 0], 3 * np.arange(6))
    np.testing.assert_array_equal(z.get()[:, 1], 0)
    assert kernel("z = x", no_return=True)(x) is None
    assert kernel("y = x; z = -x", outputs="T y, int32 z")(x)[1].dtype == np.int32


def test_raw_arrays() -> None:
    x = cupy.arange(12.0).reshape(3, 4).T
    found = kernel("z = x[i] + x.size()", "raw T x")(x, size=12)
    np.testing.assert_array_equal(found.get(), np.arange(12).reshape(3, 4).T.ravel() + 12)
    with_place = kernel("z = _ind.get()[0] * 10 + _ind.get()[1]", reduce_dims=False)(cupy.zeros((2, 2)))
    np.testing.assert_array_equal(with_place.get(), [[0, 1], [10, 11]])


def test_text_before_and_after() -> None:
    preamble = "__device__ inline float twice(float x) { return 2 * x; }"
    found = kernel("z = twice(x) + c", preamble=preamble, loop_prep="float c = 1")(cupy.ones(2, "f"))
    np.testing.assert_array_equal(found.get(), 3)


@pytest.mark.parametrize(
    ("inputs", "args", "error"),
    [
        ("T x, T y", (cupy.ones(2, "f"), cupy.ones(2)), TypeError),
        ("T x, float32 y", (cupy.ones(2, "f"), cupy.ones(2)), TypeError),
        ("T x, T y", (cupy.ones(2), np.ones(2)), TypeError),
        ("T x, T y", (cupy.ones(2),), TypeError),
        ("T x, T y", (1, 2), ValueError),
        ("T x, T y", (cupy.ones(2), cupy.ones(3)), ValueError),
        ("T x, U y", (cupy.ones(2), 1), KeyError),
        ("T x, T y", (cupy.ones(2), 1, cupy.ones((1, 1))), ValueError),
    ],
)
def test_arguments_that_do_not_fit(inputs: str, args: Any, error: type[Exception]) -> None:
    outputs = "U z" if "U" in inputs else "T z"
    with pytest.raises(error):
        kernel("z = x + y", inputs, outputs)(*args)


@pytest.mark.parametrize(
    "operation",
    ["z = max(x, 0)", "z = INFINITY", "z = n", "int64_t q = 1", "z = std::exp(x)", "z = sqrt(i)", "z = sign(x)"],
)
def test_what_nvrtc_does_not_know(operation: str) -> None:
    with pytest.raises(CompileException):
        kernel(operation)(cupy.ones(2, "f"))


def test_names_and_headers() -> None:
    with pytest.raises(ValueError, match="Invalid kernel name"):
        cupy.ElementwiseKernel("T x", "T z", "z = x", "not a name")
    with pytest.raises(CompileException):  # CUDA has a function of this name
        cupy.ElementwiseKernel("T x", "T z", "z = x", "norm")(cupy.ones(2))
    with pytest.raises(CompileException, match="cmath"):
        kernel("z = x", preamble="#include <cmath>")(cupy.ones(2))
    with pytest.raises(ValueError, match="'i'"):
        kernel("z = i", "T i")


def test_reductions() -> None:
    host = np.arange(24.0).reshape(2, 3, 4)
    x = cupy.asarray(host)
    length = cupy.ReductionKernel("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "length")
    for axis, keepdims in ((None, False), (1, True), ((0, 2), False)):
        found = length(x, axis=axis, keepdims=keepdims)
        np.testing.assert_allclose(found.get(), np.sqrt((host**2).sum(axis=axis, keepdims=keepdims)))
    largest = cupy.ReductionKernel("T x, T w", "T y", "x * w", "max(a, b)", "y = a", None, "largest")
    np.testing.assert_array_equal(largest(x, -1.0, axis=2).get(), (-host).max(2))
    with pytest.raises(ValueError, match="no identity"):
        largest(cupy.zeros((0, 2)), 1.0, axis=0)


SCALE = 'extern "C" __global__ void scale(float* x, float a, int n) {' + (
    " for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) x[i] *= a; }"
)
SUM = """
extern "C" __global__ void block_sum(const float* x, float* y, int n) {
  extern __shared__ float part[];
  int t = threadIdx.x, i = blockIdx.x * blockDim.x + t;
  part[t] = i < n ? x[i] : 0.f;
  __syncthreads();
  for (int half = blockDim.x / 2; half > 0; half /= 2) {
    if (t < half) part[t] += part[t + half];
    __syncthreads();
  }
  if (t == 0) atomicAdd(y, part[0]);
}
extern "C" __global__ void warp_sum(const float* x, float* y, int n) {
  __shared__ float part[32];
  float v = threadIdx.x < n ? x[threadIdx.x] : 0.f;
  for (int d = 16; d > 0; d /= 2) v += __shfl_down_sync(0xffffffff, v, d);
  if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = v;
  __syncthreads();
  if (threadIdx.x < 32) {
    v = threadIdx.x < blockDim.x / 32 ? part[threadIdx.x] : 0.f;
    for (int d = 16; d > 0; d /= 2) v += __shfl_xor_sync(0xffffffff, v, d);
    if (threadIdx.x == 0) *y = v;
  }
}
"""


def test_raw_kernels() -> None:
    x = cupy.arange(10, dtype="f")
    scale = cupy.RawKernel(SCALE, "scale", ("-use_fast_math",))
    scale((2,), (4,), (x, np.float32(3), np.int32(9)))
    np.testing.assert_array_equal(x.get(), [*(3 * np.arange(9)), 9])
    with pytest.raises(TypeError, match=r"\[8, 4, 4\] bytes, got \[8, 8, 8\]"):
        scale((2,), (4,), (x, 3.0, 9))
    with pytest.raises(TypeError, match="tuple"):
        scale(2, (4,), (x, np.float32(3), np.int32(9)))
    with pytest.raises(TypeError):
        scale((2,), (4,), (np.zeros(3), np.float32(3), np.int32(9)))
    with pytest.raises(RuntimeError, match="symbol"):
        cupy.RawKernel(SCALE.replace('extern "C"', ""), "scale")((1,), (1,), (x, np.float32(3), np.int32(9)))


@pytest.mark.parametrize("name", ["block_sum", "warp_sum"])
def test_threads_of_a_block_wait_for_one_another(name: str) -> None:
    x, y = cupy.arange(200, dtype="f"), cupy.zeros(1, "f")
    grid, block = ((4,), (64,)) if name == "block_sum" else ((1,), (256,))
    cupy.RawModule(code=SUM).get_function(name)(grid, block, (x, y, np.int32(200)), shared_mem=256)
    assert float(y[0]) == 199 * 100


def test_templates() -> None:
    module = cupy.RawModule(
        code="template <class T> __global__ void fill(T* x, T value) { x[threadIdx.x] = value; }",
        name_expressions=["fill<float>", "fill<double>"],
    )
    x = cupy.zeros(3)
    module.get_function("fill<double>")((1,), (3,), (x, np.float64(2)))
    np.testing.assert_array_equal(x.get(), 2)


def test_half_precision_headers() -> None:
    code = "#include <cuda_fp16.h>\n" + SCALE.replace("float*", "__half*").replace(
        "x[i] *= a", "x[i] = __float2half(__half2float(x[i]) * a)"
    )
    x = cupy.ones(3, "e")
    cupy.RawKernel(code, "scale")((1,), (3,), (x, np.float32(0.1), np.int32(3)))
    np.testing.assert_array_equal(x.get(), np.float16(0.1))


def test_kernels_are_captured() -> None:
    x, y = cupy.ones(4, "f"), cupy.zeros(1, "f")
    with cupy.cuda.Stream(non_blocking=True) as stream:
        stream.begin_capture()
        z = kernel("z = x * a", "T x, T a")(x, 2)
        cupy.RawModule(code=SUM).get_function("block_sum")((1,), (4,), (z, y, np.int32(4)), shared_mem=16)
        total = cupy.ReductionKernel("T x", "T y", "x", "a + b", "y = a", "0", "total")(z)
        graph = stream.end_capture()
        assert float(y[0]) == 0
        for value in (1, 5):
            x.fill(value)
            y.fill(0)
            graph.launch()
            assert float(y[0]) == float(total) == 8 * value
