"""Fixtures for the tests of plugins: devices to run on, and a fixed seed.

Nothing of Catenary is imported before a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "gpu: needs a CUDA device")


@pytest.fixture(params=["@numpy", "@tripwire", pytest.param("@cupy:0", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Run a test on the host, on the tripwire device and on a GPU, if there is one, each as the current device."""
    import catenary
    from catenary.testing import open_gpu

    with catenary.using_device(open_gpu() if request.param == "@cupy:0" else request.param) as found:
        yield found


@pytest.fixture
def xp(device: Any) -> Any:
    """The array module of the fixture `device`."""
    return device.xp


@pytest.fixture
def seeded() -> None:
    """Seed all random generators."""
    import catenary

    catenary.seed(0)
