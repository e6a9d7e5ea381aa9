"""Writes losses.json with Chainer 7.8.1: what the scripts for Chainer 2 to 7 print; run it where that is installed."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def losses(script):
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", str(script)]
        run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, universal_newlines=True, check=True)
    return [float(line.split()[1]) for line in run.stdout.splitlines() if line.startswith("loss ")]


found = {script.stem: losses(script) for script in sorted(HERE.glob("v[2-7]_*.py"))}
HERE.joinpath("losses.json").write_text(json.dumps(found, indent=1) + "\n")
