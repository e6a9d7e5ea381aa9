"""Chainer's functions: Catenary's, which here also take the arguments of older versions."""

from __future__ import annotations

import importlib
from typing import Any

import catenary.functions
from chainer._old import takes_old_arguments
from chainer.functions import _parametric

__all__: list[str] = list(catenary.functions.__all__)  # type: ignore[attr-defined]
#: Functions that had a mode in their arguments; those of dropout and zoneout could stand by position.
MODAL = (
    "dropout",
    "zoneout",
    "n_step_lstm",
    "n_step_bilstm",
    "n_step_gru",
    "n_step_bigru",
    "n_step_rnn",
    "n_step_birnn",
)
#: Functions that had a flag for cuDNN.
FLAGGED = (
    *("relu", "sigmoid", "tanh", "softmax", "log_softmax", "softmax_cross_entropy"),
    *("convolution_2d", "convolution_nd", "deconvolution_2d", "deconvolution_nd", "dilated_convolution_2d"),
    *("max_pooling_2d", "max_pooling_nd", "average_pooling_2d", "average_pooling_nd", "spatial_pyramid_pooling_2d"),
    *("batch_normalization", "fixed_batch_normalization", "spatial_transformer_grid", "spatial_transformer_sampler"),
)
for _name in MODAL:
    globals()[_name] = takes_old_arguments(getattr(catenary.functions, _name), "train")
for _name in FLAGGED:
    globals()[_name] = takes_old_arguments(getattr(catenary.functions, _name))


def __getattr__(name: str) -> Any:
    if name == "caffe":
        return importlib.import_module("chainer.links.caffe")
    return _parametric.find(name) or getattr(catenary.functions, name)
