"""Show how the numbers of `python -m benchmarks --json FILE` changed from run to run.

    python -m benchmarks.history FILE [--unit ms] [--last 6] [--png FILE]

A table has a row for each work and a column for each record: Catenary's number, and in parentheses its ratio to PyTorch
where that was there. Under it stands what each record was made with. With --png the ratios (without PyTorch, the
numbers) are drawn as lines, one for each work.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read(file: Path, unit: str) -> list[Record]:
    """Return the records of a history in one unit, oldest first."""
    records = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return sorted((record for record in records if record["unit"] == unit), key=lambda record: record["date"])


def titles(records: list[Record]) -> dict[str, str]:
    """Return work -> title, in the order in which they first appear."""
    return {result["work"]: result["title"] for record in records for result in record["results"]}


def results(records: list[Record], work: str) -> Iterator[Record]:
    """Yield what each record has of a work; nothing where it was not run."""
    for record in records:
        yield next((result for result in record["results"] if result["work"] == work), {})


def table(records: list[Record], unit: str) -> str:
    """Return two Markdown tables: the numbers, and what each record was made with."""
    lines = [row(f"work ({unit})", *(record["date"][:16] for record in records)), row(*["---"] * (1 + len(records)))]
    for work, title in titles(records).items():
        lines.append(row(title, *(cell(result, unit) for result in results(records, work))))
    lines += ["", row("record", "processor", "threads", "plugins", "versions"), row(*["---"] * 5)]
    for record in records:
        versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
        plugins = ", ".join(record["plugins"]) or "none"
        lines.append(row(record["date"][:16], record["cpu"], str(record["threads"]), plugins, versions))
    return "\n".join(lines)


def row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def cell(result: Record, unit: str) -> str:
    """Return the number of Catenary and its ratio to PyTorch."""
    number = f"{result[f'catenary_{unit}']:.3g}" if result else ""
    return f"{number} ({result['ratio_torch']:.2f})" if "ratio_torch" in result else number


def plot(records: list[Record], unit: str, file: Path) -> None:
    """Draw the ratios to PyTorch, or the numbers where no record has them."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        sys.exit("benchmarks.history: --png needs matplotlib; run: pip install matplotlib")
    with_torch = any("ratio_torch" in result for record in records for result in record["results"])
    key = "ratio_torch" if with_torch else f"catenary_{unit}"
    figure = Figure(figsize=(10, 6), layout="constrained")
    axes = figure.subplots()
    for work in titles(records):
        axes.plot([result.get(key, float("nan")) for result in results(records, work)], marker="o", label=work)
    axes.set_xticks(range(len(records)), [record["date"][:10] for record in records], rotation=90)
    axes.set_yscale("log")
    axes.set_ylabel(f"Catenary / PyTorch ({unit})" if with_torch else unit)
    figure.legend(loc="outside right upper")
    figure.savefig(file)


def main() -> None:
    """Print the table, and draw the lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, metavar="FILE", help="what --json wrote")
    parser.add_argument("--unit", choices=("ms", "MiB"), default="ms", help="times, or peak memory")
    parser.add_argument("--last", type=int, default=6, help="how many records the table has")
    parser.add_argument("--png", type=Path, metavar="FILE", help="picture to write")
    arguments = parser.parse_args()
    records = read(arguments.file, arguments.unit)
    if not records:
        sys.exit(f"benchmarks.history: {arguments.file} has no records in {arguments.unit}")
    print(table(records[-arguments.last :], arguments.unit))
    if arguments.png:
        plot(records, arguments.unit, arguments.png)


if __name__ == "__main__":
    main()
