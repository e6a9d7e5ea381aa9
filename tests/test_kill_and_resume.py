"""A training with worker processes that is killed again and again ends with the bits of an undisturbed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parent.parent / "tools" / "kill_and_resume.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the tool reads /proc")
def test_a_dozen_kills_change_nothing() -> None:
    command = [sys.executable, "-W", "error", str(TOOL), "--kills", "12"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.endswith("12 kills in 180 iterations; processes left: 0; entries that differ: 0\n")
