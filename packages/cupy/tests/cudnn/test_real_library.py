"""The real library, as far as it works without a GPU: prototypes as its headers say, descriptors, sizes of results."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary.functions.kernels import Grid
from catenary_cupy.cudnn import descriptors, layers, layouts, library, windows
from catenary_cupy.cudnn.layouts import DTYPES, Layout
from catenary_cupy.cudnn.library import Library, Owned, StatusError
from catenary_cupy.cudnn.prototypes import FUNCTIONS, Performance, out_pointer, pointer

#: What the types in the headers are for ctypes; enumerations are integers.
C_TYPES: dict[str, Any] = {
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "size_t": ctypes.c_size_t,
    "double": ctypes.c_double,
    "float": ctypes.c_float,
    "unsigned long long": ctypes.c_ulonglong,
    "cudaStream_t": pointer,
}


@pytest.fixture
def real(fresh: None) -> Library:
    """The library."""
    if not library.is_usable():
        pytest.skip(library.describe())
    return library.load()


@pytest.fixture
def headers(real: Library) -> str:
    """The declarations in its headers, without comments."""
    folder = Path(real.path).parent.parent / "include"
    files = sorted(folder.glob("cudnn_*_v9.h"))
    if not files:
        pytest.skip(f"no headers beside {real.path}")
    return re.sub(r"/\*.*?\*/", " ", "\n".join(file.read_text() for file in files), flags=re.S)


def c_type(text: str) -> Any:
    """Return the type of an argument in a header."""
    is_array = "[" in text
    name = re.sub(r"\[.*\]", "", text).replace("const", " ")
    stars = name.count("*") + is_array
    name = re.sub(r"\s*\b\w+\s*$", "", name.replace("*", " ")).strip()  # without the name of the argument
    if name == "void":
        return pointer if stars == 1 else out_pointer
    if name.endswith("AlgoPerf_t"):
        return ctypes.POINTER(Performance)
    if name.endswith(("Descriptor_t", "Handle_t")) or name == "cudnnHandle_t":
        return out_pointer if stars else pointer
    if name == "int32_t" and is_array:
        return pointer  # lengths on the GPU
    plain = C_TYPES.get(name, ctypes.c_int if name.startswith("cudnn") else None)
    assert plain is not None, text
    return ctypes.POINTER(plain) if stars else plain


@pytest.mark.parametrize("name", FUNCTIONS)
def test_prototypes_are_those_of_the_headers(name: str, headers: str) -> None:
    found = re.search(rf"cudnnStatus_t\s+CUDNNWINAPI\s+cudnn{name}\s*\(([^)]*)\)", headers)
    assert found, f"cudnn{name} is not declared"
    assert [c_type(argument) for argument in found[1].split(",")] == list(FUNCTIONS[name])


@pytest.mark.parametrize("kind", ["Fwd", "BwdData", "BwdFilter"])
def test_the_struct_is_that_of_the_headers(kind: str, headers: str) -> None:
    body = re.search(rf"typedef struct cudnnConvolution{kind}AlgoPerfStruct \{{(.*?)\}}", headers, re.S)
    assert body
    fields = [field.split() for field in body[1].split(";") if field.strip()]
    names = [name for _, name in fields]
    assert names == ["algo", "status", "time", "memory", "determinism", "mathType", "reserved[3]"]
    kinds = [C_TYPES.get(kind, ctypes.c_int) for kind, _ in fields]
    assert [*kinds[:-1], ctypes.c_int * 3] == [kind for _, kind in Performance._fields_]
    assert ctypes.sizeof(Performance) == 48
    assert Performance.memory.offset == 16


#: Numbers that stand in the package, and what they are called in the headers.
NUMBERS = {
    **{f"CUDNN_DATA_{name}": number for name, number in zip(("FLOAT", "DOUBLE", "HALF", "BFLOAT16"), DTYPES.values())},
    "CUDNN_DEFAULT_MATH": 0,
    "CUDNN_TENSOR_OP_MATH": 1,
    "CUDNN_FMA_MATH": 3,
    "CUDNN_TENSOR_NCHW": 0,
    "CUDNN_TENSOR_NHWC": 1,
    "CUDNN_CROSS_CORRELATION": 1,
    "CUDNN_PROPAGATE_NAN": 1,
    "CUDNN_POOLING_MAX": 0,
    "CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING": 1,
    "CUDNN_POOLING_MAX_DETERMINISTIC": 3,
    "CUDNN_SOFTMAX_ACCURATE": 1,
    "CUDNN_SOFTMAX_LOG": 2,
    "CUDNN_SOFTMAX_MODE_INSTANCE": 0,
    "CUDNN_SOFTMAX_MODE_CHANNEL": 1,
    "CUDNN_BATCHNORM_PER_ACTIVATION": 0,
    "CUDNN_BATCHNORM_SPATIAL": 1,
    "CUDNN_BATCHNORM_SPATIAL_PERSISTENT": 2,
    "CUDNN_BATCHNORM_OPS_BN": 0,
    "CUDNN_RNN_RELU": layers.RELU,
    "CUDNN_RNN_TANH": layers.TANH,
    "CUDNN_LSTM": layers.LSTM,
    "CUDNN_GRU": layers.GRU,
    "CUDNN_RNN_ALGO_STANDARD": 0,
    "CUDNN_RNN_DOUBLE_BIAS": 2,
    "CUDNN_UNIDIRECTIONAL": 0,
    "CUDNN_LINEAR_INPUT": 0,
    "CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED": 1,
    "CUDNN_FWD_MODE_TRAINING": 1,
    "CUDNN_WGRAD_MODE_ADD": 0,
    "CUDNN_STATUS_NOT_SUPPORTED": 3000,
    "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED": 4003,
    "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED": 4004,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_those_of_the_headers(name: str, headers: str) -> None:
    found = re.search(rf"\b{name}\b(?:\s+CUDNN_DEPRECATED_ENUM)?\s*=\s*(\d+)", headers)
    assert found
    assert int(found[1]) == NUMBERS[name]


def test_it_says_its_version_and_its_errors(real: Library) -> None:
    assert real.version[0] == 9
    with pytest.raises(StatusError, match=r"^cudnnSetTensorNdDescriptor: CUDNN_STATUS_BAD_PARAM.*\(status 2000\)"):
        descriptors.tensor(Layout((0, 1, 1, 1), False, "float32"))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 1, 1, 1), (7, 5, 1, 1), (2, 3, 1, 9), (2, 3, 4, 5, 6), (3, 2, 4)])
def test_arrays_are_described(shape: tuple[int, ...], channels_last: bool, dtype: str, real: Library) -> None:
    layout = Layout(shape, channels_last, dtype)
    described = descriptors.tensor(layout)
    read = real._library.cudnnGetTensorNdDescriptor
    read.argtypes = (pointer, ctypes.c_int, *[ctypes.c_void_p] * 4)
    kind, axes, sizes, strides = ctypes.c_int(), ctypes.c_int(), (ctypes.c_int * 8)(), (ctypes.c_int * 8)()
    assert read(described, 8, ctypes.byref(kind), ctypes.byref(axes), sizes, strides) == 0
    assert (kind.value, axes.value) == (DTYPES[dtype], len(shape))
    assert tuple(sizes[: len(shape)]) == shape
    assert tuple(strides[: len(shape)]) == layout.strides
    if len(shape) > 3:
        descriptors.filters(layout)


def grid(size: tuple[int, ...], kernel: int, stride: int, pad: int, dilate: int = 1, more: int = 0) -> Grid:
    span = (kernel - 1) * dilate + 1
    out = tuple((n + 2 * pad - span + more) // stride + 1 for n in size)
    axes = len(size)
    return Grid(size, *((number,) * axes for number in (kernel, stride, pad, dilate)), out)


GRIDS = [
    grid(size, kernel, stride, pad, dilate)
    for size in ((11,), (9, 7), (6, 7, 8))
    for kernel, stride, pad, dilate in ((3, 1, 1, 1), (2, 2, 0, 1), (3, 2, 1, 1), (3, 3, 2, 2), (1, 1, 0, 1))
]


@pytest.mark.parametrize("on", GRIDS, ids=str)
def test_convolutions_have_as_many_results_as_windows(on: Grid, real: Library) -> None:
    for groups in (1, 2):
        for dtype in DTYPES:
            for channels_last in (False, True):
                size, kernel = (layouts.at_least_two(numbers, 1) for numbers in (on.size, on.kernel))
                images = descriptors.tensor(Layout((2, 4, *size), channels_last, dtype))
                filters = descriptors.filters(Layout((6, 4 // groups, *kernel), channels_last, dtype))
                conv = descriptors.convolution(on, groups, dtype, descriptors.math_type(dtype))
                found = (ctypes.c_int * 8)()
                axes = len(size) + 2
                real.GetConvolutionNdForwardOutputDim(conv, images, filters, axes, found)
                assert tuple(found[:axes]) == (2, 6, *layouts.at_least_two(on.out, 1))
    assert windows.fits(on)


def assert_poolings_fit(on: Grid, real: Library) -> None:
    """Demand that cuDNN finds as many windows as the grid has."""
    images = descriptors.tensor(Layout((2, 4, *layouts.at_least_two(on.size, 1)), False, "float32"))
    for mode in (0, 1, 3):
        found, axes = (ctypes.c_int * 8)(), max(len(on.size), 2) + 2
        real.GetPoolingNdForwardOutputDim(descriptors.pooling(on, mode), images, axes, found)
        assert tuple(found[:axes]) == (2, 4, *layouts.at_least_two(on.out, 1))


@pytest.mark.parametrize("on", [on for on in GRIDS if max(on.dilate) == 1], ids=str)
def test_poolings_have_as_many_results_as_windows(on: Grid, real: Library) -> None:
    assert_poolings_fit(on, real)


@pytest.mark.parametrize("on", [grid((9, 7), 2, 4, 0, 1, 3), grid((8,), 3, 3, 1, 1, 2)], ids=str)
def test_windows_past_the_end_lie_on_padded_images(on: Grid, real: Library) -> None:
    assert not windows.fits(on)
    fitting = windows.fitting(on)
    assert fitting.out == on.out
    assert windows.fits(fitting)
    assert_poolings_fit(fitting, real)


@pytest.mark.parametrize("kind", layers.GATES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layers_are_described(kind: int, dtype: str, real: Library) -> None:
    dropout, made = Owned("DropoutDescriptor"), Owned("RNNDescriptor")
    for arithmetic in (0, 3):
        numbers = DTYPES[dtype], descriptors.compute_dtype(dtype), arithmetic
        real.SetRNNDescriptor_v8(made, 0, kind, 2, 0, 0, *numbers, 5, 7, 7, 1, dropout, 0)


@pytest.mark.parametrize("batches", [(3, 3, 2, 1), (1,), (4, 4), (2, 1, 1, 1, 1)])
def test_packed_sequences_are_described(batches: tuple[int, ...], real: Library) -> None:
    layers.sequences(batches, 5, "float32")
    layers.states(batches, 7, "float64")


def test_lengths_and_the_way_back() -> None:
    batches = (3, 3, 2, 1)
    assert layers.lengths_of(batches).tolist() == [4, 3, 2]
    rows = layers.rows_turned(batches)
    names = np.array(["a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "a3"])
    assert names[rows].tolist() == ["a3", "b2", "c1", "a2", "b1", "c0", "a1", "b0", "a0"]
    assert rows[rows].tolist() == list(range(9))


def test_plain_calls_do_without_a_gpu(real: Library) -> None:
    found = F.convolution_2d(np.ones((1, 1, 3, 3), np.float32), np.ones((1, 1, 3, 3), np.float32))
    assert found.array.item() == 9
