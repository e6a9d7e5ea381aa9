"""Networks whose blocks add to their input: ResNet."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import catenary.functions as F
from catenary import Chain, Link, Variable
from catenary.errors import ArgumentError
from catenary.types import Array
from catenary_links.convolution import Convolution2D
from catenary_links.initializers import HeNormal
from catenary_links.linear import Linear
from catenary_links.model.vision.extracting import VisionModel
from catenary_links.model.vision.preparing import Size, prepared
from catenary_links.normalization import BatchNormalization

MEAN = (103.063, 115.903, 123.152)
#: How many blocks each stage has, by the number of layers.
DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def prepare(image: Any, size: Size | None = (224, 224)) -> Array:
    """Return an image as the ResNet networks take it: shape (3, height, width), blue first, less the mean.

    Args:
        image: An array of shape (height, width, 3) of values from 0 to 255, or an image of Pillow.
        size: The width and the height to resize to; None leaves the image as large as it is.

    Raises:
        ArgumentError: If the image has no such shape.
        MissingLibraryError: If the image has to be resized, and Pillow is not installed.

    Example:
        >>> import numpy as np
        >>> from catenary_links.model.vision.resnet import prepare
        >>> prepare(np.zeros((1, 1, 3), np.uint8), size=None).ravel()
        array([-103.063, -115.903, -123.152], dtype=float32)
    """
    return prepared(image, size, MEAN)


class Bottleneck(Chain):
    """Three convolutions whose result is added to the input, or to a fourth convolution of it.

    Args:
        inputs: The number of input channels.
        channels: That between the convolutions.
        outputs: That of the result.
        strides: The steps of the first two convolutions.
        first: Whether there is the fourth convolution, of both steps.
        initialW: The initializer of the filters.
    """

    def __init__(
        self, inputs: int, channels: int, outputs: int, strides: tuple[int, int], first: bool, initialW: Any
    ) -> None:
        super().__init__()
        self.first = first
        rows = [(inputs, channels, 1, strides[0]), (channels, channels, 3, strides[1]), (channels, outputs, 1, 1)]
        if first:
            rows.append((inputs, outputs, 1, strides[0] * strides[1]))
        for i, (before, after, size, stride) in enumerate(rows, 1):
            link = Convolution2D(before, after, size, stride, size // 2, nobias=True, initialW=initialW)
            self.add_link(f"conv{i}", link)
            self.add_link(f"bn{i}", BatchNormalization(after))

    def _normalized(self, i: int, x: Any) -> Variable:
        return self[f"bn{i}"](self[f"conv{i}"](x))  # type: ignore[no-any-return]

    def forward(self, x: Any) -> Variable:
        """Return the sum.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        h = self._normalized(3, F.relu(self._normalized(2, F.relu(self._normalized(1, x)))))
        return F.relu(h + (self._normalized(4, x) if self.first else x))


class Stage(Chain):
    """Blocks one after the other, of which the first changes the size: `a`, `b1`, `b2`, ...

    Args:
        depth: How many.
        inputs: The number of input channels.
        channels: That inside of the blocks; the result has four times as many.
        strides: The steps of the first two convolutions of the first block.
        initialW: The initializer of the filters.
    """

    def __init__(self, depth: int, inputs: int, channels: int, strides: tuple[int, int], initialW: Any) -> None:
        outputs = 4 * channels
        super().__init__(a=Bottleneck(inputs, channels, outputs, strides, True, initialW))
        self.names = ["a", *(f"b{i}" for i in range(1, depth))]
        for name in self.names[1:]:
            self.add_link(name, Bottleneck(outputs, channels, outputs, (1, 1), False, initialW))

    def forward(self, x: Any) -> Any:
        """Return what the last block gives.

        Args:
            x: Images, shape (batch, channels, height, width).
        """
        for name in self.names:
            x = self[name](x)
        return x


def mean_of_places(x: Any) -> Variable:
    """Return the means of all channels, shape (batch, channels)."""
    return F.mean(x, (2, 3))


class ResNetLayers(VisionModel):
    """The network of 50, 101 or 152 layers, with the names of Chainer.

    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (2016).

    Args:
        pretrained_model: The path of an NPZ file of Chainer's parameters; None for new ones; "auto" for the file
            `ResNet-50-model.npz`, or that of the other sizes, in the place where Chainer keeps it. Nothing is
            downloaded.
        n_layers: 50, 101 or 152.
        downsample_fb: Whether the 3x3 convolution of a first block makes the image smaller, not the 1x1 one before it.

    Attributes:
        conv1: The first convolution; `bn1` after it.
        res2: The first stage of blocks; `res3`, `res4` and `res5` after it.
        fc6: The linear layer to 1000 classes.

    Raises:
        ArgumentError: If there is no such number of layers, or the file of "auto" is not there.

    Example:
        >>> import numpy as np
        >>> from catenary_links.model.vision.resnet import ResNetLayers
        >>> model = ResNetLayers(None, 50)
        >>> model(np.ones((1, 3, 32, 32), np.float32), layers=["res2"])["res2"].shape
        (1, 256, 8, 8)
    """

    mean = MEAN

    def __init__(self, pretrained_model: Any, n_layers: int, downsample_fb: bool = False) -> None:
        super().__init__()
        if n_layers not in DEPTHS:
            raise ArgumentError(f"{type(self).__name__}: n_layers must be 50, 101 or 152, got {n_layers!r}")
        make = partial(self._layers, DEPTHS[n_layers], (1, 2) if downsample_fb else (2, 1))
        self._build(make, pretrained_model, f"ResNet-{n_layers}-model")

    @staticmethod
    def _layers(depths: tuple[int, ...], strides: tuple[int, int], fresh: bool) -> dict[str, Link]:
        filters = HeNormal(scale=1.0) if fresh else 0
        layers: dict[str, Link] = {
            "conv1": Convolution2D(3, 64, 7, 2, 3, initialW=filters),
            "bn1": BatchNormalization(64),
        }
        inputs = 64
        for stage, depth in enumerate(depths, 2):
            channels = 64 * 2 ** (stage - 2)
            layers[f"res{stage}"] = Stage(depth, inputs, channels, (1, 1) if stage == 2 else strides, filters)
            inputs = 4 * channels
        layers["fc6"] = Linear(2048, 1000, initialW=None if fresh else 0)
        return layers

    @property
    def functions(self) -> dict[str, list[Callable[[Any], Any]]]:
        """The layers by name, in order: the links and functions that are called one after the other."""
        return {
            "conv1": [self["conv1"], self["bn1"], F.relu],
            "pool1": [partial(F.max_pooling_2d, ksize=3, stride=2)],
            **{f"res{stage}": [self[f"res{stage}"]] for stage in (2, 3, 4, 5)},
            "pool5": [mean_of_places],
            "fc6": [self["fc6"]],
            "prob": [F.softmax],
        }

    @classmethod
    def convert_caffemodel_to_npz(cls, path_caffemodel: str, path_npz: str, n_layers: int = 50) -> NoReturn:
        """Say that files of Caffe are not read.

        Args:
            path_caffemodel: A file of Caffe.
            path_npz: The file to write.
            n_layers: The number of layers.

        Raises:
            NotAvailableError: Always.
        """
        super().convert_caffemodel_to_npz(path_caffemodel, path_npz)


class ResNet50Layers(ResNetLayers):
    """The network of 50 layers that add to their input, with the names of Chainer.

    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (2016).

    Args:
        pretrained_model: As that of `ResNetLayers`.
        downsample_fb: As that of `ResNetLayers`.

    Attributes:
        conv1: The first convolution; `bn1`, `res2` to `res5` and `fc6` after it.

    Example:
        >>> import catenary.links as L
        >>> L.ResNet50Layers(pretrained_model=None).available_layers
        ['conv1', 'pool1', 'res2', 'res3', 'res4', 'res5', 'pool5', 'fc6', 'prob']
    """

    def __init__(self, pretrained_model: Any = "auto", downsample_fb: bool = False) -> None:
        super().__init__(pretrained_model, 50, downsample_fb)


class ResNet101Layers(ResNetLayers):
    """The network of 101 layers that add to their input, with the names of Chainer.

    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (2016).

    Args:
        pretrained_model: As that of `ResNetLayers`.
        downsample_fb: As that of `ResNetLayers`.

    Attributes:
        conv1: The first convolution; `bn1`, `res2` to `res5` and `fc6` after it.

    Example:
        >>> import catenary.links as L
        >>> len(list(L.ResNet101Layers(pretrained_model=None)["res4"].children()))
        23
    """

    def __init__(self, pretrained_model: Any = "auto", downsample_fb: bool = False) -> None:
        super().__init__(pretrained_model, 101, downsample_fb)


class ResNet152Layers(ResNetLayers):
    """The network of 152 layers that add to their input, with the names of Chainer.

    Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (2016).

    Args:
        pretrained_model: As that of `ResNetLayers`.
        downsample_fb: As that of `ResNetLayers`.

    Attributes:
        conv1: The first convolution; `bn1`, `res2` to `res5` and `fc6` after it.

    Example:
        >>> import catenary.links as L
        >>> len(list(L.ResNet152Layers(pretrained_model=None)["res4"].children()))
        36
    """

    def __init__(self, pretrained_model: Any = "auto", downsample_fb: bool = False) -> None:
        super().__init__(pretrained_model, 152, downsample_fb)
