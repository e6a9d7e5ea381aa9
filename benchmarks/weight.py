"""What a framework weighs: the time of its import, and the size of its installation."""

from __future__ import annotations

import importlib.metadata
import os
import re
import statistics
import subprocess
import sys
import time
from typing import Any

IMPORTS = ("numpy", "catenary", "catenary.functions, catenary.links, catenary.optimizers", "torch")
#: What `pip install` brings for each, besides itself.
DISTRIBUTIONS = {
    "catenary-core": ("catenary-core",),
    "the standard set of catenary": (
        "catenary-core", "catenary-functions", "catenary-links", "catenary-optimizers", "catenary-training",
        "catenary-io",
    ),
    "torch": ("torch",),
}  # fmt: skip


def import_times(rounds: int = 11) -> dict[str, float]:
    """Return the median seconds of `python -c "import ..."` beyond an empty program, taken in turn."""
    times: dict[str, list[float]] = {name: [] for name in ("sys", *IMPORTS)}
    # As in everyday use, modules are compiled once: by the first round, which does not count.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    for round in range(rounds + 1):
        for name, found in times.items():
            start = time.perf_counter()
            done = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, env=environment)
            if done.returncode == 0 and round:
                found.append(time.perf_counter() - start)
    medians = {name: statistics.median(found) for name, found in times.items() if found}
    return {name: median - medians["sys"] for name, median in medians.items() if name != "sys"}


def closure(names: tuple[str, ...]) -> set[str]:
    """Return the installed distributions that some distributions need, without extras."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        try:
            requirements = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        if name not in found:
            found.add(name)
            waiting += [re.split(r"[\s<>=!~;\[(]", r)[0] for r in requirements if "extra ==" not in r]
    return found


def sizes() -> dict[str, tuple[float, set[str]]]:
    """Return megabytes and distributions of each installation, with everything it needs."""
    result = {}
    for title, names in DISTRIBUTIONS.items():
        needed = closure(names)
        if set(names) <= needed:
            result[title] = (sum(map(size, needed)) / 1e6, needed)
    return result


def size(name: str) -> float:
    """Return the bytes of the files of an installed distribution; of an editable one, those of its sources."""
    distribution = importlib.metadata.distribution(name)
    files: list[Any] = [file.locate() for file in distribution.files or []]
    total = 0
    for file in files:
        if file.suffix == ".pth" and file.exists():
            for source in file.read_text().split():
                total += sum(f.stat().st_size for f in file.parent.joinpath(source).rglob("*.py"))
        elif file.exists():
            total += file.stat().st_size
    return float(total)


def report() -> str:
    """Return two Markdown tables."""
    times = import_times()
    lines = ["| import | ms beyond an empty program |", "| --- | --- |"]
    lines += [f"| {name} | {seconds * 1e3:.0f} |" for name, seconds in times.items()]
    lines += ["", "| installation, with what it needs | MB | distributions |", "| --- | --- | --- |"]
    lines += [f"| {title} | {mb:.0f} | {len(needed)} |" for title, (mb, needed) in sizes().items()]
    return "\n".join(lines)
