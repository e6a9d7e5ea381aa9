#!/usr/bin/env python3
"""Make a development environment with every package editable:  python3 bootstrap.py [VENV]

It needs Python >= 3.11 with venv, and a package index. uv makes it quick; without uv, pip does the same.
"""

import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    version = ".".join(map(str, sys.version_info[:3]))
    sys.exit(
        f"bootstrap: Catenary needs Python >= 3.11, and {sys.executable} is {version}. "
        "Name another one, for example:  make demo PYTHON=python3.12"
    )

ROOT = Path(__file__).resolve().parent
VENV = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".venv").resolve()
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
REQUIREMENTS = ("-q", "-r", "requirements-dev.txt")


def run(*args):
    return subprocess.call([str(PYTHON), "-m", *args], cwd=ROOT) == 0


def install():
    if run("pip", "install", "-q", "uv") and run("uv", "pip", "install", "--python", str(PYTHON), *REQUIREMENTS):
        return True
    print("bootstrap: uv did not do it, trying pip", file=sys.stderr)
    return run("pip", "install", *REQUIREMENTS)


if not PYTHON.exists():
    import venv

    print(f"bootstrap: creating {VENV}", file=sys.stderr)
    venv.create(VENV, with_pip=True)
if not install():
    sys.exit("bootstrap: the packages could not be installed; the reason is above")
