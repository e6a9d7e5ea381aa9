"""Every call that oneDNN can serve is served by it, however small, and may be counted."""

from __future__ import annotations

from collections import Counter

import pytest

from catenary_onednn import convolution, elementwise, normalization, pooling
from catenary_onednn.library import is_usable
from catenary_onednn.primitive import Primitive


@pytest.fixture(autouse=True)
def thresholds(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Take the thresholds away, and return what they were."""
    modules = convolution, elementwise, normalization, pooling
    found = {module.__name__.rpartition(".")[2]: module.WORTH_IT for module in modules}
    for module in modules:
        monkeypatch.setattr(module, "WORTH_IT", 0)
    return found


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How often each primitive ran."""
    assert is_usable(), "these tests need the library"
    found: Counter[int] = Counter()
    run = Primitive.__call__

    def counted(self: Primitive, arrays: object) -> None:
        found[id(self)] += 1
        run(self, arrays)  # type: ignore[arg-type]

    monkeypatch.setattr(Primitive, "__call__", counted)
    return found
