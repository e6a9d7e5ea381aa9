"""The stand-in for CuPy has tests of its own; they run in a process of their own, so that no other test meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STAND_IN = Path(__file__).parent / "stand_in"


@pytest.mark.timeout(300)
def test_the_stand_in_passes_its_tests() -> None:
    path = os.pathsep.join(filter(None, [str(STAND_IN), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(STAND_IN / "tests")]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stand_in_is_not_on_the_path_of_other_tests() -> None:
    assert str(STAND_IN) not in sys.path or os.environ.get("PYTHONPATH")
