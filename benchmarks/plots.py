"""Draw the newest ratios to PyTorch that `python -m benchmarks --json FILE` wrote, with and without plugins.

    python -m benchmarks.plots [FILE] [--into docs/performance]

Without a file it is benchmarks/history.jsonl. It writes training.svg, inference.svg and memory.svg: two bars for each
work, a line at 1 where Catenary is as quick (or as small) as PyTorch, and a mark where a goal was set. The same history
gives the same files, byte for byte, with the same version of matplotlib.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.history import Record, read
from benchmarks.works import INFERENCE, TRAINING

ROOT = Path(__file__).resolve().parent
#: The two ways in which a work is run, and their colours.
WAYS = {"NumPy alone": "#9aa7b8", "with plugins": "#2b6cb0"}
PICTURES = {
    "training": ("ms", TRAINING, "Training steps: time / PyTorch"),
    "inference": ("ms", tuple(INFERENCE), "Inference: time / PyTorch"),
    "memory": ("MiB", (*TRAINING, *INFERENCE), "Peak memory / PyTorch"),
}
#: Work -> the ratios that are wanted with NumPy alone and with plugins, where there is one.
GOALS: dict[str, tuple[float | None, float | None]] = {
    "mlp": (0.6, 0.45),
    "cnn": (2.5, 0.8),
    "transformer": (1.2, 1.0),
    **{name: (None, 1.0) for name in INFERENCE if name.startswith("latency")},
}
GOALS_OF_MEMORY = (1.2, 1.0)


class Ratios(NamedTuple):
    """The newest ratios of a work to PyTorch; None where it was not run."""

    work: str
    plain: float | None
    plugins: float | None


def newest(records: list[Record], works: tuple[str, ...]) -> list[Ratios]:
    """Return the newest ratios of works; those that have none are left out.

    Args:
        records: What `benchmarks.history.read` returns: oldest first.
        works: Their names, in the order of the result.
    """
    found: dict[tuple[str, bool], float] = {}
    for record in records:
        for result in record["results"]:
            if "ratio_torch" in result:
                found[result["work"], bool(record["plugins"])] = result["ratio_torch"]
    rows = (Ratios(work, found.get((work, False)), found.get((work, True))) for work in works)
    return [row for row in rows if row.plain is not None or row.plugins is not None]


def goals(work: str, unit: str) -> tuple[float | None, float | None]:
    """Return the ratios that are wanted of a work, with NumPy alone and with plugins."""
    return GOALS_OF_MEMORY if unit == "MiB" else GOALS.get(work, (None, None))


def draw(rows: list[Ratios], unit: str, title: str, file: Path) -> None:
    """Write a picture of ratios."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        sys.exit("benchmarks.plots: this needs matplotlib; run: pip install matplotlib")
    # Text stays text, and what else would differ from run to run is fixed.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "catenary", "font.size": 9}):
        figure = Figure(figsize=(7, 1.1 + 0.42 * len(rows)), layout="constrained")
        axes = figure.subplots()
        for place, row in enumerate(rows):
            _bars(axes, place, row, goals(row.work, unit))
        axes.set_yticks(range(len(rows)), [row.work for row in rows])
        axes.invert_yaxis()
        axes.axvline(1, color="black", linewidth=0.8)
        axes.margins(x=0.08, y=0.02)
        axes.set_xlim(left=0)
        axes.set_title(title)
        figure.legend(handles=_legend(), loc="outside lower center", ncols=3, frameon=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, metadata={"Date": None, "Creator": None})


def _bars(axes: Any, place: int, row: Ratios, wanted: tuple[float | None, float | None]) -> None:
    for ratio, goal, colour, shift in zip(row[1:], wanted, WAYS.values(), (-0.2, 0.2)):
        if ratio is not None:
            axes.barh(place + shift, ratio, 0.38, color=colour)
            axes.text(ratio, place + shift, f" {ratio:.2f}", va="center", fontsize=7)
        if goal is not None:
            axes.plot([goal, goal], [place + shift - 0.19, place + shift + 0.19], color="#c53030", linewidth=2)


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        *(Patch(color=colour, label=way) for way, colour in WAYS.items()),
        Line2D([], [], color="#c53030", linewidth=2, label="goal"),
    ]


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=ROOT / "history.jsonl", metavar="FILE")
    parser.add_argument("--into", type=Path, default=ROOT.parent / "docs" / "performance", metavar="FOLDER")
    arguments = parser.parse_args()
    for name, (unit, works, title) in PICTURES.items():
        rows = newest(read(arguments.file, unit), works)
        if rows:
            draw(rows, unit, title, arguments.into / f"{name}.svg")
            print(arguments.into / f"{name}.svg")


if __name__ == "__main__":
    main()
