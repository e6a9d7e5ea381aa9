"""Handles and workspaces: one for each thread, GPU and stream."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary.errors import ArgumentError, PluginWarning
from catenary_cupy.cudnn import handle, layouts


def test_a_thread_has_one_handle_for_each_gpu(cupy: Any, double: Any) -> None:
    first = handle.current()
    assert handle.current() is first
    assert first.device == 0
    with cupy.cuda.Device(1):
        second = handle.current()
        assert second is not first
        assert second.device == 1
    assert handle.current() is first
    assert double.alive("handle") == 2


def test_each_thread_has_its_own_which_goes_with_it(cupy: Any, double: Any) -> None:
    mine, theirs = handle.current(), []
    thread = threading.Thread(target=lambda: theirs.append(handle.current()._as_parameter_.value))
    thread.start()
    thread.join()
    assert theirs != [mine._as_parameter_.value]
    assert double.alive("handle") == 1


def test_calls_run_in_the_current_stream(cupy: Any, double: Any) -> None:
    x = cupy.ones((2, 3), "float32")
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        F.softmax(x)
    F.softmax(x)
    bound = [arguments[1] or 0 for arguments in double.arguments("SetStream")]
    assert bound == [stream.ptr, cupy.cuda.Stream.null.ptr]


def test_workspaces_grow_and_stay(cupy: Any, double: Any) -> None:
    by = handle.current()
    assert by.workspace(0) == 0
    first = by.workspace(1000)
    assert by.workspace(500) == by.workspace(1000) == first
    assert [space.nbytes for space in by._workspaces.values()] == [1000]
    by.workspace(5000)
    assert [space.nbytes for space in by._workspaces.values()] == [5000]


def test_streams_share_no_workspace(cupy: Any, double: Any) -> None:
    places = [handle.current().workspace(100)]
    for _ in range(2):
        with cupy.cuda.Stream(non_blocking=True):
            places.append(handle.current().workspace(100))
    assert len(set(places)) == 3
    assert handle.current().workspace(100) == places[0]


def test_workspaces_of_many_streams_are_let_go(cupy: Any, double: Any) -> None:
    streams = [cupy.cuda.Stream(non_blocking=True) for _ in range(handle.STREAMS + 5)]
    for stream in streams:
        with stream:
            handle.current().workspace(100)
    assert len(handle.current()._workspaces) == handle.STREAMS


def test_the_limit_is_a_part_of_the_memory_or_what_the_user_says(
    cupy: Any, double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CATENARY_CUDNN_WORKSPACE", raising=False)
    assert handle.workspace_limit() == int(0.08 * cupy.cuda.runtime.memGetInfo()[1])
    monkeypatch.setenv("CATENARY_CUDNN_WORKSPACE", "12345")
    assert handle.workspace_limit() == 12345
    for wrong in ("1e6", "-1", "", "much"):
        monkeypatch.setenv("CATENARY_CUDNN_WORKSPACE", wrong)
        with pytest.raises(ArgumentError, match=f"CATENARY_CUDNN_WORKSPACE must be a number of bytes, got '{wrong}'"):
            handle.workspace_limit()


def test_arrays_of_another_gpu_are_left_alone(cupy: Any, double: Any) -> None:
    with cupy.cuda.Device(1):
        x = cupy.ones((2, 3), "float32")
        F.softmax(x)
        assert double.count()["SoftmaxForward"] == 1
    with cupy.cuda.Device(0):
        assert not layouts.serves(x)


def test_a_library_that_does_not_start_is_left_alone(cupy: Any, double: Any) -> None:
    x = cupy.ones((2, 3), "float32")
    double.refusals["Create"] = [1001]
    with pytest.warns(PluginWarning, match=r"GPU 0 is used without cuDNN: cudnnCreate: .*1001.*as the test wishes"):
        F.softmax(x)
    np.testing.assert_allclose(F.softmax(x).array.get(), np.full((2, 3), 1 / 3), rtol=1e-6)
    assert double.count() == {"Create": 1}
