"""Scripts as they were written for Chainer 1 to 7 run and learn, each in a process of its own, with warnings on.

A script checks by itself that it learned. Those for versions that Chainer 7.8.1 still runs print losses, and
`scripts/losses.json` has what they print there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import catenary
import chainer
import chainer.links as L

FOLDER = Path(__file__).with_name("scripts")
SCRIPTS = sorted(path.stem for path in FOLDER.glob("v*.py"))
LOSSES = json.loads((FOLDER / "losses.json").read_text())
#: Half precision rounds at one part in two thousand.
TOLERANCES = {"v7_mixed16": 2e-3}


def warnings_of(version: str) -> list[str]:
    """Return the options of Python: old spellings may be told of up to version 4, all else is an error."""
    return ["-W", "error", *(["-W", "always::DeprecationWarning"] if version < "v5" else [])]


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, *warnings_of(name), str(FOLDER / f"{name}.py")],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    told = [line for line in result.stderr.splitlines() if "DeprecationWarning:" in line]
    assert all("of an older Chainer; write " in line for line in told)
    assert told or not name.startswith(("v1_0", "v1_3", "v1_4"))
    assert not any(f"{os.sep}src{os.sep}" in line or line.startswith("sys:") for line in told), told
    printed = [float(line.split()[1]) for line in result.stdout.splitlines() if line.startswith("loss ")]
    if name in LOSSES:
        np.testing.assert_allclose(printed, LOSSES[name], rtol=TOLERANCES.get(name, 1e-4))


def test_losses_are_stored_for_all_that_chainer_7_runs() -> None:
    assert sorted(LOSSES) == [name for name in SCRIPTS if not name.startswith("v1")]
    assert all(LOSSES.values())


def test_chainerx_is_not_available() -> None:
    import chainerx

    assert chainer.chainerx is chainerx
    assert not chainerx.is_available()
    assert not isinstance(np.ones(2), chainerx.ndarray)
    for use in (chainerx.ndarray, chainerx.array, chainerx.testing.assert_array_equal):
        with pytest.raises(catenary.errors.NotAvailableError, match=r"chainerx\..*: ChainerX is not available"):
            use([1])


def test_chainermn_is_not_available() -> None:
    import chainermn

    for use in (chainermn.create_communicator, chainermn.links.MultiNodeBatchNormalization):
        with pytest.raises(catenary.errors.NotAvailableError, match=r"chainermn\..*: ChainerMN is not available"):
            use("naive")
    assert not hasattr(chainermn, "pytest_plugins")


def test_normalization_is_of_float32_with_mixed16() -> None:
    x = np.ones((3, 4), np.float16)
    with chainer.using_config("dtype", chainer.mixed16):
        links = L.BatchNormalization(4), L.BatchRenormalization(4), L.GroupNormalization(2), L.GroupNormalization(2, 4)
        for link in links:
            assert link(x).dtype == np.float16
            assert {param.dtype for param in link.params()} == {np.dtype(np.float32)}
        assert L.BatchNormalization(4, dtype=np.float16).gamma.dtype == np.float16
        assert L.LayerNormalization(4).gamma.dtype == np.float16
    with chainer.using_config("dtype", np.float16):
        assert L.BatchNormalization(4).gamma.dtype == np.float16
