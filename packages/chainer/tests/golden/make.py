"""Writes what Chainer 7.8.1 gives for the lines of each table, and for each run; start it where that is installed."""

import json
import sys
import tempfile
import unittest.mock

sys.modules.setdefault("mock", unittest.mock)  # chainer.testing wants that package

from golden_lines import HERE, TABLES, evaluate, lines
from golden_runs import RUNS, run

for table in TABLES:
    found = {line: evaluate(line) for line in lines(table)}
    text = ",\n".join("%s: %s" % (json.dumps(line), json.dumps(value)) for line, value in found.items())
    HERE.joinpath(table + ".json").write_text("{\n" + text + "\n}\n")
found = {name: run(name, tempfile.mkdtemp()) for name in RUNS}
HERE.joinpath("runs.json").write_text(json.dumps(found, indent=1) + "\n")
