"""What `import chainer` changes for the whole process is put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import catenary
import chainer  # noqa: F401  # installs its generator
from chainer import _random


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Draw from NumPy's global generator during the test, and let no volatile Variable slow down what comes after."""
    _random.install()
    yield
    catenary.get_device("@numpy").random = None
    if "volatile" in catenary.get_function_hooks():
        catenary.get_function_hooks()["volatile"].__exit__(None, None, None)
