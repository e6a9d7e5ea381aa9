"""Differentiable functions: use them as ``catenary.functions``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_functions.activation import (
    elu as elu,
    leaky_relu as leaky_relu,
    log_softmax as log_softmax,
    relu as relu,
    sigmoid as sigmoid,
    softmax as softmax,
    softplus as softplus,
    tanh as tanh,
)
from catenary_functions.array import (
    broadcast_to as broadcast_to,
    cast as cast,
    concat as concat,
    expand_dims as expand_dims,
    flatten as flatten,
    get_item as get_item,
    reshape as reshape,
    split_axis as split_axis,
    squeeze as squeeze,
    stack as stack,
    sum_to as sum_to,
    swapaxes as swapaxes,
    transpose as transpose,
    where as where,
)
from catenary_functions.connection import affine as affine, embed_id as embed_id, linear as linear
from catenary_functions.convolution import convolution_2d as convolution_2d
from catenary_functions.evaluation import accuracy as accuracy
from catenary_functions.loss import (
    mean_absolute_error as mean_absolute_error,
    mean_squared_error as mean_squared_error,
    sigmoid_cross_entropy as sigmoid_cross_entropy,
    softmax_cross_entropy as softmax_cross_entropy,
)
from catenary_functions.math import (
    absolute as absolute,
    add as add,
    average as average,
    clip as clip,
    cos as cos,
    exp as exp,
    log as log,
    matmul as matmul,
    max as max,
    maximum as maximum,
    mean as mean,
    min as min,
    minimum as minimum,
    sin as sin,
    sqrt as sqrt,
    square as square,
    sum as sum,
)
from catenary_functions.noise import dropout as dropout, identity as identity
from catenary_functions.normalization import (
    batch_normalization as batch_normalization,
    fixed_batch_normalization as fixed_batch_normalization,
)
from catenary_functions.pooling import average_pooling_2d as average_pooling_2d, max_pooling_2d as max_pooling_2d
from catenary_functions.rnn import lstm as lstm, n_step_lstm as n_step_lstm
from catenary_functions.windows import im2col as im2col

__all__ = [
    "absolute",
    "accuracy",
    "add",
    "affine",
    "average",
    "average_pooling_2d",
    "batch_normalization",
    "broadcast_to",
    "cast",
    "clip",
    "concat",
    "convolution_2d",
    "cos",
    "dropout",
    "elu",
    "embed_id",
    "exp",
    "expand_dims",
    "fixed_batch_normalization",
    "flatten",
    "get_item",
    "identity",
    "im2col",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "lstm",
    "matmul",
    "max",
    "max_pooling_2d",
    "maximum",
    "mean",
    "mean_absolute_error",
    "mean_squared_error",
    "min",
    "minimum",
    "n_step_lstm",
    "relu",
    "reshape",
    "sigmoid",
    "sigmoid_cross_entropy",
    "sin",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "split_axis",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "sum",
    "sum_to",
    "swapaxes",
    "tanh",
    "transpose",
    "where",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "functions", name)
