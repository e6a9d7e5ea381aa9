"""What CuPy has under this name."""

from typing import Any

from cupy_stand_in.module import find


def __getattr__(name: str) -> Any:
    return find(__name__, name)
