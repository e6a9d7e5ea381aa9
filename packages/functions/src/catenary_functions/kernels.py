"""What stands under the functions (``catenary.functions.kernels``): bodies that plugins serve by implementations.

They get arguments that were checked and completed: a `Grid` in place of sizes, strides and padding, packed sequences in
place of lists. An implementation of one of them, registered under its name, serves all functions that call it.
"""

from catenary_functions.connection.attention import attention as attention
from catenary_functions.connection.attention_blocks import Attention as Attention
from catenary_functions.connection.correlation import (
    convolution as convolution,
    deconvolution as deconvolution,
    filter_gradient as filter_gradient,
)
from catenary_functions.normalization.batch import (
    batch_normalization as batch_normalization,
    follow as follow,
    scale_and_shift as scale_and_shift,
)
from catenary_functions.pooling.maxima import max_pooling as max_pooling
from catenary_functions.pooling.means import spread as spread, sum_pooling as sum_pooling
from catenary_functions.rnn.layers import (
    gru_layer as gru_layer,
    lstm_layer as lstm_layer,
    rnn_layer as rnn_layer,
)
from catenary_functions.windows import Grid as Grid

__all__ = [
    "Attention",
    "Grid",
    "attention",
    "batch_normalization",
    "convolution",
    "deconvolution",
    "filter_gradient",
    "follow",
    "gru_layer",
    "lstm_layer",
    "max_pooling",
    "rnn_layer",
    "scale_and_shift",
    "spread",
    "sum_pooling",
]
