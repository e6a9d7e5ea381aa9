"""Whatever happens to workers or to their parent: nobody waits for ever, and nothing is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
import warnings
from pathlib import Path

import pytest

from catenary.errors import TrainingError
from catenary.iterators import MultiprocessIterator, MultithreadIterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and sends signals")

#: How long anything may take here, in seconds; the tests wait for conditions, and seldom so long.
PATIENCE = 30.0


def is_alive(pid):
    """Return whether a process runs; one that has ended and is not collected yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_for_end(pids, seconds=5.0):
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, f"still there after {seconds} s: {[pid for pid in pids if is_alive(pid)]}"
        time.sleep(0.02)


class Trouble:
    """Indices; that of `where` does something first."""

    def __init__(self, what, where):
        self.what, self.where = what, where

    def __len__(self):
        return 12

    def __getitem__(self, index):
        if index == self.where:
            self.what()
        return index


def once(action, marker):
    """Return a function that does something at its first call in any process."""

    def do():
        if not marker.exists():
            marker.touch()
            action()

    return do


def take(n, iterator):
    return [iterator.next() for _ in range(n)]


def workers_of_this_process():
    return [process.pid for process in multiprocessing.active_children()]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), r"was killed by SIGKILL while .* examples 4, 5\. .* memory"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), "was killed by SIGTERM while it loaded the examples 4, 5"),
        (lambda: os._exit(3), "ended with exit code 3 while it loaded the examples 4, 5"),
    ],
    ids=["kill", "terminate", "exit"],
)
def test_a_worker_that_dies_is_reported_and_the_batch_can_be_had_again(tmp_path, action, message):
    data = Trouble(once(action, tmp_path / "marker"), 5)
    with MultiprocessIterator(data, 2, shuffle=False, n_processes=2, start_method="fork") as iterator:
        assert [iterator.next(), iterator.next()] == [[0, 1], [2, 3]]
        with pytest.raises(TrainingError, match=rf"MultiprocessIterator: worker process \d+ {message}"):
            iterator.next()
        assert workers_of_this_process() == []
        assert iterator.current_position == 4
        assert [iterator.next(), iterator.next()] == [[4, 5], [6, 7]]


def test_idle_workers_that_are_killed_are_reported():
    with MultiprocessIterator(range(12), 2, shuffle=False, n_processes=2) as iterator:
        iterator.next()
        pids = workers_of_this_process()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        wait_for_end(pids)
        with pytest.raises(TrainingError, match="was killed by SIGKILL"):
            take(9, iterator)


def sleep():
    time.sleep(1000)


def spin():
    while True:
        pass


@pytest.mark.parametrize("what", [sleep, spin])
def test_a_stuck_worker_is_reported_with_its_stack_then_given_up(what):
    data = Trouble(what, 2)
    with MultiprocessIterator(data, 2, shuffle=False, n_processes=1, dataset_timeout=0.1) as iterator:
        iterator.next()
        with (
            pytest.warns(
                MultiprocessIterator.TimeoutWarning, match=rf"no batch for 0\.1 seconds(.|\n)*in {what.__name__}"
            ),
            pytest.raises(
                TrainingError, match=rf"no batch for 1 seconds(.|\n)*in {what.__name__}(.|\n)*dataset_timeout"
            ),
        ):
            iterator.next()
        assert workers_of_this_process() == []


def test_a_stopped_worker_is_reported_too():
    with MultiprocessIterator(range(12), 2, shuffle=False, n_processes=1, dataset_timeout=0.1) as iterator:
        iterator.next()
        (pid,) = workers_of_this_process()
        os.kill(pid, signal.SIGSTOP)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MultiprocessIterator.TimeoutWarning)
            with pytest.raises(TrainingError, match=f"worker process {pid}"):
                take(9, iterator)
        assert workers_of_this_process() == []


def test_a_timeout_that_is_made_an_error_ends_the_workers(tmp_path):
    data = Trouble(once(sleep, tmp_path / "marker"), 2)
    with MultiprocessIterator(data, 2, shuffle=False, n_processes=1, dataset_timeout=0.1) as iterator:
        iterator.next()
        with pytest.raises(MultiprocessIterator.TimeoutWarning):
            iterator.next()
        assert workers_of_this_process() == []
        assert iterator.next() == [2, 3]


def test_a_stuck_thread_does_not_keep_finalize_from_returning():
    iterator = MultithreadIterator(Trouble(lambda: time.sleep(4), 2), 2, shuffle=False)
    iterator.next()
    begin = time.monotonic()
    iterator.finalize()
    assert time.monotonic() - begin < 3


HEAD = """
import os, sys, time, multiprocessing, warnings
from catenary.iterators import MultiprocessIterator

class Data:
    def __init__(self, stuck_at=None):
        self.stuck_at = stuck_at
    def __len__(self):
        return 1000
    def __getitem__(self, index):
        if index == self.stuck_at:
            time.sleep(1000)
        return index

def make(method, stuck_at=None):
    return MultiprocessIterator(Data(stuck_at), 4, shuffle=False, n_processes=2, start_method=method)

def tell():
    print(*(process.pid for process in multiprocessing.active_children()), flush=True)
"""


def start(folder, body, *flags):
    """Run a script as a process group of its own."""
    script = folder / "script.py"
    script.write_text(HEAD + textwrap.dedent(body))
    return subprocess.Popen(
        [sys.executable, "-W", "error", *flags, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process):
    """Return the code and the output of a script, and kill what is left of it if it does not end."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, out, err


METHODS = ["fork", "spawn", "forkserver"]


@pytest.mark.parametrize("method", METHODS)
def test_a_script_that_forgets_to_finalize_ends_silently(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        if __name__ == "__main__":
            iterator = make("{method}")
            for _ in range(3):
                batch = iterator.next()
            tell()
        """,
    )
    code, out, err = finish(process)
    assert (code, err) == (0, "")
    assert len(out.split()) == 2
    wait_for_end(map(int, out.split()))


@pytest.mark.parametrize("method", METHODS)
def test_workers_end_when_their_parent_is_killed(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        if __name__ == "__main__":
            stuck = make("{method}", stuck_at=9)
            stuck.next()
            idle = make("fork")
            idle.next()
            tell()
            # Another child holds the files of this process open, and outlives it.
            warnings.simplefilter("ignore", DeprecationWarning)
            if os.fork() == 0:
                os.close(1)
                os.close(2)
                time.sleep(7)
                os._exit(0)
            print("forked", flush=True)
            time.sleep(1000)
        """,
    )
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 4
    assert all(map(is_alive, pids))
    assert process.stdout.readline() == "forked\n"
    process.kill()
    wait_for_end(pids)
    process.wait()
    process.stdout.close()
    process.stderr.close()


@pytest.mark.parametrize("method", METHODS)
def test_ctrl_c_ends_a_script_and_its_workers(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        if __name__ == "__main__":
            iterator = make("{method}", stuck_at=5)
            iterator.next()
            tell()
            iterator.next()
        """,
    )
    pids = [int(pid) for pid in process.stdout.readline().split()]
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = finish(process)
    assert code == -signal.SIGINT
    assert err.count("Traceback") == 1
    assert err.rstrip().endswith("KeyboardInterrupt")
    wait_for_end(pids)


def test_after_ctrl_c_the_same_batch_can_be_had(tmp_path):
    process = start(
        tmp_path,
        """
        import signal
        if __name__ == "__main__":
            iterator = make("fork", stuck_at=5)
            assert iterator.next() == [0, 1, 2, 3]
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            try:
                iterator.next()
            except KeyboardInterrupt:
                iterator.dataset.stuck_at = None
                print(iterator.next())
        """,
    )
    assert finish(process) == (0, "[4, 5, 6, 7]\n", "")


@pytest.mark.parametrize("method", METHODS)
def test_an_exception_in_the_parent_ends_the_workers(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        if __name__ == "__main__":
            iterator = make("{method}", stuck_at=9)
            iterator.next()
            tell()
            raise RuntimeError("in training")
        """,
    )
    code, out, err = finish(process)
    assert code == 1
    assert err.count("Traceback") == 1
    assert err.rstrip().endswith("RuntimeError: in training")
    wait_for_end(map(int, out.split()))


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_script_without_a_guard_is_told_so(tmp_path, method):
    code, out, err = finish(start(tmp_path, f'make("{method}").next()'))
    assert (code, out) == (1, "")
    assert err.count("Traceback") == 1
    assert "TrainingError: MultiprocessIterator: worker process" in err
    assert 'what runs there has to be under  if __name__ == "__main__":' in err


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_data_set_that_cannot_be_unpacked_is_told_with_the_reason(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        if __name__ == "__main__":
            class Later(Data):
                pass
            MultiprocessIterator(Later(), 4, n_processes=2, start_method="{method}").next()
        """,
    )
    code, _, err = finish(process)
    assert code == 1
    assert err.count("Traceback") == 2  # here and, as text, in the worker
    assert f"the data set cannot be unpacked in a worker process (start_method='{method}')" in err
    assert "Can't get attribute 'Later'" in err


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_data_set_may_hold_what_only_processes_share(tmp_path, method):
    process = start(
        tmp_path,
        f"""
        class Shared(Data):
            def __init__(self):
                context = multiprocessing.get_context("{method}")
                self.lock, self.array, self.stuck_at = context.Lock(), context.RawArray("d", [5.0, 6.0]), None
            def __getitem__(self, index):
                with self.lock:
                    return self.array[index % 2]
        if __name__ == "__main__":
            with MultiprocessIterator(Shared(), 2, shuffle=False, n_processes=2, start_method="{method}") as iterator:
                print(iterator.next())
        """,
    )
    assert finish(process) == (0, "[5.0, 6.0]\n", "")
