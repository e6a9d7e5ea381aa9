"""A run that was interrupted, whenever and however, ends as one that was not: to the bit."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from catenary.training import extensions, resume

CONFTEST = Path(__file__).with_name("conftest.py")


def build(tools, stop, out, seed=0):
    trainer = tools.regression(stop, out, seed)
    trainer.extend(extensions.LogReport(trigger=(1, "epoch")))
    trainer.extend(extensions.observe_lr())
    trainer.extend(extensions.snapshot(tools.save, loadfun=tools.load, n_retains=3), trigger=(1, "iteration"))
    return trainer


def result_of(trainer):
    optimizer = trainer.updater.get_optimizer("main")
    arrays = {name: param.array.tobytes() for name, param in optimizer.target.namedparams()}
    log = [{k: v for k, v in r.items() if k != "elapsed_time"} for r in trainer.get_extension("LogReport").log]
    return arrays, optimizer.v["/W"].tobytes(), trainer.updater.iteration, repr(log)


def test_training_learns(tools, tmp_path):
    trainer = tools.regression((40, "epoch"), tmp_path)
    trainer.run()
    model = trainer.updater.get_optimizer("main").target
    np.testing.assert_allclose(model.W.array.ravel(), [1, -2], atol=0.2)
    np.testing.assert_allclose(model.b.array, [1], atol=0.2)


@pytest.mark.parametrize("stop_at", [1, 4, 5, 6, 9, 13])
def test_resumed_run_equals_the_uninterrupted(tools, tmp_path, stop_at):
    whole = build(tools, (14, "iteration"), tmp_path / "whole")
    whole.run()
    first = build(tools, (stop_at, "iteration"), tmp_path / "parts")
    first.run()
    second = build(tools, (14, "iteration"), tmp_path / "parts", seed=123)
    assert resume(second).name == f"snapshot_iter_{stop_at}"
    second.run()
    assert result_of(second) == result_of(whole)


SCRIPT = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("tools", sys.argv[1])
tools = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tools)
from catenary.training import extensions, resume
trainer = tools.regression((60, "iteration"), sys.argv[2], seed=int(sys.argv[3]))
trainer.extend(extensions.LogReport(trigger=(1, "epoch")))
trainer.extend(extensions.observe_lr())
trainer.extend(extensions.snapshot(tools.save, loadfun=tools.load, n_retains=3), trigger=(1, "iteration"))
trainer.extend(lambda trainer: time.sleep(0.002), name="sleep", trigger=lambda trainer: True)
resume(trainer)
print("ready", flush=True)
trainer.run()
"""


@pytest.mark.parametrize(("how", "wanted"), [(signal.SIGKILL, 2), (signal.SIGINT, 1)])
def test_killed_at_any_moment(tools, tmp_path, how, wanted):
    draw = random.Random(7)
    out = tmp_path / "killed"
    kills = 0
    while kills < wanted or not (out / "snapshot_iter_60").exists():
        # Another seed must not matter once there is a snapshot.
        seed = kills if list(out.glob("snapshot_iter_*")) else 0
        command = [sys.executable, "-c", SCRIPT, str(CONFTEST), str(out), str(seed)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout.readline() == b"ready\n"
            if kills < wanted:
                time.sleep(draw.uniform(0.0, 0.1))
                process.send_signal(how)
            kills += process.wait() != 0
    whole = build(tools, (60, "iteration"), tmp_path / "whole")
    whole.run()
    killed = build(tools, (60, "iteration"), out)
    killed.extend(lambda trainer: None, name="sleep", trigger=lambda trainer: True)
    resume(killed)
    assert killed.updater.iteration == 60
    assert result_of(killed) == result_of(whole)
    assert not (out / ".unfinished").exists()
