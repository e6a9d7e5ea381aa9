"""What catenary-cupy gives: the device of NVIDIA GPUs, and other bodies of functions for its arrays."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


#: The functions that each module of `catenary_cupy.cudnn` serves, each by an `Implementation` of its name in capitals.
CUDNN = {
    "convolution": ("convolution", "deconvolution", "filter_gradient"),
    "normalization": ("batch_normalization",),
    "pooling": ("max_pooling", "spread", "sum_pooling"),
    "probabilities": ("log_softmax", "softmax"),
    "recurrent": ("gru_layer", "lstm_layer", "rnn_layer"),
}
#: Functions whose own bodies and gradient rules run as few generated kernels.
FUSED = (
    *("celu", "clipped_relu", "elu", "gelu", "hard_sigmoid", "hard_swish", "leaky_relu", "log_sigmoid", "mish"),
    *("rectified", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign", "swish", "tanh"),
    *("log_softmax", "logsumexp", "softmax"),
    *("huber", "mean_squared_error", "softmax_cross_entropy", "squared_difference", "linear_interpolate"),
    *("batch_normalization", "group_normalization", "layer_normalization", "rms_norm", "scale_and_shift"),
    *("lstm_step", "rsqrt"),
)


@hookimpl
def catenary_devices() -> dict[str, str]:
    """Return the kind of device."""
    return {"cupy": "catenary_cupy.device:open_device"}


@hookimpl
def catenary_implementations() -> dict[str, str]:
    """Return the implementations."""
    cudnn = {
        f"{name}@cupy:cudnn": f"catenary_cupy.cudnn.{module}:{name.upper()}"
        for module, names in CUDNN.items()
        for name in names
    }
    return cudnn | {f"{name}@cupy:fused": "catenary_cupy.fusion.implementations:fused" for name in FUSED}


@hookimpl
def catenary_diagnostics() -> dict[str, str]:
    """Return what `catenary doctor` shows."""
    return {"CUDA": "catenary_cupy.diagnostics:describe", "cuDNN": "catenary_cupy.cudnn.library:describe"}
