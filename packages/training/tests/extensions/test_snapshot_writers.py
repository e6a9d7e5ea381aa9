from __future__ import annotations

import importlib
import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from catenary.errors import ArgumentError, ArgumentTypeError, TrainingError
from catenary.training import extensions
from catenary.training.extensions import snapshot_writers
from catenary_training.extensions.snapshot_writers import (
    ProcessQueueWriter,
    ProcessWriter,
    SimpleWriter,
    ThreadQueueWriter,
    ThreadWriter,
)

# Python says so of NumPy's own threads, which do nothing while a snapshot is written.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

WRITERS = {
    "simple": SimpleWriter,
    "thread": ThreadWriter,
    "fork": lambda savefun: ProcessWriter(savefun, start_method="fork"),
    "spawn": lambda savefun: ProcessWriter(savefun, start_method="spawn"),
    "thread queue": ThreadQueueWriter,
    "fork queue": lambda savefun: ProcessQueueWriter(savefun, start_method="fork"),
    "spawn queue": lambda savefun: ProcessQueueWriter(savefun, start_method="spawn"),
}
BESIDE = [name for name in WRITERS if name != "simple"]
PROCESSES = [name for name in WRITERS if "fork" in name or "spawn" in name]

#: Functions that another process can import.
SAVING = """
import os, time
import numpy as np

def save(path, state):
    with open(path, "wb") as file:
        np.savez(file, **state)

def save_two(path, state):
    if state["updater/iteration"] == 3:
        path.write_bytes(b"half a file")
        raise OSError(28, "No space left on device")
    save(path, state)

def die(path, state):
    path.write_bytes(b"half a file")
    os._exit(3)
"""


@pytest.fixture
def saving(tmp_path, monkeypatch):
    """A module with functions that save."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "saving_for_test.py").write_text(SAVING)
    monkeypatch.syspath_prepend(tmp_path / "path")
    yield importlib.import_module("saving_for_test")
    del sys.modules["saving_for_test"]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def run(tools, out, extension, stop=(3, "iteration"), trigger=(1, "iteration")):
    trainer = tools.trainer(stop, out=out)
    trainer.extend(extension, trigger=trigger)
    trainer.run(show_loop_exception_msg=False)
    return trainer


@pytest.mark.parametrize("name", WRITERS)
def test_each_file_has_the_state_of_its_iteration(tools, saving, tmp_path, name):
    out, weights = tmp_path / "out", {}
    trainer = tools.regression((4, "iteration"), out)
    trainer.extend(extensions.snapshot(writer=WRITERS[name](saving.save)), trigger=(1, "iteration"))
    W = trainer.updater.get_optimizer("main").target.W
    trainer.extend(lambda trainer: weights.update({trainer.updater.iteration: W.array.copy()}), name="weights")
    trainer.run()
    assert names(out) == [f"snapshot_iter_{i}" for i in (1, 2, 3, 4)]
    for iteration, weight in weights.items():
        with np.load(out / f"snapshot_iter_{iteration}") as file:
            assert file["updater/iteration"] == iteration
            np.testing.assert_array_equal(file["updater/model:main/W"], weight)
    assert multiprocessing.active_children() == []


def test_files_are_those_of_a_snapshot_without_writer(tools, saving, tmp_path):
    run(tools, tmp_path / "direct", extensions.snapshot(tools.save))
    run(tools, tmp_path / "writer", extensions.snapshot(writer=SimpleWriter(saving.save)))
    with np.load(tmp_path / "direct/snapshot_iter_2") as direct, np.load(tmp_path / "writer/snapshot_iter_2") as other:
        assert set(direct) == set(other)
    trainer = tools.trainer((3, "iteration"), out=tmp_path / "writer")
    trainer.extend(
        extensions.snapshot(writer=ThreadWriter(saving.save), loadfun=tools.load, autoload=True),
        trigger=(1, "iteration"),
    )
    trainer.run()
    assert trainer.updater.iteration == 3


@pytest.mark.parametrize("kind", [ThreadWriter, ThreadQueueWriter])
def test_state_is_that_of_the_call_and_old_files_stay_until_new_ones_are_complete(tools, tmp_path, kind):
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def save(path, state):
        if state["updater/iteration"] == 2:
            begun.set()
            assert go_on.wait(20)
        tools.save(path, state)

    extension = extensions.snapshot(writer=kind(save), n_retains=1)
    trainer = tools.regression((3, "iteration"), tmp_path)
    trainer.extend(extension, trigger=lambda trainer: trainer.updater.iteration < 3)
    W = trainer.updater.get_optimizer("main").target.W
    weights = []

    def look(trainer):
        weights.append(W.array.copy())
        if trainer.updater.iteration == 3:
            assert begun.wait(20)
            seen.extend(path for path in names(tmp_path) if path.startswith("snapshot"))
            W.array[...] = 1e6  # training goes on while the second one waits
            go_on.set()

    trainer.extend(look)
    trainer.run()
    assert seen == ["snapshot_iter_1"]
    assert names(tmp_path) == ["snapshot_iter_2"]
    with np.load(tmp_path / "snapshot_iter_2") as file:
        np.testing.assert_array_equal(file["updater/model:main/W"], weights[1])


def test_a_queue_never_waits(tools, tmp_path):
    go_on = threading.Event()

    def save(path, state):
        assert go_on.wait(20)
        tools.save(path, state)

    trainer = tools.trainer((5, "iteration"), out=tmp_path)
    trainer.extend(extensions.snapshot(writer=ThreadQueueWriter(save)), trigger=(1, "iteration"))
    trainer.extend(lambda trainer: trainer.updater.iteration == 5 and go_on.set(), name="go on", priority=-1000)
    trainer.run()
    assert names(tmp_path) == [f"snapshot_iter_{i}" for i in range(1, 6)]


@pytest.mark.parametrize("stop", [3, 9])
@pytest.mark.parametrize("name", BESIDE)
def test_errors_reach_the_loop_and_the_last_good_one_stays(tools, saving, tmp_path, name, stop):
    out = tmp_path / "out"
    extension = extensions.snapshot(writer=WRITERS[name](saving.save_two), n_retains=1)
    message = r"Writer: writing .*snapshot.*: OSError: \[Errno 28\] No space left on device .*snapshot_iter_3'"
    with pytest.raises(TrainingError, match=message) as caught:
        run(tools, out, extension, (stop, "iteration"))
    assert "in save_two" in caught.value.__notes__[0]
    assert "snapshot_iter_2" in names(out)
    assert "snapshot_iter_3" not in names(out)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_that_dies(tools, saving, tmp_path, name):
    out = tmp_path / "out"
    with pytest.raises(TrainingError, match=r"Writer: writing .*: the process ended too early, with exit code 3"):
        run(tools, out, extensions.snapshot(writer=WRITERS[name](saving.die)), (9, "iteration"))
    assert not [path for path in names(out) if path.startswith("snapshot")]


@pytest.mark.parametrize("name", ["spawn", "spawn queue"])
def test_what_cannot_be_sent(tools, tmp_path, name):
    with pytest.raises(ArgumentTypeError, match=r"cannot be sent to another process .* start_method='fork'"):
        run(tools, tmp_path, extensions.snapshot(writer=WRITERS[name](lambda path, state: None)))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("name", PROCESSES)
def test_an_error_in_the_loop_leaves_no_process(tools, saving, tmp_path, name):
    trainer = tools.trainer((5, "iteration"), out=tmp_path / "out")
    trainer.extend(extensions.snapshot(writer=WRITERS[name](saving.save)), trigger=(1, "iteration"))

    def fail(trainer):
        raise KeyError("mistake")

    trainer.extend(fail, trigger=(2, "iteration"))
    with pytest.raises(KeyError, match=r"mistake"):
        trainer.run(show_loop_exception_msg=False)
    assert multiprocessing.active_children() == []
    assert names(tmp_path / "out") == ["snapshot_iter_1"]


KILLED = """
import os, sys, time
from catenary.training.extensions import snapshot_writers

def save(path, state):
    with open(sys.argv[2] + "/child", "w") as file:
        print(os.getpid(), file=file)
    time.sleep(60)

if __name__ == "__main__":
    writer = getattr(snapshot_writers, sys.argv[1])(save, start_method=sys.argv[3])
    writer("snapshot", sys.argv[2], {})
    time.sleep(60)
"""


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="looks for processes in /proc")
@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.parametrize("kind", ["ProcessWriter", "ProcessQueueWriter"])
def test_no_process_is_left_when_training_is_killed(tmp_path, kind, method):
    script, child = tmp_path / "script.py", tmp_path / "child"
    script.write_text(KILLED)
    with subprocess.Popen([sys.executable, str(script), kind, str(tmp_path), method]) as process:
        wait_for(lambda: child.exists() and child.read_text().endswith("\n"))
        process.send_signal(signal.SIGKILL)
    wait_for(lambda: not is_running(int(child.read_text())))
    assert not (tmp_path / "snapshot").exists()


def test_own_writers(tools, tmp_path):
    class Counting(snapshot_writers.Writer):
        calls = finalized = 0

        def __call__(self, filename, outdir, target):
            self.calls += 1
            assert isinstance(target, dict)
            self.save(filename, outdir, target, lambda path, state, word: path.write_text(word), word="own")

        def finalize(self):
            self.finalized += 1

    writer, seen = Counting(), []
    run(tools, tmp_path, extensions.snapshot(writer=writer))
    assert (writer.calls, writer.finalized) == (3, 1)
    assert (tmp_path / "snapshot_iter_3").read_text() == "own"
    run(tools, tmp_path, extensions.snapshot(writer=lambda *args: seen.append(args[:2])))
    assert seen == [(f"snapshot_iter_{i}", tmp_path) for i in (1, 2, 3)]


def test_own_tasks(tools, tmp_path):
    seen = []
    run(tools, tmp_path, extensions.snapshot(writer=ThreadQueueWriter(task=lambda *args: seen.append(args[0]))))
    assert seen == ["snapshot_iter_1", "snapshot_iter_2", "snapshot_iter_3"]


def test_options_of_the_function_that_saves(tools, saving, tmp_path):
    def save(path, state, text):
        path.write_text(text)

    run(tools, tmp_path / "simple", extensions.snapshot(writer=SimpleWriter(save, text="one")))
    run(tools, tmp_path / "thread", extensions.snapshot(writer=ThreadWriter(save, text="two")))
    assert (tmp_path / "simple" / "snapshot_iter_1").read_text() == "one"
    assert (tmp_path / "thread" / "snapshot_iter_1").read_text() == "two"


def test_a_writer_is_used_again(tools, saving, tmp_path):
    writer = ThreadQueueWriter(saving.save)
    for folder in ("one", "two"):
        run(tools, tmp_path / folder, extensions.snapshot(writer=writer))
        assert len(names(tmp_path / folder)) == 3


def test_wrong_arguments(tools):
    with pytest.raises(ArgumentError, match=r"give savefun or writer, not both"):
        extensions.snapshot(tools.save, writer=SimpleWriter(tools.save))
    with pytest.raises(ArgumentTypeError, match=r"writer must be a Writer, .* got 'thread'"):
        extensions.snapshot(writer="thread")
    with pytest.raises(ArgumentError, match=r"nobody knows how to load what .* saves"):
        extensions.snapshot(writer=ThreadWriter(tools.save), autoload=True)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("SimpleWriter", ["savefun", "kwds"]),
        ("ThreadWriter", ["savefun", "kwds"]),
        ("ProcessWriter", ["savefun", "start_method", "kwds"]),
        ("QueueWriter", ["savefun", "task"]),
        ("ThreadQueueWriter", ["savefun", "task"]),
        ("ProcessQueueWriter", ["savefun", "task", "start_method"]),
    ],
)
def test_arguments_are_those_of_chainer(name, parameters):
    found = inspect.signature(getattr(snapshot_writers, name)).parameters
    assert list(found) == parameters
    assert "start_method" not in found or found["start_method"].kind is inspect.Parameter.KEYWORD_ONLY


INTERRUPTED = """
import sys, time
from pathlib import Path
from catenary.training.extensions import snapshot_writers

def save(path, state):
    Path(sys.argv[2], "begun").touch()
    time.sleep(0.5)
    path.write_text("complete")

if __name__ == "__main__":
    writer = getattr(snapshot_writers, sys.argv[1])(save)
    try:
        writer("snapshot", sys.argv[2], {})
        time.sleep(60)
    finally:
        writer.finalize()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a group of processes")
@pytest.mark.parametrize("kind", ["ThreadWriter", "ProcessWriter", "ThreadQueueWriter", "ProcessQueueWriter"])
def test_ctrl_c_does_not_break_what_is_being_written(tmp_path, kind):
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED)
    command = [sys.executable, str(script), kind, str(tmp_path)]
    with subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        wait_for((tmp_path / "begun").exists)
        os.killpg(process.pid, signal.SIGINT)
        assert "KeyboardInterrupt" in process.communicate(timeout=30)[1]
    assert (tmp_path / "snapshot").read_text() == "complete"
