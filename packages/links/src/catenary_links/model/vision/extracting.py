"""What the vision models have in common: layers by name, and images as inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NoReturn

import numpy as np

import catenary.functions as F
from catenary import Chain, Link, Variable, evaluation_mode
from catenary.errors import ArgumentError, ArgumentTypeError, NotAvailableError
from catenary.types import Array
from catenary_links.model.vision.preparing import Size, crops, prepared
from catenary_links.model.vision.pretrained import file_of, load_model

Layers = Sequence[str] | None


class VisionModel(Chain):
    """A model of images that gives the outputs of its layers by name; subclasses say which layers there are."""

    #: The means of blue, green and red.
    mean: ClassVar[tuple[float, float, float]]
    #: Layers that do not go on from the one before them, and which they go on from.
    branches: ClassVar[dict[str, str]] = {}

    def _build(self, children: Callable[[bool], dict[str, Link]], pretrained_model: Any, name: str) -> None:
        """Add the children, and load them.

        Args:
            children: Makes them; its argument says whether they are to begin with random numbers.
            pretrained_model: The argument of the model.
            name: The name of its file.
        """
        file = file_of(type(self).__name__, pretrained_model, name)
        for key, link in children(file is None).items():
            self.add_link(key, link)
        if file is not None:
            load_model(self, file)

    @property
    def functions(self) -> dict[str, list[Callable[[Any], Any]]]:
        """The layers by name, in order: the links and functions that are called one after the other."""
        raise NotImplementedError(f"{type(self).__name__} gives no functions")

    @property
    def available_layers(self) -> list[str]:
        """The names that `layers` may have, in order."""
        return list(self.functions)

    def _wanted(self, layers: Layers) -> set[str]:
        """Return the names of the layers that are asked for.

        Raises:
            ArgumentTypeError: If `layers` is no list.
            ArgumentError: If there is no such layer.
        """
        if layers is None:
            return {"prob"}
        if isinstance(layers, str) or not isinstance(layers, Sequence | set | frozenset):
            raise ArgumentTypeError(f"{type(self).__name__}: layers must be a list of names, got {layers!r}")
        available = self.available_layers
        for layer in layers:
            if layer not in available:
                raise ArgumentError(f"{type(self).__name__}: layers must be of {', '.join(available)}, got {layer!r}")
        return set(layers)

    def forward(self, x: Any, layers: Layers = None) -> dict[str, Variable]:
        """Return the outputs of some layers by name; no more is computed than they need.

        Args:
            x: Prepared images, shape (batch, 3, height, width).
            layers: Names of `available_layers`; ``["prob"]`` if None.

        Raises:
            ArgumentError: If there is no such layer.
        """
        wanted, functions = self._wanted(layers), self.functions
        trunk = [name for name in functions if name not in self.branches]
        last = max((trunk.index(self.branches.get(name, name)) for name in wanted), default=-1)
        needed = wanted.union(trunk[: last + 1])
        kept: dict[str, Variable] = {}
        for name in functions:
            if name not in needed:
                continue
            h = kept[self.branches[name]] if name in self.branches else x
            for function in functions[name]:
                h = function(h)
            if name not in self.branches:
                x = h
            if name in wanted or name in self.branches.values():
                kept[name] = h
        return {name: h for name, h in kept.items() if name in wanted}

    def _batch(self, method: str, images: Sequence[Any], size: Size | None) -> Array:
        """Return prepared images in one array.

        Raises:
            ArgumentError: If there are none, or they differ in shape.
        """
        arrays = [prepared(image, size, self.mean) for image in images]
        shapes = sorted({array.shape for array in arrays})
        if len(shapes) != 1:
            raise ArgumentError(
                f"{type(self).__name__}: images of {method} must be some images of one size, got {shapes}"
            )
        return np.stack(arrays)

    def extract(self, images: Sequence[Any], layers: Layers = None, size: Size | None = (224, 224)) -> Any:
        """Return the outputs of some layers by name for images that are prepared first.

        The settings `train` and `enable_backprop` hold as they are: for features alone, call it under
        `catenary.evaluation_mode`.

        Args:
            images: Arrays of shape (height, width, 3), or images of Pillow.
            layers: Names of `available_layers`; ``["prob"]`` if None.
            size: The width and the height to resize to; None leaves the images as large as they are.

        Raises:
            ArgumentError: If there is no such layer, or the images cannot be one batch.
        """
        return self(Variable(self.device.send(self._batch("extract", images, size))), layers=layers)

    def predict(self, images: Sequence[Any], oversample: bool = True) -> Variable:
        """Return the probabilities of all classes, shape (batch, 1000), in evaluation mode and without a graph.

        Args:
            images: Arrays of shape (height, width, 3), or images of Pillow; they are resized to 256x256.
            oversample: Whether to take the mean of ten parts of each image: the corners, the middle, and their
                mirror images; only the middle otherwise.

        Raises:
            ArgumentError: If there are no images.
        """
        x = crops(self._batch("predict", images, (256, 256)), oversample)
        with evaluation_mode(self):
            y = self(Variable(self.device.send(x)), layers=["prob"])["prob"]
            return F.mean(y.reshape(len(images), -1, *y.shape[1:]), 1)

    @classmethod
    def convert_caffemodel_to_npz(cls, path_caffemodel: str, path_npz: str) -> NoReturn:
        """Say that files of Caffe are not read.

        Args:
            path_caffemodel: A file of Caffe.
            path_npz: The file to write.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError(
            f"{cls.__name__}: Caffe is no longer maintained; convert {str(path_caffemodel)!r} with an old Chainer: "
            f"chainer.links.{cls.__name__}.convert_caffemodel_to_npz({str(path_caffemodel)!r}, {str(path_npz)!r})"
        )
