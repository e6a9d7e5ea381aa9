"""Random numbers that are the same in each run of a test."""

from __future__ import annotations

import random as python_random
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

import catenary
from chainer.backends import cuda

Case = TypeVar("Case", bound=type)
SEED = 100


def fix_random(*, setup_method: str = "setUp", teardown_method: str = "tearDown") -> Callable[[Case], Case]:
    """Return a decorator for classes of tests that seeds all generators before each test, and restores them after it.

    Args:
        setup_method: The method that runs before each test.
        teardown_method: The method that runs after each test.

    Example:
        >>> import unittest
        >>> import numpy as np
        >>> from chainer import testing
        >>> @testing.fix_random()
        ... class TestNoise(unittest.TestCase):
        ...     def setUp(self):
        ...         self.noise = np.random.rand(3)
    """

    def decorate(case: Case) -> Case:
        setup, teardown = getattr(case, setup_method, _nothing), getattr(case, teardown_method, _nothing)

        def seeded(self: Any, *args: Any) -> None:
            self._states_before = (python_random.getstate(), np.random.get_state())
            python_random.seed(SEED)
            np.random.seed(SEED)
            if cuda.available:
                device = catenary.get_device("@cupy:0")
                device.random = device.make_random(SEED)
            setup(self, *args)

        def restored(self: Any, *args: Any) -> None:
            try:
                teardown(self, *args)
            finally:
                python_random.setstate(self._states_before[0])
                np.random.set_state(self._states_before[1])

        setattr(case, setup_method, seeded)
        setattr(case, teardown_method, restored)
        return case

    return decorate


def _nothing(self: Any, *args: Any) -> None:
    """Stand for a method that a class does not have."""


def generate_seed() -> int:
    """Return a number to seed a generator with, drawn from NumPy's global one."""
    return int(np.random.randint(0xFFFFFFFF, dtype=np.uint32))
