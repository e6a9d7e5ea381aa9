"""Functions as older versions had them: links under the names of functions, and classes whose objects are called."""

from __future__ import annotations

import functools
from typing import Any

from chainer._old import deprecated

#: Links that were functions with parameters.
LINKS = (
    *("Bilinear", "BinaryHierarchicalSoftmax", "BlackOut", "Convolution2D", "Deconvolution2D", "EmbedID", "Inception"),
    *("InceptionBN", "Linear", "Maxout", "NegativeSampling", "Parameter", "PReLU", "BatchNormalization"),
)
#: Classes of functions, and the functions.
CLASSES = {
    "AveragePooling2D": "average_pooling_2d",
    "MaxPooling2D": "max_pooling_2d",
    "LocalResponseNormalization": "local_response_normalization",
    "SpatialPyramidPooling2D": "spatial_pyramid_pooling_2d",
    "Unpooling2D": "unpooling_2d",
    "Concat": "concat",
    "Dropout": "dropout",
    "LeakyReLU": "leaky_relu",
    "ReLU": "relu",
    "Sigmoid": "sigmoid",
    "Softmax": "softmax",
    "SoftmaxCrossEntropy": "softmax_cross_entropy",
    "Tanh": "tanh",
    "Reshape": "reshape",
}


class OldFunction:
    """An object that is called with inputs, and was made with the other arguments of a function.

    Args:
        args: Arguments that stand after the inputs.
        kwargs: Arguments by name.
    """

    function: str
    inputs = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        deprecated(f"chainer.functions.{name}(...)(x)", f"chainer.functions.{self.function}(x, ...)")
        self.args, self.kwargs = args, kwargs

    def __call__(self, *inputs: Any) -> Any:
        """Call the function.

        Args:
            inputs: Its inputs.
        """
        import chainer.functions

        return getattr(chainer.functions, self.function)(*inputs, *self.args, **self.kwargs)


def find(name: str) -> Any:
    """Return what a name of an older version stands for, None if it is none."""
    if name in LINKS:
        import chainer.links

        deprecated(f"chainer.functions.{name}", f"chainer.links.{name}")
        return getattr(chainer.links, name)
    return _class(name) if name in CLASSES else None


@functools.cache
def _class(name: str) -> type[OldFunction]:
    return type(name, (OldFunction,), {"function": CLASSES[name], "__module__": "chainer.functions"})
