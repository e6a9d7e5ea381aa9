"""Networks of small filters, one after the other: VGG."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import catenary.functions as F
from catenary import Link
from catenary.types import Array
from catenary_links.convolution import Convolution2D
from catenary_links.initializers import Normal
from catenary_links.linear import Linear
from catenary_links.model.vision.extracting import VisionModel
from catenary_links.model.vision.preparing import Size, prepared

MEAN = (103.939, 116.779, 123.68)
CHANNELS = (64, 128, 256, 512, 512)


def prepare(image: Any, size: Size | None = (224, 224)) -> Array:
    """Return an image as the VGG networks take it: shape (3, height, width), blue first, less the mean.

    Args:
        image: An array of shape (height, width, 3) of values from 0 to 255, or an image of Pillow.
        size: The width and the height to resize to; None leaves the image as large as it is.

    Raises:
        ArgumentError: If the image has no such shape.
        MissingLibraryError: If the image has to be resized, and Pillow is not installed.

    Example:
        >>> import numpy as np
        >>> from catenary_links.model.vision.vgg import prepare
        >>> prepare(np.zeros((1, 1, 3), np.uint8), size=None).ravel()
        array([-103.939, -116.779, -123.68 ], dtype=float32)
    """
    return prepared(image, size, MEAN)


class VGGLayers(VisionModel):
    """Five stages of convolutions and three linear layers; subclasses say how many convolutions there are."""

    mean = MEAN
    #: How many convolutions each stage has.
    depths: ClassVar[tuple[int, ...]]
    #: The name of the file of parameters.
    file: ClassVar[str]

    def __init__(self, pretrained_model: Any = "auto") -> None:
        super().__init__()
        self._build(self._layers, pretrained_model, self.file)

    def _layers(self, fresh: bool) -> dict[str, Link]:
        options: dict[str, Any] = {"initialW": Normal(0.01) if fresh else 0}
        layers: dict[str, Link] = {}
        inputs = 3
        for stage, (outputs, depth) in enumerate(zip(CHANNELS, self.depths, strict=True), 1):
            for i in range(1, depth + 1):
                layers[f"conv{stage}_{i}"] = Convolution2D(inputs, outputs, 3, 1, 1, **options)
                inputs = outputs
        layers["fc6"] = Linear(512 * 7 * 7, 4096, **options)
        layers["fc7"] = Linear(4096, 4096, **options)
        layers["fc8"] = Linear(4096, 1000, **options)
        return layers

    @property
    def functions(self) -> dict[str, list[Callable[[Any], Any]]]:
        """The layers by name, in order: the links and functions that are called one after the other."""
        functions: dict[str, list[Callable[[Any], Any]]] = {}
        for stage, depth in enumerate(self.depths, 1):
            for i in range(1, depth + 1):
                functions[f"conv{stage}_{i}"] = [self[f"conv{stage}_{i}"], F.relu]
            functions[f"pool{stage}"] = [partial(F.max_pooling_2d, ksize=2)]
        functions["fc6"] = [self["fc6"], F.relu, F.dropout]
        functions["fc7"] = [self["fc7"], F.relu, F.dropout]
        functions["fc8"] = [self["fc8"]]
        functions["prob"] = [F.softmax]
        return functions


class VGG16Layers(VGGLayers):
    """The network of 13 convolutions and 3 linear layers, with the names of Chainer.

    Source: Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015).

    Args:
        pretrained_model: The path of an NPZ file of Chainer's parameters; None for new ones, drawn from a normal
            distribution of deviation 0.01; "auto" for the file `VGG_ILSVRC_16_layers.npz` in the place where Chainer
            keeps it. Nothing is downloaded.

    Attributes:
        conv1_1: The first convolution; others accordingly.
        fc6: The first linear layer, 4096 outputs; `fc7` and `fc8`, 1000 outputs, after it.

    Raises:
        ArgumentError: If the file of "auto" is not there.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> model = L.VGG16Layers(pretrained_model=None)
        >>> model(np.ones((1, 3, 32, 32), np.float32), layers=["pool5"])["pool5"].shape
        (1, 512, 1, 1)
    """

    depths = (2, 2, 3, 3, 3)
    file = "VGG_ILSVRC_16_layers"


class VGG19Layers(VGGLayers):
    """The network of 16 convolutions and 3 linear layers, with the names of Chainer.

    Source: Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015).

    Args:
        pretrained_model: The path of an NPZ file of Chainer's parameters; None for new ones, drawn from a normal
            distribution of deviation 0.01; "auto" for the file `VGG_ILSVRC_19_layers.npz` in the place where Chainer
            keeps it. Nothing is downloaded.

    Attributes:
        conv1_1: The first convolution; others accordingly.
        fc6: The first linear layer, 4096 outputs; `fc7` and `fc8`, 1000 outputs, after it.

    Raises:
        ArgumentError: If the file of "auto" is not there.

    Example:
        >>> import catenary.links as L
        >>> sum(L.VGG19Layers.depths)  # convolutions
        16
    """

    depths = (2, 2, 4, 4, 4)
    file = "VGG_ILSVRC_19_layers"
