"""The threads of NumPy's BLAS sleep soon, unless the user or another thread is in the way; what needs it asks."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import numpy as np
import numpy._core._multiarray_umath as umath
import pytest

import catenary.functions as F
from catenary_onednn import affine_maps, blas, recurrent

PROGRAM = """
import ctypes, os, threading
import numpy as np
import numpy._core._multiarray_umath as umath
a = np.random.default_rng(0).standard_normal((300, 300))
before = a @ a
{first}
from catenary_onednn import blas
timeout = getattr(ctypes.CDLL(umath.__file__), "openblas_thread_timeout", lambda: "unknown")
is_calm = blas.calm()
print(is_calm, timeout(), (a @ a == before).all(), sep="|")
{last}
print("OPENBLAS_THREAD_TIMEOUT" in os.environ, blas.calm(), sep="|")
"""
WAIT = "event = threading.Event(); thread = threading.Thread(target=event.wait); thread.start()"


def run(first: str = "", last: str = "", **environment: str) -> list[str]:
    inherited = {name: value for name, value in os.environ.items() if name != blas.VARIABLE}
    command = [sys.executable, "-W", "error", "-c", PROGRAM.format(first=first, last=last)]
    done = subprocess.run(command, env={**inherited, **environment}, capture_output=True, text=True, check=True)
    return done.stdout.split()


def can_be_told() -> bool:
    """Return whether the BLAS of this NumPy shows the functions by which it is told."""
    return hasattr(ctypes.CDLL(umath.__file__), "openblas_read_env")


told = pytest.mark.skipif(not can_be_told(), reason="the BLAS of this NumPy does not show how it is told")


@told
def test_threads_sleep_soon_and_compute_as_before() -> None:
    assert run() == [f"True|{blas.SHORT}|True", "False|True"]


@pytest.mark.parametrize(("timeout", "is_calm"), [("12", True), ("28", False)])
def test_what_the_user_says_holds(timeout: str, is_calm: bool) -> None:
    first, last = run(**{blas.VARIABLE: timeout})
    assert first in (f"{is_calm}|{timeout}|True", f"{is_calm}|unknown|True")
    assert last == f"True|{is_calm}"


@pytest.mark.skipif(can_be_told(), reason="the BLAS of this NumPy shows how it is told")
def test_a_blas_that_cannot_be_told_is_left_as_it_is() -> None:
    assert run() == ["False|unknown|True", "False|False"]


@told
def test_it_waits_until_other_threads_are_gone() -> None:
    assert run(WAIT, "event.set(); thread.join()") == ["False|0|True", "False|True"]


@told
def test_threads_for_pieces_of_arrays_are_not_in_the_way() -> None:
    first = "from catenary.device.pieces import run_in_pieces; run_in_pieces(lambda _: None, 9, 1)"
    first += "; assert threading.active_count() == 2"
    assert run(first, CATENARY_NUM_THREADS="2") == [f"True|{blas.SHORT}|True", "False|True"]


def test_what_is_slower_otherwise_is_left_to_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.ones((20, 5), np.float32)
    states, weights = np.ones((2, 7), np.float32), (np.ones((21, n), np.float32) for n in (5, 7))
    bias = np.ones(21, np.float32)
    layer = x, states, *weights, bias, bias, (2,) * 10, False
    assert affine_maps.AFFINE.accepts(x, x, None)
    assert recurrent.GRU_LAYER.accepts(*layer)
    monkeypatch.setattr(blas, "calm", lambda: False)
    assert not affine_maps.AFFINE.accepts(x, x, None)
    assert not recurrent.GRU_LAYER.accepts(*layer)
    assert F.linear(x, x).shape == (20, 20)
