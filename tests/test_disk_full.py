"""Snapshots when there is no more room: the last good one stays, and the error says which file it was."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPT = """
import resource, sys
import numpy as np
import catenary
from catenary import optimizers
from catenary.iterators import SerialIterator
from catenary.training import StandardUpdater, Trainer, extensions
from catenary.training.extensions import snapshot_writers

class Growing(catenary.Chain):
    "A model that needs more and more room."

    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.w = catenary.Parameter(0.0, ())
        self.ballast = np.zeros(0, np.uint8)
        self.register_persistent("ballast")

    def forward(self, x):
        self.ballast = np.random.default_rng(0).integers(0, 256, 1000 + 3 * len(self.ballast), np.uint8)
        return ((self.w - x) ** 2).sum()

if __name__ == "__main__":
    out, kind, on_error = sys.argv[1:]
    model = Growing()
    optimizer = optimizers.SGD().setup(model)
    trainer = Trainer(StandardUpdater(SerialIterator([1.0], 1), optimizer), (9, "iteration"), out)
    writer = getattr(snapshot_writers, kind)() if kind else None
    trainer.extend(
        extensions.snapshot(writer=writer, n_retains=1, snapshot_on_error=bool(on_error)), trigger=(1, "iteration")
    )
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
    trainer.run()
"""


@pytest.mark.parametrize("on_error", ["", "yes"])
@pytest.mark.parametrize("kind", ["", "ThreadWriter", "ProcessWriter", "ThreadQueueWriter", "ProcessQueueWriter"])
def test_the_last_good_snapshot_stays(tmp_path: Path, kind: str, on_error: str) -> None:
    pytest.importorskip("resource")
    script, out = tmp_path / "script.py", tmp_path / "out"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(out), kind, on_error]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"[Errno {errno.EFBIG}]" in done.stderr
    assert f"while the snapshot '{out}/snapshot_iter_4' was written" in done.stderr
    assert [path.name for path in out.iterdir()] == ["snapshot_iter_3"]
    with np.load(out / "snapshot_iter_3") as file:
        assert file["updater/iteration"] == 3
        assert file["updater/model:main/ballast"].size == 13_000
