"""Normalization of the features of each example."""

from __future__ import annotations

from typing import Any

import catenary.functions as F
from catenary import Link, Parameter, Variable
from catenary_links.sizes import checked_size


class _Features(Link):
    """One number, or two, for each index of an axis.

    Attributes:
        axis: The axis.
    """

    axis = -1

    def __init__(self, size: int | None, eps: float, **initial: Any) -> None:
        super().__init__()
        self.eps = eps
        with self.init_scope():
            for name, value in initial.items():
                setattr(self, name, Parameter(value))
        if size is not None:
            self._initialize(checked_size(type(self).__name__, "size", size))

    def _initialize(self, size: int) -> None:
        for param in self.params():
            param.initialize((size,))

    def _prepare(self, x: Any) -> None:
        """Take the size from the first input."""
        if self.gamma._array is None:
            self._initialize(x.shape[self.axis])

    gamma: Parameter
    beta: Parameter

    @property
    def printable_specs(self) -> Any:
        """The settings, for `repr`."""
        yield from (("size", None if self.gamma.array is None else len(self.gamma)), ("eps", self.eps))


class LayerNormalization(_Features):
    """Brings the features of each example to mean 0 and variance 1, times gamma, plus beta.

    Source: Ba, Kiros, Hinton, "Layer Normalization" (2016).

    Args:
        size: The number of features; if None, it is taken from the first call.
        eps: Added to the variance.
        initial_gamma: The initializer of `gamma`; one by default.
        initial_beta: The initializer of `beta`; zero by default.

    Attributes:
        gamma: A factor for each feature, shape (features,).
        beta: What is added to each feature, shape (features,).

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.LayerNormalization(2)(np.array([[1.0, 3.0]], np.float32)).array.round(3)
        array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self, size: int | None = None, eps: float = 1e-6, initial_gamma: Any = None, initial_beta: Any = None
    ) -> None:
        super().__init__(
            size,
            eps,
            gamma=1.0 if initial_gamma is None else initial_gamma,
            beta=0.0 if initial_beta is None else initial_beta,
        )

    def forward(self, x: Any) -> Variable:
        """Return the normalized input.

        Args:
            x: Input, shape (batch, ..., features).
        """
        self._prepare(x)
        return F.layer_normalization(x, self.gamma, self.beta, self.eps)


class GroupNormalization(_Features):
    """Brings each group of channels of each example to mean 0 and variance 1, times gamma, plus beta.

    Source: Wu, He, "Group Normalization" (2018).

    Args:
        groups: The number of groups, by which the number of channels must be divisible.
        size: The number of channels; if None, it is taken from the first call.
        eps: Added to the variance.
        initial_gamma: The initializer of `gamma`; one by default.
        initial_beta: The initializer of `beta`; zero by default.

    Attributes:
        gamma: A factor for each channel, shape (channels,).
        beta: What is added to each channel, shape (channels,).

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.GroupNormalization(2)(np.ones((3, 4, 5, 5), np.float32)).shape
        (3, 4, 5, 5)
    """

    axis = 1

    def __init__(
        self,
        groups: int,
        size: int | None = None,
        eps: float = 1e-5,
        initial_gamma: Any = None,
        initial_beta: Any = None,
    ) -> None:
        self.groups = checked_size("GroupNormalization", "groups", groups)
        super().__init__(
            size,
            eps,
            gamma=1.0 if initial_gamma is None else initial_gamma,
            beta=0.0 if initial_beta is None else initial_beta,
        )

    def forward(self, x: Any) -> Variable:
        """Return the normalized input.

        Args:
            x: Input, shape (batch, channels, ...).
        """
        self._prepare(x)
        return F.group_normalization(x, self.groups, self.gamma, self.beta, self.eps)


class RMSNorm(_Features):
    """Divides the features of each example by the root of the mean of their squares, times gamma.

    Source: Zhang, Sennrich, "Root Mean Square Layer Normalization" (2019).

    Args:
        size: The number of features; if None, it is taken from the first call.
        eps: Added to the mean of the squares.

    Attributes:
        gamma: A factor for each feature, shape (features,); one at first.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.RMSNorm(2)(np.array([[1.0, 7.0]], np.float32)).array.round(3)
        array([[0.2, 1.4]], dtype=float32)
    """

    def __init__(self, size: int | None = None, eps: float = 1e-6) -> None:
        super().__init__(size, eps, gamma=1.0)

    def forward(self, x: Any) -> Variable:
        """Return the input, divided.

        Args:
            x: Input, shape (batch, ..., features).
        """
        self._prepare(x)
        return F.rms_norm(x, self.gamma, self.eps)
