"""In which order an iterator goes through a data set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from catenary import get_device
from catenary.errors import ArgumentTypeError
from catenary_training.serialization import optional

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer

Order = npt.NDArray[np.intp]


class OrderSampler(Protocol):
    """What an iterator calls before each sweep.

    A sampler that also has `serialize(serializer)` is saved and loaded with its iterator.
    """

    def __call__(self, current_order: Order, current_position: int) -> Order:
        """Return the order of the next sweep.

        Args:
            current_order: The indices of the sweep that ends, shape (n,).
            current_position: How many of them have been given.

        Returns:
            The indices of the next sweep; their number may differ from that of the data set.
        """


class ShuffleOrderSampler:
    """Draw each sweep as a random permutation.

    Args:
        random_state: A `numpy.random.Generator`, a `numpy.random.RandomState` or a seed. None makes a
            generator of its own, seeded by the host's (`catenary.seed` makes it repeatable).

    Example:
        >>> import numpy as np
        >>> from catenary.iterators import ShuffleOrderSampler
        >>> order = ShuffleOrderSampler(0)(np.arange(4), 0)
        >>> sorted(order.tolist())
        [0, 1, 2, 3]
    """

    def __init__(self, random_state: Any = None) -> None:
        if random_state is None:
            random_state = int(get_device("@numpy").random.integers(2**63 - 1))
        if isinstance(random_state, int | np.integer):
            random_state = np.random.default_rng(random_state)
        if not isinstance(random_state, np.random.Generator | np.random.RandomState):
            raise ArgumentTypeError(
                "ShuffleOrderSampler: random_state must be a numpy.random.Generator or RandomState, a seed "
                f"or None, got {type(random_state).__name__}"
            )
        self._random: Any = random_state

    def __call__(self, current_order: Order, current_position: int) -> Order:
        order: Order = self._random.permutation(len(current_order))
        return order

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the state of the generator."""
        random = self._random
        legacy = isinstance(random, np.random.RandomState)
        state = random.get_state(legacy=False) if legacy else random.bit_generator.state
        text = json.dumps(state, default=lambda array: array.tolist())
        state = json.loads(optional(serializer, "state", text))
        if legacy:
            random.set_state(state)
        else:
            random.bit_generator.state = state
