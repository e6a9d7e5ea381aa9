"""Where windows lie on images, as oneDNN takes it."""

from __future__ import annotations

from typing import Any

from catenary.functions.kernels import Grid
from catenary_onednn.layouts import sizes


def steps(grid: Grid) -> Any:
    """Return the steps between windows."""
    return sizes(grid.stride)


def gaps(grid: Grid) -> Any:
    """Return how many elements lie between two elements of a window."""
    return sizes(tuple(d - 1 for d in grid.dilate))


def padding(grid: Grid) -> tuple[Any, Any]:
    """Return the padding in front of images and behind them."""
    behind = tuple(max(end - pad - n, 0) for end, pad, n in zip(_ends(grid), grid.pad, grid.size))
    return sizes(grid.pad), sizes(behind)


def are_inside(grid: Grid) -> bool:
    """Return whether each window holds an element of the image."""
    starts = [(out - 1) * stride - pad for out, stride, pad in zip(grid.out, grid.stride, grid.pad)]
    spans = [(k - 1) * d + 1 for k, d in zip(grid.kernel, grid.dilate)]
    return all(start < size and span > pad for start, size, span, pad in zip(starts, grid.size, spans, grid.pad))


def _ends(grid: Grid) -> list[int]:
    fields = zip(grid.out, grid.stride, grid.kernel, grid.dilate)
    return [(out - 1) * stride + (kernel - 1) * dilate + 1 for out, stride, kernel, dilate in fields]
