"""A few hundred damaged files of each format; mutations.py makes thousands."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

MUTATIONS: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("mutations.py")))

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded and watched as Linux does it")


@pytest.mark.parametrize("format", MUTATIONS["FORMATS"])
def test_damaged_files(format: str) -> None:
    outcomes, wrong = MUTATIONS["run"](format, seed=1, count=300)
    assert wrong == []
    assert sum(outcomes.values()) == 300
    assert min(outcomes["FileFormatError"], outcomes["LoadMismatchError"], outcomes["loaded"]) > 0
