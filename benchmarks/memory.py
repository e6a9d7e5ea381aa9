"""The peak memory of a work: how much a process grows from the import of the framework to the end of some steps.

    python -m benchmarks --memory [WORK ...]

Each framework runs each work in a process of its own. It imports the framework with the parts that the works use, and
notes its peak of resident memory so far (`ru_maxrss`). Then it makes the data, the network and the optimizer, does five
steps, and takes the peak again; the number is the difference. So libraries that are loaded with the framework do not
count, those that the first steps load do. Memory that the import freed again is used by the work and does not count:
works of few mebibytes say little.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.frameworks import importable
from benchmarks.works import find

STEPS = 5


def compare(work: str, frameworks: list[str]) -> dict[str, Any]:
    """Return the growth of one work in MiB, and the ratios of Catenary to the others."""
    result: dict[str, Any] = {"work": work}
    for name in frameworks:
        command = [sys.executable, "-m", "benchmarks.memory", work, name]
        result.update(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
        if name != "catenary" and result.get(f"{name}_MiB"):
            result[f"ratio_{name}"] = result["catenary_MiB"] / result[f"{name}_MiB"]
    return result


def measured(work: str, framework: str) -> dict[str, Any]:
    """Return the title of a work and by how many MiB this process grows in it; nothing if it cannot be run."""
    if not importable(framework):
        return {}
    before = peak()
    found = find(work)
    if not hasattr(found, framework):
        return {}
    step = getattr(found, framework)()
    for _ in range(STEPS):
        step()
    return {"title": found.TITLE, f"{framework}_MiB": peak() - before}


def peak() -> float:
    """Return the largest resident memory that this process had, in MiB."""
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


if __name__ == "__main__":
    print(json.dumps(measured(*sys.argv[1:])))
