"""The tests of this folder draw the same numbers in each run."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def seeded() -> None:
    np.random.seed(0)
