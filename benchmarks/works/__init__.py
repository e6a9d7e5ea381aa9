"""The works that are compared: one module each, with one function per framework that returns a step to be timed.

Every function gets the same seed and data, and does the same mathematics. A framework that cannot be imported is left
out. A module that has a function `network` for Catenary and Chainer 7 and a function `torch_network` is also the source
of a work of inference.
"""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.steps import Inference

TRAINING = (
    "tiny", "exp_regression", "mlp", "adam", "ptb", "ptb_lengths", "cnn", "resnet18", "transformer", "dcgan",
)  # fmt: skip
INFERENCE = {
    "resnet18_inference": Inference("ResNet-18 on 32x3x64x64, inference", "resnet18", (32,)),
    "latency_mlp": Inference("MLP 784-1000-1000-10, inference of one row", "mlp", (1,)),
    "latency_cnn": Inference("CNN, 4 conv-BN-ReLU, inference of one image of 32x32", "cnn", (1,)),
    "latency_resnet18": Inference("ResNet-18, inference of one image of 64x64", "resnet18", (1,)),
    "latency_ptb": Inference("PTB NStepLSTM 2x200, inference of one word", "ptb", (1, 1)),
    "latency_transformer": Inference("Transformer, inference of one sequence of 128", "transformer", (1,)),
    "latency_dcgan": Inference("DCGAN generator, one image of 64x64", "dcgan", (1,), "generator", "Z"),
}
WORKS = (*TRAINING, *INFERENCE)


def find(name: str) -> Any:
    """Return a work: an object with a TITLE, and a function per framework that returns a step."""
    return INFERENCE[name] if name in INFERENCE else importlib.import_module(f"benchmarks.works.{name}")
