"""Inline tox plugin: skip *-gpu environments, saying why, where they cannot run.

CATENARY_REQUIRE_GPU=1 (for machines that have a GPU) turns the skip into a failure.
"""

from __future__ import annotations

import ctypes
import functools
import os
from pathlib import Path

from tox.plugin import impl
from tox.tox_env.api import ToxEnv
from tox.tox_env.errors import Fail, Skip

ROOT = Path(__file__).resolve().parent

# The matrix finds pyenv's interpreters even where only one of them is on PATH.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
for _bin in sorted(_pyenv.glob("3.*/bin")):
    if str(_bin) not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] += os.pathsep + str(_bin)


@functools.cache
def why_no_gpu() -> str:
    """Return why no test can run on a GPU here, or an empty string."""
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "no NVIDIA driver here (libcuda.so.1 not found)"
    if code := cuda.cuInit(0):
        return f"the NVIDIA driver does not start (cuInit returned {code})"
    count = ctypes.c_int()
    cuda.cuDeviceGetCount(ctypes.byref(count))
    if not count.value:
        return "the NVIDIA driver reports no CUDA device"
    return ""


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Skip before anything is installed into the environment."""
    if tox_env.name.endswith("-gpu") and (why := why_no_gpu()):
        if os.environ.get("CATENARY_REQUIRE_GPU") == "1":
            raise Fail(f"CATENARY_REQUIRE_GPU=1, but {why}")
        raise Skip(why)
