"""Count the bytecode instructions that small calls take: what they cost, without a clock.

    python tools/count_instructions.py [--check | --write]

Counted are the instructions of the interpreter in all Python code that a call runs, after a few calls that fill the
caches; what NumPy does in C is not. No plugin is loaded but those of the packages that the calls need, so the numbers
are the same on any machine. They differ between versions of Python, and `tools/instructions.json` has them for each:
--check fails where one has grown by more than 10 %, --write stores those of this version.
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STORED = Path(__file__).resolve().with_name("instructions.json")
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
NEEDED = {"catenary-core", "catenary-functions", "catenary-links", "catenary-optimizers"}
GROWTH = 0.1  # allowed
WARM_UP = 20  # calls

Call = Callable[[], Any]


def keep_plugins_out() -> None:
    """Let Catenary, which is not imported yet, load the packages that the calls need and nothing else."""
    for name in [name for name in os.environ if name.startswith("CATENARY_")]:
        del os.environ[name]
    # Blocked, not only switched off: where a function has implementations to choose from, each call takes more.
    plugins = {entry.dist.name for entry in importlib.metadata.entry_points(group="catenary") if entry.dist}
    os.environ["CATENARY_DISABLE_PLUGINS"] = ",".join(sorted(plugins - NEEDED))


def calls() -> dict[str, Call]:
    """Return the calls that are counted, by what they do."""
    import numpy as np

    import catenary as ct
    import catenary.functions as F
    import catenary.links as L
    from catenary import optimizers

    rng = np.random.default_rng(0)
    x, other = (ct.Variable(rng.standard_normal(3, np.float32)) for _ in range(2))
    row, label = rng.standard_normal((1, 3), np.float32), np.array([1], np.int32)
    link, network = L.Linear(3, 2), ct.Sequential(L.Linear(3, 4), F.relu, L.Linear(4, 2))
    sgd, adam = (rule().setup(with_gradients(L.Linear(3, 2))) for rule in (optimizers.SGD, optimizers.Adam))

    def loss() -> Any:
        return F.softmax_cross_entropy(network(row), label)

    def forward_without_graph() -> None:
        with ct.using_config("train", False), ct.no_backprop_mode():
            network(row)

    def step() -> None:
        network.cleargrads()
        loss().backward()

    return {
        "F.relu, 3 elements": lambda: F.relu(x),
        "addition of two variables": lambda: x + other,
        "F.linear, one row": lambda: F.linear(row, link.W, link.b),
        "L.Linear, one row": lambda: link(row),
        "F.softmax_cross_entropy, one row": lambda: F.softmax_cross_entropy(row, label),
        "network of two layers, one row, no graph": forward_without_graph,
        "network of two layers, one row, forward and backward": step,
        "SGD, two parameters": sgd.update,
        "Adam, two parameters": adam.update,
    }


def with_gradients(link: Any) -> Any:
    """Return a link after setting the gradients of its parameters to ones."""
    for param in link.params():
        param.grad = param.array * 0 + 1
    return link


def by_monitoring(call: Call) -> int:
    """Return the number of instructions of a call, by the events of Python 3.12 and later."""
    monitoring = sys.monitoring  # type: ignore[attr-defined]
    tool, instruction, count = monitoring.PROFILER_ID, monitoring.events.INSTRUCTION, 0

    def one(code: Any, offset: int) -> None:
        nonlocal count
        count += 1

    monitoring.use_tool_id(tool, "count_instructions")
    monitoring.register_callback(tool, instruction, one)
    try:
        monitoring.set_events(tool, instruction)
        call()
        monitoring.set_events(tool, 0)
    finally:
        monitoring.free_tool_id(tool)
    return count


def by_tracing(call: Call) -> int:
    """Return the number of instructions of a call, by a trace function."""
    count = 0

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(None)
    return count


def count(call: Call) -> int:
    """Return the number of instructions of a call, less those of an empty one."""
    counter = by_monitoring if sys.version_info >= (3, 12) else by_tracing
    for _ in range(WARM_UP):
        call()
    gc.disable()  # what it frees, and when, is another matter
    try:
        return counter(call) - counter(lambda: None)
    finally:
        gc.enable()


def compare(counts: dict[str, int], stored: dict[str, int]) -> list[str]:
    """Print both, and return what has grown too much or is not in both."""
    bad = sorted(counts.keys() ^ stored.keys())
    for name, now in counts.items():
        before = stored.get(name)
        print(f"{now:7} {name}" + (f" ({(now - before) / before:+.1%})" if before else ""))
        if before and now > before * (1 + GROWTH):
            bad.append(name)
    return bad


def main() -> None:
    """Print the counts; compare or store them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail where a number has grown by more than 10 %%")
    mode.add_argument("--write", action="store_true", help="store the numbers of this version of Python")
    arguments = parser.parse_args()
    keep_plugins_out()
    stored = json.loads(STORED.read_text("utf-8")) if STORED.exists() else {}
    counts = {name: count(call) for name, call in calls().items()}
    bad = compare(counts, stored.get(VERSION, {}))
    if arguments.write:
        STORED.write_text(json.dumps(dict(sorted({**stored, VERSION: counts}.items())), indent=2) + "\n", "utf-8")
    if arguments.check and VERSION not in stored:
        sys.exit(f"tools/count_instructions.py: no numbers for Python {VERSION}; store them with --write")
    if arguments.check and bad:
        sys.exit(f"tools/count_instructions.py: more than 10 % above {STORED.name}, or not in it: {'; '.join(bad)}")


if __name__ == "__main__":
    main()
