"""Ranges in the timeline of a profiler."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from cupy.cuda import nvtx


@contextlib.contextmanager
def time_range(
    message: str | None = None, color_id: int | None = None, argb_color: int | None = None, sync: bool = False
) -> Iterator[None]:
    """Name a range of the timeline."""
    nvtx.RangePush(message or "")
    try:
        yield
    finally:
        nvtx.RangePop()


@contextlib.contextmanager
def profile() -> Iterator[None]:
    """Profile what is inside."""
    yield
