"""Runs a script of the folder `runs`, and returns what it logs and prints; under Chainer 7.8.1 and here alike."""

import io
import json
import re
import runpy
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().with_name("runs")
RUNS = sorted(path.stem for path in FOLDER.glob("*.py"))


def number(word):
    """Return a word of a table, as a number if it is one."""
    return float(word) if re.fullmatch(r"-?[\d.]+(e-?\d+)?", word) else word


def run(name, out):
    """Return the log without times, the names in it, the words that were printed, and the files."""
    np.random.seed(0)
    stream = io.StringIO()
    runpy.run_path(str(FOLDER / (name + ".py")))["main"](str(out), stream)
    logs = [path for path in Path(out).iterdir() if path.name.startswith("log")]
    rows = json.loads(logs[0].read_text())
    printed = re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", stream.getvalue()).replace("\r", "").splitlines()
    return {
        "log": [{key: value for key, value in row.items() if key != "elapsed_time"} for row in rows],
        "names": [sorted(row) for row in rows],
        "printed": [[number(word) for word in line.split()] for line in printed],
        "files": sorted(path.name for path in Path(out).iterdir()),
    }
