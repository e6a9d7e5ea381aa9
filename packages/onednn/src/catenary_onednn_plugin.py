"""What catenary-onednn gives: other bodies of functions for arrays on the host."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"

#: The functions that each module serves, each by an `Implementation` of the same name in capitals.
FUNCTIONS = {
    "affine_maps": ("affine",),
    "attention": ("attention",),
    "channels": ("scale_and_shift",),
    "convolution": ("convolution", "deconvolution", "filter_gradient"),
    "elementwise": ("gelu", "hard_swish", "leaky_relu", "relu", "sigmoid", "silu", "tanh"),
    "features": ("layer_normalization",),
    "normalization": ("batch_normalization",),
    "probabilities": ("softmax",),
    "recurrent": ("gru_layer", "lstm_layer"),
    "pooling": ("max_pooling", "sum_pooling", "spread"),
}


@hookimpl
def catenary_diagnostics() -> dict[str, str]:
    """Return what `catenary doctor` shows."""
    return {"oneDNN": "catenary_onednn.library:describe"}


@hookimpl
def catenary_implementations() -> dict[str, str]:
    """Return the implementations."""
    return {
        f"{name}@numpy:onednn": f"catenary_onednn.{module}:{name.upper()}"
        for module, names in FUNCTIONS.items()
        for name in names
    }
