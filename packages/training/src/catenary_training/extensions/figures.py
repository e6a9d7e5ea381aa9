"""Figures that are written to files, without windows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catenary_training.files import replacing


@contextmanager
def figure_file(path: Path, **options: Any) -> Iterator[Any]:
    """Give a figure of matplotlib to draw on; it is written to `path` when the block ends well.

    Args:
        path: The file; its suffix says the format.
        **options: For the figure.
    """
    # Not pyplot: its figures are global, it picks a window system, and it is not for other threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(**options)
    FigureCanvasAgg(figure)
    yield figure
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.removeprefix(".") or "png")
