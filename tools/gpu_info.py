"""Print which NVIDIA GPUs are here, or that there are none; always exits with 0."""

from __future__ import annotations

import shutil
import subprocess

QUERY = ["--query-gpu=index,name,driver_version,memory.total", "--format=csv,noheader"]


def describe() -> str:
    """Return one line per GPU, or why there is none."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return "gpu-info: no nvidia-smi on this machine: gpu environments are skipped"
    result = subprocess.run([program, *QUERY], capture_output=True, text=True, check=False)
    if result.returncode:
        return f"gpu-info: nvidia-smi failed: {(result.stdout + result.stderr).strip()}"
    return "\n".join(f"gpu-info: {line}" for line in result.stdout.splitlines())


print(describe())
