"""What the test cases of links have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary import Link, Parameter, Variable, using_config
from catenary.errors import ArgumentTypeError
from catenary.types import Array, Shape
from chainer.testing._case import Case


class LinkTestError(AssertionError):
    """A link that does not do what its test case expects."""


class LinkCase(Case):
    """A case with a link that is made from initializers."""

    __test__ = False

    error = LinkTestError
    param_names: Sequence[str] = ()

    def generate_params(self) -> Sequence[Any]:
        """Return arrays or initializers of the parameters, which `create_link` gets; override it."""
        raise NotImplementedError(f"{type(self).__name__} gives no generate_params")

    def create_link(self, initializers: Sequence[Any]) -> Any:
        """Return a new link; override it.

        Args:
            initializers: What `generate_params` gave.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no create_link")

    def forward(self, link: Any, inputs: tuple[Any, ...], device: Any) -> tuple[Any, ...]:
        """Return the outputs of the link, a tuple of Variables.

        Args:
            link: The link, on the device.
            inputs: The inputs as Variables.
            device: The device of the test.
        """
        ys = link(*inputs)
        return ys if isinstance(ys, tuple) else (ys,)

    def make_link(self, initializers: Sequence[Any]) -> Any:
        """Return a new link on the device.

        Args:
            initializers: What `create_link` gets.
        """
        link = self.create_link(initializers)
        if not isinstance(link, Link):
            raise ArgumentTypeError(f"{type(self).__name__}.create_link: must return a Link, got {link!r}")
        link.to_device(self.backend_config.device)
        return link

    def call(self, link: Any, *inputs: Any) -> tuple[Variable, ...]:
        """Return the outputs of the link, checked.

        Args:
            link: The link.
            inputs: The inputs as Variables.
        """
        return self.variables_from("forward", self.forward(link, inputs, self.backend_config.device))

    def params_of(self, link: Any) -> list[Any]:
        """Return the parameters that `param_names` says.

        Args:
            link: The link.
        """
        for name in self.param_names:
            if not isinstance(getattr(link, name, None), Parameter):
                raise self.error(f"{type(self).__name__}: {type(link).__name__} has no parameter {name!r}")
        return [getattr(link, name) for name in self.param_names]


def filled(initializer: Any, shape: Shape, dtype: Any) -> Array:
    """Return an array that an initializer has filled.

    Args:
        initializer: An initializer, an array or a number.
        shape: The shape.
        dtype: The dtype.
    """
    if isinstance(initializer, np.ndarray):
        return initializer
    with using_config("dtype", dtype):
        array = np.asarray(Parameter(initializer, shape).array)
    return array.astype(dtype, copy=False)
