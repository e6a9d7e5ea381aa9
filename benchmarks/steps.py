"""The steps that the works repeat: of training in both styles, and of a network that only answers."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from benchmarks.frameworks import library

Step = Callable[[], Any]


def training(optimizer: Any, loss: Step) -> Step:
    """Return a training step of Catenary or Chainer 7, which returns the loss."""

    def step() -> Any:
        optimizer.target.cleargrads()
        value = loss()
        value.backward()
        optimizer.update()
        return value

    step.optimizer = optimizer  # type: ignore[attr-defined]  # for those who move the model
    return step


def torch_training(optimizer: Any, loss: Step) -> Step:
    """Return a training step of PyTorch, which returns the loss."""

    def step() -> Any:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        return value

    return step


class Inference:
    """A work in which a network answers, with nothing recorded and layers in evaluation mode.

    Args:
        title: What it does.
        module: The work in `benchmarks.works` whose network it is.
        shape: How much of the module's data the network gets: so many rows, and so on.
        network: The function there that makes the network; the one for PyTorch has `torch_` before its name.
        data: The name of the data there.
    """

    def __init__(
        self, title: str, module: str, shape: tuple[int, ...], network: str = "network", data: str = "X"
    ) -> None:
        self.TITLE = title
        self.module, self.shape, self.network, self.data = module, shape, network, data

    def _load(self, prefix: str = "") -> tuple[Callable[..., Any], Any]:
        """Return what makes the network, and its input."""
        module = importlib.import_module(f"benchmarks.works.{self.module}")
        x = getattr(module, self.data)[tuple(map(slice, self.shape))]
        return getattr(module, prefix + self.network), x

    def catenary(self) -> Step:
        return self._chainer_style("catenary")

    def chainer(self) -> Step:
        return self._chainer_style("chainer")

    def _chainer_style(self, name: str) -> Step:
        ct = library(name)
        make, x = self._load()
        network = make(ct)

        def step() -> Any:
            with ct.using_config("train", False), ct.no_backprop_mode():
                return network(x)

        return step

    def torch(self) -> Step:
        import torch

        make, array = self._load("torch_")
        network, x = make().eval(), torch.tensor(array)

        def step() -> Any:
            with torch.inference_mode():
                return network(x)

        return step
