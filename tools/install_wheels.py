"""Install every wheel of a folder, with the "test" extra, into this Python:  install_wheels.py WHEEL_DIR"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def extras(wheel: Path) -> str:
    """Return ``"[test]"`` for a distribution that declares such an extra."""
    folder = wheel.name.split("-")[0].removeprefix("catenary_")
    project = tomllib.loads((ROOT / "packages" / folder / "pyproject.toml").read_text("utf-8"))["project"]
    return "[test]" if "test" in project["optional-dependencies"] else ""


wheels = sorted(Path(sys.argv[1]).resolve().glob("*.whl"))
if not wheels:
    sys.exit(f"install_wheels: no wheel in {sys.argv[1]}")
requirements = [f"{wheel.name.split('-')[0].replace('_', '-')}{extras(wheel)} @ {wheel.as_uri()}" for wheel in wheels]
command = ["uv", "pip", "install", "-q", "--python", sys.executable, "--reinstall", *requirements]
sys.exit(subprocess.call(command))
