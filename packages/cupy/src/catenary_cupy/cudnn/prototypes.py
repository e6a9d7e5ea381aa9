"""The functions of cuDNN 9 that are called, with the types of their arguments."""

from __future__ import annotations

import ctypes
from typing import Any

pointer = ctypes.c_void_p
integer = ctypes.c_int
size = ctypes.c_size_t
double = ctypes.c_double
unsigned = ctypes.c_uint32
#: Where a function writes a number or a handle.
out_integer = ctypes.POINTER(integer)
out_size = ctypes.POINTER(size)
out_pointer = ctypes.POINTER(pointer)
#: Arrays of sizes, strides and so on.
integers = ctypes.POINTER(integer)


class Performance(ctypes.Structure):
    """What cuDNN knows of an algorithm for a convolution; the struct is the same for all three directions.

    Attributes:
        algorithm: Its number.
        status: 0 if it can be used.
        time: How long it takes, in milliseconds; -1 if it was not run.
        memory: How many bytes of workspace it needs.
        determinism: 1 if it gives the same result each time.
        math: Its kind of arithmetic.
    """

    _fields_ = (
        ("algorithm", integer),
        ("status", integer),
        ("time", ctypes.c_float),
        ("memory", size),
        ("determinism", integer),
        ("math", integer),
        ("reserved", integer * 3),
    )


performances = ctypes.POINTER(Performance)

_array = (pointer, pointer)  # a descriptor and an address
_space = (pointer, size)  # an address and a number of bytes
_space_behind = (size, pointer)  # the same in the order of recurrent layers
_batch_norm = (pointer, integer, integer)  # the handle, the mode, what is fused


def _descriptor(kind: str) -> dict[str, tuple[Any, ...]]:
    return {f"Create{kind}Descriptor": (out_pointer,), f"Destroy{kind}Descriptor": (pointer,)}


def _convolution(kind: str) -> dict[str, tuple[Any, ...]]:
    """Return the functions of a direction: two arrays go in and one comes out, whatever they are."""
    return {
        f"Convolution{kind}": (*(pointer, pointer, *_array, *_array, pointer, integer, *_space, pointer, *_array),),
        f"GetConvolution{kind}Algorithm_v7": (
            *(pointer, pointer, pointer, pointer, pointer, integer, out_integer, performances),
        ),
        f"GetConvolution{kind}WorkspaceSize": (pointer, pointer, pointer, pointer, pointer, integer, out_size),
        f"FindConvolution{kind}AlgorithmEx": (
            *(pointer, *_array, *_array, pointer, *_array, integer, out_integer, performances, *_space),
        ),
    }


#: Name of a function after `cudnn` -> the types of its arguments. All return a status.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "Create": (out_pointer,),
    "Destroy": (pointer,),
    "SetStream": (pointer, pointer),
    # descriptors
    **_descriptor("Tensor"),
    "SetTensorNdDescriptor": (pointer, integer, integer, integers, integers),
    **_descriptor("Filter"),
    "SetFilterNdDescriptor": (pointer, integer, integer, integer, integers),
    **_descriptor("Convolution"),
    "SetConvolutionNdDescriptor": (pointer, integer, integers, integers, integers, integer, integer),
    "SetConvolutionMathType": (pointer, integer),
    "SetConvolutionGroupCount": (pointer, integer),
    "GetConvolutionNdForwardOutputDim": (pointer, pointer, pointer, integer, integers),
    **_descriptor("Pooling"),
    "SetPoolingNdDescriptor": (pointer, integer, integer, integer, integers, integers, integers),
    "GetPoolingNdForwardOutputDim": (pointer, pointer, integer, integers),
    **_descriptor("Dropout"),
    "SetDropoutDescriptor": (pointer, pointer, ctypes.c_float, pointer, size, ctypes.c_ulonglong),
    **_descriptor("RNN"),
    "SetRNNDescriptor_v8": (
        *(pointer, *[integer] * 5, integer, integer, integer, *[ctypes.c_int32] * 4, pointer, unsigned),
    ),
    **_descriptor("RNNData"),
    "SetRNNDataDescriptor": (pointer, integer, integer, integer, integer, integer, integers, pointer),
    # convolution
    "AddTensor": (pointer, pointer, *_array, pointer, *_array),
    "ConvolutionBackwardBias": (pointer, pointer, *_array, pointer, *_array),
    **_convolution("Forward"),
    **_convolution("BackwardData"),
    **_convolution("BackwardFilter"),
    # pooling
    "PoolingForward": (pointer, pointer, pointer, *_array, pointer, *_array),
    "PoolingBackward": (pointer, pointer, pointer, *_array, *_array, *_array, pointer, *_array),
    # softmax
    "SoftmaxForward": (pointer, integer, integer, pointer, *_array, pointer, *_array),
    "SoftmaxBackward": (pointer, integer, integer, pointer, *_array, *_array, pointer, *_array),
    # batch normalization
    "GetBatchNormalizationForwardTrainingExWorkspaceSize": (
        *(*_batch_norm, pointer, pointer, pointer, pointer, pointer, out_size),
    ),
    "GetBatchNormalizationBackwardExWorkspaceSize": (
        *(*_batch_norm, pointer, pointer, pointer, pointer, pointer, pointer, pointer, out_size),
    ),
    "GetBatchNormalizationTrainingExReserveSpaceSize": (*_batch_norm, pointer, pointer, out_size),
    "BatchNormalizationForwardTrainingEx": (
        *(*_batch_norm, pointer, pointer, *_array, *_array, *_array, pointer, pointer, pointer),
        *(double, pointer, pointer, double, pointer, pointer, pointer, *_space, *_space),
    ),
    "BatchNormalizationBackwardEx": (
        *(*_batch_norm, *[pointer] * 4, *_array, *_array, *_array, *_array, *_array),
        *(pointer, pointer, pointer, pointer, pointer, double, pointer, pointer, pointer, *_space, *_space),
    ),
    # recurrent layers
    "GetRNNTempSpaceSizes": (pointer, pointer, integer, pointer, out_size, out_size),
    "GetRNNWeightSpaceSize": (pointer, pointer, out_size),
    "GetRNNWeightParams": (
        *(pointer, pointer, ctypes.c_int32, size, pointer, ctypes.c_int32),
        *(pointer, out_pointer, pointer, out_pointer),
    ),
    "RNNForward": (
        *(pointer, pointer, integer, pointer, *_array, *_array),
        *(pointer, pointer, pointer, pointer, pointer, pointer, *_space_behind, *_space_behind, *_space_behind),
    ),
    "RNNBackwardData_v8": (
        *(pointer, pointer, pointer, pointer, pointer, pointer, *_array),
        *(*[pointer] * 4, *[pointer] * 4, *_space_behind, *_space_behind, *_space_behind),
    ),
    "RNNBackwardWeights_v8": (
        *(pointer, pointer, integer, pointer, *_array, pointer, pointer, *_array),
        *(*_space_behind, *_space_behind, *_space_behind),
    ),
}
