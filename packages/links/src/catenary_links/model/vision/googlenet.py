"""The network of inception blocks: GoogLeNet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import catenary.functions as F
from catenary import Link
from catenary.types import Array
from catenary_links.blocks import Inception
from catenary_links.convolution import Convolution2D
from catenary_links.initializers import LeCunUniform
from catenary_links.linear import Linear
from catenary_links.model.vision.extracting import VisionModel
from catenary_links.model.vision.preparing import Size, prepared

MEAN = (104.0, 117.0, 123.0)
#: The arguments of each block.
BLOCKS = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}


def prepare(image: Any, size: Size | None = (224, 224)) -> Array:
    """Return an image as GoogLeNet takes it: shape (3, height, width), blue first, less the mean.

    Args:
        image: An array of shape (height, width, 3) of values from 0 to 255, or an image of Pillow.
        size: The width and the height to resize to; None leaves the image as large as it is.

    Raises:
        ArgumentError: If the image has no such shape.
        MissingLibraryError: If the image has to be resized, and Pillow is not installed.

    Example:
        >>> import numpy as np
        >>> from catenary_links.model.vision.googlenet import prepare
        >>> prepare(np.zeros((1, 1, 3), np.uint8), size=None).ravel()
        array([-104., -117., -123.], dtype=float32)
    """
    return prepared(image, size, MEAN)


class GoogLeNet(VisionModel):
    """The network of nine inception blocks, with the names of Chainer.

    Source: Szegedy et al., "Going Deeper with Convolutions" (2015).

    Args:
        pretrained_model: The path of an NPZ file of Chainer's parameters; None for new ones; "auto" for the file
            `bvlc_googlenet.npz` in the place where Chainer keeps it. Nothing is downloaded.

    Attributes:
        conv1: The first convolution; `conv2_reduce` and `conv2` after it.
        inc3a: The first block; others accordingly.
        loss3_fc: The linear layer to 1000 classes.
        loss1_conv: The convolution of the first classifier that helps training; `loss1_fc1` and `loss1_fc2` after it,
            and those of the second one accordingly.

    Raises:
        ArgumentError: If the file of "auto" is not there.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> model = L.GoogLeNet(pretrained_model=None)
        >>> model(np.ones((1, 3, 64, 64), np.float32), layers=["inception_3a"])["inception_3a"].shape
        (1, 256, 8, 8)
    """

    mean = MEAN
    branches = {"loss1_fc2": "inception_4a", "loss2_fc2": "inception_4d"}  # noqa: RUF012

    def __init__(self, pretrained_model: Any = "auto") -> None:
        super().__init__()
        self._build(self._layers, pretrained_model, "bvlc_googlenet")

    @staticmethod
    def _layers(fresh: bool) -> dict[str, Link]:
        options: dict[str, Any] = {"initialW": LeCunUniform() if fresh else 0}
        layers: dict[str, Link] = {
            "conv1": Convolution2D(3, 64, 7, 2, 3, **options),
            "conv2_reduce": Convolution2D(64, 64, 1, **options),
            "conv2": Convolution2D(64, 192, 3, 1, 1, **options),
        }
        for name, sizes in BLOCKS.items():
            layers[f"inc{name}"] = Inception(*sizes, conv_init=None if fresh else 0)
        for loss, channels in {"loss1": 512, "loss2": 528}.items():
            layers[f"{loss}_conv"] = Convolution2D(channels, 128, 1, **options)
            layers[f"{loss}_fc1"] = Linear(128 * 4 * 4, 1024, **options)
            layers[f"{loss}_fc2"] = Linear(1024, 1000, **options)
        layers["loss3_fc"] = Linear(1024, 1000, **options)
        return layers

    @property
    def functions(self) -> dict[str, list[Callable[[Any], Any]]]:
        """The layers by name, in order: the links and functions that are called one after the other."""
        pool = partial(F.max_pooling_2d, ksize=3, stride=2)
        # Caffe divides alpha by n; this function, like Chainer's, does not.
        normalize = partial(F.local_response_normalization, n=5, k=1, alpha=1e-4 / 5)
        functions: dict[str, list[Callable[[Any], Any]]] = {
            "conv1": [self["conv1"], F.relu],
            "pool1": [pool, normalize],
            "conv2_reduce": [self["conv2_reduce"], F.relu],
            "conv2": [self["conv2"], F.relu, normalize],
        }
        for stage, blocks in (("2", ""), ("3", "ab"), ("4", "abcde")):
            functions.update((f"inception_{stage}{block}", [self[f"inc{stage}{block}"]]) for block in blocks)
            functions[f"pool{stage}"] = [pool]
        functions.update((f"inception_5{block}", [self[f"inc5{block}"]]) for block in "ab")
        functions["pool5"] = [partial(F.average_pooling_2d, ksize=7, stride=1)]
        functions["loss3_fc"] = [partial(F.dropout, ratio=0.4), self["loss3_fc"]]
        functions["prob"] = [F.softmax]
        for loss in ("loss1", "loss2"):
            functions[f"{loss}_fc2"] = [
                partial(F.average_pooling_2d, ksize=5, stride=3),
                *(self[f"{loss}_conv"], F.relu),
                *(self[f"{loss}_fc1"], F.relu),
                self[f"{loss}_fc2"],
            ]
        return functions
