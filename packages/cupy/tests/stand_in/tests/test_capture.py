"""Capture: nothing runs until the graph is launched, and then on the same memory."""

from collections.abc import Callable
from typing import Any

import cupy
import cupy_stand_in
import numpy as np
import pytest


@pytest.fixture
def stream() -> Any:
    with cupy.cuda.Stream(non_blocking=True) as made:
        yield made


def captured(stream: Any, work: Callable[[], Any]) -> tuple[Any, Any]:
    """Return the graph of some work, and what the work returned."""
    stream.begin_capture()
    found = work()
    return stream.end_capture(), found


def test_nothing_runs_before_the_launch(stream: Any) -> None:
    x, total = cupy.arange(3.0), cupy.zeros(())

    def work() -> Any:
        y = x * 2
        total[...] = y.sum()
        x[0] = 5
        return y

    graph, y = captured(stream, work)
    assert np.isnan(y.get()).all()
    assert float(total) == 0
    assert float(x[0]) == 0
    graph.launch()
    np.testing.assert_array_equal(y.get(), [0, 2, 4])
    assert float(total) == 6
    assert float(x[0]) == 5


def test_a_launch_sees_new_inputs(stream: Any) -> None:
    x, w = cupy.ones((2, 3)), cupy.ones((3, 2))
    graph, y = captured(stream, lambda: cupy.exp(x @ w).T.reshape(-1) + cupy.arange(4))
    for value in (0.0, 0.5):
        x.fill(value)
        graph.launch(stream)
        np.testing.assert_allclose(y.get(), np.exp(3 * value) + np.arange(4))


def test_changes_in_place_are_repeated(stream: Any) -> None:
    x, index = cupy.zeros(3), cupy.array([1, 1])

    def work() -> None:
        nonlocal x
        x += 1
        cupy.add.at(x, index, 10)
        cupy.multiply(x, 2, out=x)
        cupy.copyto(x[:1], 7)

    graph, _ = captured(stream, work)
    np.testing.assert_array_equal(x.get(), 0)
    graph.launch()
    np.testing.assert_array_equal(x.get(), [7, 42, 2])
    graph.launch()
    np.testing.assert_array_equal(x.get(), [7, 126, 6])


def test_memory_that_is_used_again_is_overwritten_by_a_launch(stream: Any) -> None:
    x = cupy.ones(3)
    graph, address = captured(stream, lambda: (x + 1).data.ptr)  # the sum dies here
    other = cupy.zeros(3)
    assert other.data.ptr == address
    graph.launch()
    np.testing.assert_array_equal(other.get(), 2)


def test_memory_may_be_used_again_inside_a_capture(stream: Any) -> None:
    x = cupy.ones(3)
    graph, y = captured(stream, lambda: ((x + 1) * 3 + 1) * 2)
    graph.launch()
    np.testing.assert_array_equal(y.get(), 14)


READS: list[Callable[[Any], Any]] = [
    lambda x: x.get(),
    lambda x: float(x[0]),
    lambda x: bool(x.any()),
    lambda x: x.tolist(),
    lambda x: cupy.nonzero(x),
    lambda x: x[x > 0],
    lambda x: x.__setitem__(x > 0, 1),
    lambda x: cupy.unique(x),
    lambda x: repr(x),
    lambda x: x.set(np.ones(3)),
    lambda x: cupy.asarray(np.ones(3)),
    lambda x: x[[0, 1]],
    lambda x: cupy.repeat(x, x),
]


@pytest.mark.parametrize("read", READS)
def test_transfers_are_refused(stream: Any, read: Any) -> None:
    x = cupy.ones(3)
    stream.begin_capture()
    with pytest.raises(RuntimeError, match="the current stream is capturing"):
        read(x)
    y = x + 1
    stream.end_capture().launch()  # CuPy looks before it asks the driver: the capture goes on
    np.testing.assert_array_equal(y.get(), 2)


def test_single_numbers_are_no_transfer(stream: Any) -> None:
    graph, y = captured(stream, lambda: cupy.asarray(3.0) + cupy.full(2, 1.0))
    graph.launch()
    np.testing.assert_array_equal(y.get(), 4)


@pytest.mark.parametrize("wait", [lambda s: s.synchronize(), lambda s: cupy.cuda.runtime.deviceSynchronize()])
def test_waiting_breaks_the_capture(stream: Any, wait: Any) -> None:
    stream.begin_capture()
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match="StreamCaptureUnsupported"):
        wait(stream)
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match="StreamCaptureInvalidated"):
        stream.end_capture()


def test_other_streams_go_on(stream: Any) -> None:
    x = cupy.ones(3)
    stream.begin_capture()
    with cupy.cuda.Stream(non_blocking=True):
        assert float((x + 1).sum()) == 6
    assert stream.is_capturing()
    stream.end_capture()


def test_the_null_stream_does_not_go_with_a_blocking_capture() -> None:
    blocking = cupy.cuda.Stream()
    blocking.begin_capture()
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match="StreamCaptureImplicit"):
        cupy.ones(3)
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match="StreamCaptureInvalidated"):
        blocking.end_capture()
    with pytest.raises(RuntimeError, match="legacy"):
        cupy.cuda.Stream.null.begin_capture()


def test_random_numbers_are_drawn_by_launches(stream: Any) -> None:
    rng = cupy.random.default_rng(0)
    expected = cupy.random.default_rng(0)
    graph, y = captured(stream, lambda: rng.random(3))
    for _ in range(2):
        graph.launch()
        np.testing.assert_array_equal(y.get(), expected.random(3).get())


def test_work_on_addresses_is_recorded(stream: Any) -> None:
    x, y = cupy.ones(3), cupy.zeros(3)
    runtime = cupy.cuda.runtime
    calls: list[int] = []

    def work() -> None:
        cupy_stand_in.record(lambda: calls.append(1))
        runtime.memcpyAsync(y.data.ptr, x.data.ptr, x.nbytes, runtime.memcpyDeviceToDevice, stream.ptr)

    graph, _ = captured(stream, work)
    assert not calls
    graph.launch()
    assert calls == [1]
    np.testing.assert_array_equal(y.get(), 1)
    work()
    assert calls == [1, 1]


def test_a_launch_can_be_captured(stream: Any) -> None:
    x = cupy.zeros(2)
    inner, _ = captured(stream, lambda: cupy.add(x, 1, out=x))
    outer, _ = captured(stream, lambda: [inner.launch() for _ in range(3)])
    assert float(x[0]) == 0
    outer.launch()
    assert float(x[0]) == 3


def test_another_stream_takes_part_after_an_event(stream: Any) -> None:
    x, other = cupy.ones(2), cupy.cuda.Stream(non_blocking=True)
    stream.begin_capture()
    other.wait_event(stream.record())
    with other:
        cupy.add(x, 1, out=x)
    stream.wait_event(other.record())
    graph = stream.end_capture()
    assert float(x[0]) == 1
    assert not other.is_capturing()
    graph.launch()
    assert float(x[0]) == 2


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (lambda mine, other: other.wait_event(mine.record()), "Unjoined"),
        (lambda mine, other: mine.wait_event(other.record()), "Isolation"),
        (lambda mine, other: mine.record().done, "CapturedEvent"),
        (lambda mine, other: other.end_capture(), "Unmatched"),
    ],
)
def test_events_that_do_not_fit_into_a_capture(stream: Any, event: Any, error: str) -> None:
    stream.begin_capture()
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError, match=error):  # noqa: PT012  # the first or the second
        event(stream, cupy.cuda.Stream(non_blocking=True))
        stream.end_capture()


def test_times_of_events() -> None:
    start, end = cupy.cuda.Event(), cupy.cuda.Event()
    start.record()
    end.record()
    assert cupy.cuda.get_elapsed_time(start, end) >= 0
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError):
        cupy.cuda.get_elapsed_time(start, cupy.cuda.Event())
