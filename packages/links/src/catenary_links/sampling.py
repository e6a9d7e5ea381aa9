"""Losses over large vocabularies that look at a sample of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Link, Parameter, Variable, get_device_from_array
from catenary.device_resident import DeviceResidentsVisitor
from catenary.errors import ArgumentError
from catenary.types import Array, DType, Shape
from catenary_links.initializers import Constant
from catenary_links.sizes import checked_size


class ClassSampler:
    """Draws classes in proportion to weights.

    Args:
        cumulative: For each class, the sum of its share and of those before; the last one is 1.
    """

    def __init__(self, cumulative: Array) -> None:
        self.cumulative = cumulative

    def sample(self, shape: Shape) -> Array:
        """Return classes, integers of this shape, drawn on the device of the sampler."""
        device = get_device_from_array(self.cumulative)
        return device.xp.searchsorted(self.cumulative, device.random.random(shape), side="right").astype("int32")


class _Sampled(Link):
    """One row of weights for each class, and what draws classes.

    Attributes:
        W: One row per class, shape (classes, inputs).
        sampler: Draws classes: it has a method `sample` from a shape to an array of integers.
    """

    sampler: Any

    def __init__(self, in_size: int, counts: Sequence[float], sample_size: int, power: float, dtype: Any) -> None:
        super().__init__()
        name = type(self).__name__
        size, self.sample_size = checked_size(name, "in_size", in_size), checked_size(name, "sample_size", sample_size)
        weights = np.asarray(counts, np.float64)
        if weights.ndim != 1 or not weights.size or weights.min() < 0 or not weights.sum() > 0:
            raise ArgumentError(f"{name}: counts must be a number from 0 for each class, not all 0, got {counts!r}")
        cumulative = (weights**power * (weights > 0)).cumsum()
        self.sampler = ClassSampler(self.device.send(cumulative / cumulative[-1]))
        with self.init_scope():
            self.W = Parameter(Constant(0.0, dtype), (len(weights), size))

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameter and the table of the sampler to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        if isinstance(self.sampler, ClassSampler):  # a new one: copies of a link share it
            self.sampler = ClassSampler(visitor.visit_array(self.sampler.cumulative))


class NegativeSampling(_Sampled):
    """A loss that wants true classes to score high, and sampled ones low.

    Source: Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality" (2013).

    Args:
        in_size: The number of inputs.
        counts: How often each class occurs.
        sample_size: The number of sampled classes for each example.
        power: Classes are drawn in proportion to their counts to this power.
        dtype: The dtype of `W`; None for the setting `dtype`.

    Attributes:
        W: One row per class, shape (classes, inputs); zero at first.
        sampler: Draws classes: it has a method `sample` from a shape to an array of integers.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.NegativeSampling(3, [5, 2, 9], 2)(np.ones((4, 3), np.float32), np.array([0, 1, 2, 2])).array.round(3)
        np.float32(8.318)
    """

    def __init__(
        self,
        in_size: int,
        counts: Sequence[float],
        sample_size: int,
        power: float = 0.75,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(in_size, counts, sample_size, power, dtype)

    def forward(self, x: Any, t: Any, reduce: str = "sum", *, return_samples: bool = False) -> Any:
        """Return the loss.

        Args:
            x: Input, shape (batch, inputs).
            t: True classes, integers of shape (batch,); -1 is not counted.
            reduce: "sum", or "no" for one loss per example.
            return_samples: Whether to return the classes, too: shape (batch, 1 + sampled ones), the true one first.

        Returns:
            A Variable; a tuple of it and the classes if `return_samples`.
        """
        sample = self.sampler.sample
        return F.negative_sampling(x, t, self.W, sample, self.sample_size, reduce, return_samples=return_samples)


class BlackOut(_Sampled):
    """A loss that wants softmax over true and sampled classes to be 1 at the true ones, and 0 at the others.

    Source: Ji et al., "BlackOut: Speeding up Recurrent Neural Network Language Models with Very Large Vocabularies"
    (2016), equation 6.

    Args:
        in_size: The number of inputs.
        counts: How often each class occurs; classes are drawn in proportion to it.
        sample_size: The number of sampled classes for each example.

    Attributes:
        W: One row per class, shape (classes, inputs); zero at first.
        sampler: Draws classes: it has a method `sample` from a shape to an array of integers.
        sample_data: Classes to use instead of drawing them, shape (batch, samples), or None.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.BlackOut(3, [5, 2, 9], 1)(np.ones((4, 3), np.float32), np.array([0, 1, 2, 2])).array.round(3)
        np.float32(1.386)
    """

    sample_data: Array | None = None

    def __init__(self, in_size: int, counts: Sequence[float], sample_size: int) -> None:
        super().__init__(in_size, counts, sample_size, 1.0, None)

    def forward(self, x: Any, t: Any) -> Variable:
        """Return the mean of the losses.

        Args:
            x: Input, shape (batch, inputs).
            t: True classes, integers of shape (batch,).
        """
        given = self.sample_data
        return F.black_out(x, t, self.W, self.sampler.sample((len(t), self.sample_size)) if given is None else given)
