"""What catenary-functions gives: the functions of `catenary.functions`."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"

#: The names that each module gives; a test holds them to the `__all__` of the modules.
NAMES = {
    "activation.probabilities": "log_softmax softmax",
    "activation.rectifiers": "elu leaky_relu relu",
    "activation.smooth": "sigmoid softplus tanh",
    "array.choosing": "get_item where",
    "array.joining": "concat split_axis stack",
    "array.shapes": "broadcast_to cast expand_dims flatten reshape squeeze sum_to swapaxes transpose",
    "connection.affine_maps": "affine linear",
    "connection.convolution": "convolution_2d",
    "connection.tables": "embed_id",
    "evaluation.classification": "accuracy",
    "loss.classification": "sigmoid_cross_entropy softmax_cross_entropy",
    "loss.regression": "mean_absolute_error mean_squared_error",
    "math.elementwise": "absolute add clip exp identity log maximum minimum sqrt square",
    "math.products": "matmul",
    "math.reduction": "average max mean min sum",
    "math.trigonometry": "cos sin",
    "noise.dropping": "dropout",
    "normalization.batch": "batch_normalization fixed_batch_normalization",
    "pooling.windowed": "average_pooling_2d max_pooling_2d",
    "rnn.cells": "lstm",
    "rnn.layers": "n_step_lstm",
    "windows": "im2col",
}


@hookimpl
def catenary_functions() -> dict[str, str]:
    return {name: f"catenary_functions.{module}:{name}" for module, names in NAMES.items() for name in names.split()}
