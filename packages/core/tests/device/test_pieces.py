"""Ranges are worked on in pieces, by several threads, each element once."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from typing import Any

import numpy as np
import pytest

import catenary
from catenary.device import pieces


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("size", "limit"), [(0, 4), (3, 4), (4, 4), (1000, 7)])
def test_each_element_once(monkeypatch: pytest.MonkeyPatch, threads: int, size: int, limit: int) -> None:
    monkeypatch.setattr(pieces, "THREADS", threads)
    monkeypatch.setattr(pieces, "_pool", [])
    done, lengths = np.zeros(size, int), []

    def work(piece: slice) -> None:
        done[piece] += 1
        lengths.append(len(done[piece]))

    pieces.run_in_pieces(work, size, limit)
    np.testing.assert_array_equal(done, np.ones(size))
    assert sum(lengths) == size
    assert max(lengths, default=0) <= limit


def test_several_threads_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "THREADS", 2)
    monkeypatch.setattr(pieces, "_pool", [])
    both, seen = threading.Barrier(2), set()

    def work(piece: slice) -> None:
        both.wait(10)
        seen.add(threading.get_ident())

    pieces.run_in_pieces(work, 2, 1)
    assert len(seen) == 2


@pytest.mark.parametrize("wrong", [0, 1, 2, 3])
def test_an_error_is_raised_when_all_have_ended(monkeypatch: pytest.MonkeyPatch, wrong: int) -> None:
    monkeypatch.setattr(pieces, "THREADS", 2)
    monkeypatch.setattr(pieces, "_pool", [])
    running = []

    def work(piece: slice) -> None:
        running.append(1)
        try:
            if piece.start == wrong:
                raise FloatingPointError("here")
        finally:
            running.pop()

    with pytest.raises(FloatingPointError, match="here"):
        pieces.run_in_pieces(work, 4, 1)
    assert running == []


def test_errstate_holds_in_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "THREADS", 3)
    monkeypatch.setattr(pieces, "_pool", [])
    x = np.zeros(90)
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        pieces.run_in_pieces(lambda piece: 1 / x[piece], 90, 1)
    with np.errstate(divide="ignore"):
        pieces.run_in_pieces(lambda piece: 1 / x[piece], 90, 1)


def test_a_forked_process_makes_its_own_threads() -> None:
    program = """
        import os
        os.environ["CATENARY_NUM_THREADS"] = "2"
        import warnings
        warnings.simplefilter("ignore")  # 3.12 and later warn of a fork with threads
        import numpy as np
        from catenary.device.pieces import run_in_pieces
        done = np.zeros(100)
        def work(piece): done[piece] += 1
        run_in_pieces(work, 100, 3)
        child = os.fork()
        if child == 0:
            run_in_pieces(work, 100, 3)
            os._exit(0 if (done == 2).all() else 1)
        assert os.waitpid(child, 0)[1] == 0
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, timeout=60)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [({"CATENARY_NUM_THREADS": "3", "OMP_NUM_THREADS": "5"}, 3), ({"OMP_NUM_THREADS": "5,2"}, 5)],
)
def test_number_of_threads(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: int) -> None:
    for name in ("CATENARY_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert pieces.thread_count() == expected


def test_the_host_cuts_and_other_devices_need_not() -> None:
    calls: list[Any] = []
    host = catenary.get_device("@numpy")
    host.in_pieces(calls.append, 3 * host.cache_elements)
    assert sum(piece.stop - piece.start for piece in calls) == 3 * host.cache_elements
    assert len(calls) == 3
    calls.clear()
    catenary.Device.in_pieces(host, calls.append, 10**9)
    assert calls == [slice(0, 10**9)]
