"""FunctionSet: how Chainer 1 put links together before there were chains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catenary import Chain, Link
from chainer._old import deprecated


class FunctionSet(Chain):
    """A chain whose parameters and gradients are tuples of arrays.

    Args:
        links: Links by name.
    """

    def __init__(self, **links: Any) -> None:
        deprecated("chainer.FunctionSet", "chainer.Chain")
        super().__init__(**links)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Link) and not self.within_init_scope:
            with self.init_scope():
                super().__setattr__(name, value)
        else:
            super().__setattr__(name, value)

    def collect_parameters(self) -> FunctionSet:
        """Return the object itself, for `optimizer.setup`."""
        deprecated("model.collect_parameters()", "optimizer.setup(model)")
        return self

    @property
    def parameters(self) -> tuple[Any, ...]:
        """The arrays of all parameters."""
        return tuple(param.array for _, param in sorted(self.namedparams()))

    @parameters.setter
    def parameters(self, params: Sequence[Any]) -> None:
        for (_, param), array in zip(sorted(self.namedparams()), params):
            param.array[...] = param.device.send(array)

    @property
    def gradients(self) -> tuple[Any, ...]:
        """The gradients of all parameters."""
        return tuple(param.grad for _, param in sorted(self.namedparams()))

    @gradients.setter
    def gradients(self, grads: Sequence[Any]) -> None:
        for (_, param), array in zip(sorted(self.namedparams()), grads):
            param.grad = param.device.send(array)

    def copy_parameters_from(self, params: Sequence[Any]) -> None:
        """Copy arrays into the parameters.

        Args:
            params: What `parameters` gives.
        """
        self.parameters = params
