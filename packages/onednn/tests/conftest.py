"""Every call that oneDNN can serve is served by it, however small, and may be counted."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator

import pytest

import catenary.functions as F
from catenary.functions import kernels
from catenary.graph.function import forget_specialisation
from catenary_onednn import affine_maps, attention, blas, convolution, recurrent
from catenary_onednn.library import is_usable, load
from catenary_onednn.primitive import Primitive
from catenary_onednn_plugin import FUNCTIONS


def ask_from(name: str, size: int) -> int:
    """Have an implementation asked from another size on, and return from which it was.

    Args:
        name: The function that it serves.
        size: The size.
    """
    module = next(module for module, names in FUNCTIONS.items() if name in names)
    implementation = getattr(importlib.import_module(f"catenary_onednn.{module}"), name.upper())
    before: int = implementation.from_size
    object.__setattr__(implementation, "from_size", size)  # it is frozen
    forget_specialisation(getattr(kernels, name, None) or getattr(F, name))
    return before


@pytest.fixture(scope="package", autouse=True)
def from_sizes() -> Iterator[dict[str, int]]:
    """Have all implementations asked about calls of any size, and tell from which size on they are outside."""
    found = {name: ask_from(name, 0) for names in FUNCTIONS.values() for name in names}
    yield found
    for name, size in found.items():
        ask_from(name, size)


@pytest.fixture
def from_size(request: pytest.FixtureRequest, from_sizes: dict[str, int]) -> Iterator[int]:
    """From which size on the engine asks the implementation that the test is about: here it does as it does outside."""
    ask_from(request.param, size := from_sizes[request.param])
    yield size
    ask_from(request.param, 0)


@pytest.fixture(autouse=True)
def thresholds(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Take the thresholds away, and return what they were."""
    modules = affine_maps, attention, convolution
    found = {module.__name__.rpartition(".")[2]: module.WORTH_IT for module in modules}
    found["steps"] = recurrent.STEPS
    for module in modules:
        monkeypatch.setattr(module, "WORTH_IT", 0)
    monkeypatch.setattr(recurrent, "STEPS", 0)
    monkeypatch.setattr(blas, "calm", lambda: True)
    return found


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each primitive, and the matrix product (0), ran."""
    assert is_usable(), "these tests need the library"
    found: Counter[int] = Counter()
    run = Primitive.__call__

    def counted(self: Primitive, arrays: object) -> None:
        found[id(self)] += 1
        run(self, arrays)  # type: ignore[arg-type]

    product = load().sgemm

    def counted_product(*arguments: object) -> None:
        found[0] += 1
        product(*arguments)

    monkeypatch.setattr(Primitive, "__call__", counted)
    monkeypatch.setattr(load(), "sgemm", counted_product)
    return found
