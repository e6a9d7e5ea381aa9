"""Streams, events and graphs. All work is done at once, in the order in which it is given."""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from cupy_stand_in.capture import Capture
from cupy_stand_in.current import current_id
from cupy_stand_in.errors import (
    CAPTURE_IMPLICIT,
    CAPTURE_INVALIDATED,
    CAPTURE_ISOLATION,
    CAPTURE_MERGE,
    CAPTURE_UNJOINED,
    CAPTURE_UNMATCHED,
    CAPTURE_UNSUPPORTED,
    CAPTURED_EVENT,
    INVALID_HANDLE,
    INVALID_VALUE,
    CUDARuntimeError,
)

_addresses = itertools.count(0x5000, 0x10)
_blocking_captures: list[Capture] = []
_streams: weakref.WeakValueDictionary[int, Stream] = weakref.WeakValueDictionary()  # by address


class _Thread(threading.local):
    def __init__(self) -> None:
        self.streams: dict[int, Stream] = {}  # by device


_thread = _Thread()


class Stream:
    """A queue of work of one device."""

    null: ClassVar[Stream]
    ptds: ClassVar[Stream]

    def __init__(
        self, null: bool = False, non_blocking: bool = False, ptds: bool = False, priority: int | None = None
    ) -> None:
        self.ptr = 0 if null else 2 if ptds else next(_addresses)
        self.device_id = -1 if null or ptds else current_id()
        self.is_non_blocking = non_blocking
        self.priority = priority or 0
        self._capture: Capture | None = None
        self._before: list[Stream] = []
        _streams.setdefault(self.ptr, self)

    @property
    def done(self) -> bool:
        """Whether all work is done; it always is."""
        refuse(self)
        return True

    def use(self) -> Stream:
        """Make this the current stream of the thread, for the current device."""
        if self.device_id not in (-1, current_id()):
            raise RuntimeError(
                f"This stream was not created on the current device: stream on device {self.device_id}, "
                f"current device {current_id()}"
            )
        _thread.streams[current_id()] = self
        return self

    def __enter__(self) -> Stream:
        self._before.append(get_current_stream())
        return self.use()

    def __exit__(self, *args: object) -> None:
        _thread.streams[current_id()] = self._before.pop()

    def synchronize(self) -> None:
        """Wait for the work; not during a capture."""
        refuse(self)

    def record(self, event: Event | None = None) -> Event:
        """Record an event, a new one if none is given."""
        event = event or Event()
        event.record(self)
        return event

    def wait_event(self, event: Event) -> None:
        """Wait for an event: in a capture, this is how another stream comes to take part, and comes back."""
        mine, theirs = capturing(self), event._capture
        if theirs is mine:
            if mine is not None and event._stream in mine.others:
                mine.others[event._stream] = True
        elif mine is None and theirs is not None:
            if theirs.origin._capture is theirs:
                self._capture = theirs
                theirs.others[self] = False
        elif mine is not None and event._stream is not None:
            mine.broken = True
            raise CUDARuntimeError(CAPTURE_ISOLATION if theirs is None else CAPTURE_MERGE)

    def launch_host_func(self, callback: Callable[[Any], object], arg: Any) -> None:
        """Call a function of the host when the stream comes to it."""
        record(lambda: callback(arg), self)

    def begin_capture(self, mode: int | None = None) -> None:
        """Begin to record instead of to run."""
        if self.ptr == 0:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if self._capture is not None:
            raise CUDARuntimeError(INVALID_VALUE)
        self._capture = Capture(self)
        if not self.is_non_blocking:
            _blocking_captures.append(self._capture)

    def end_capture(self) -> Graph:
        """Return what was recorded."""
        capture = self._capture
        if capture is None or capture.origin is not self:
            raise CUDARuntimeError(CAPTURE_UNMATCHED)
        for stream in (self, *capture.others):
            stream._capture = None
        if capture in _blocking_captures:
            _blocking_captures.remove(capture)
        if capture.broken:
            raise CUDARuntimeError(CAPTURE_INVALIDATED)
        if not all(capture.others.values()):
            raise CUDARuntimeError(CAPTURE_UNJOINED)
        return Graph(capture.records)

    def is_capturing(self) -> bool:
        """Return whether the stream records instead of running."""
        return self._capture is not None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self.ptr == other.ptr

    def __hash__(self) -> int:
        return hash(self.ptr)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.ptr} (device {self.device_id})>"


class ExternalStream(Stream):
    """A stream that somebody else made."""

    def __init__(self, ptr: int, device_id: int = -1) -> None:
        self.__dict__ = _streams[ptr].__dict__  # the same stream under another name


class Event:
    """A point in the work of a stream."""

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        self.disable_timing = disable_timing
        self.ptr = next(_addresses)
        self._time: float | None = None
        self._stream: Stream | None = None
        self._capture: Capture | None = None  # the one that it was last recorded in

    def record(self, stream: Stream | None = None) -> None:
        """Remember now."""
        self._stream = get_current_stream() if stream is None else stream
        self._capture = capturing(self._stream)
        record(self._stamp, self._stream)

    def _stamp(self) -> None:
        self._time = time.perf_counter()

    @property
    def done(self) -> bool:
        """Whether it has come."""
        self._ask()
        return True

    def synchronize(self) -> None:
        """Wait for it; not during a capture."""
        self._ask()
        refuse()

    def _ask(self) -> None:
        if self._capture is not None:
            self._capture.broken = True
            raise CUDARuntimeError(CAPTURED_EVENT)


class Graph:
    """Recorded work, to be launched as one.

    Attributes:
        records: Functions without arguments.
    """

    def __init__(self, records: list[Callable[[], object]]) -> None:
        self.records = records

    def launch(self, stream: Stream | None = None) -> None:
        """Run the recorded work on the memory that it was recorded with."""
        record(self._run, stream)

    def _run(self) -> None:
        for call in self.records:
            call()

    def upload(self, stream: Stream | None = None) -> None:
        """Prepare a launch."""


def get_current_stream(device_id: int | None = None) -> Stream:
    """Return the current stream of the thread."""
    return _thread.streams.get(current_id() if device_id is None else device_id, Stream.null)


def get_elapsed_time(start_event: Event, end_event: Event) -> float:
    """Return the milliseconds between two events."""
    timed = not start_event.disable_timing and not end_event.disable_timing
    if not timed or start_event._time is None or end_event._time is None:
        raise CUDARuntimeError(INVALID_HANDLE)
    return (end_event._time - start_event._time) * 1e3


def stream_at(ptr: int) -> Stream:
    """Return the stream of an address."""
    return _streams[ptr]


def capturing(stream: Stream | None = None) -> Capture | None:
    """Return the capture that work on a stream (the current one, if none is given) goes to."""
    stream = get_current_stream() if stream is None else stream
    if stream.ptr == 0 and _blocking_captures:
        for capture in _blocking_captures:
            capture.broken = True
        raise CUDARuntimeError(CAPTURE_IMPLICIT)
    return stream._capture


def record(call: Callable[[], object], stream: Stream | None = None) -> None:
    """Run a function now, or keep it for the launches of the graph if the stream is capturing.

    This is how work takes part that does not come through arrays' operations: that of a library that gets addresses.
    """
    capture = capturing(stream)
    if capture is None:
        call()
    else:
        capture.records.append(call)


def refuse_transfer(direction: str, stream: Stream | None = None) -> None:
    """Raise if a capture goes on: data are about to cross between the host and the device.

    CuPy looks before it asks the driver, so that the capture is not lost.

    Args:
        direction: "D2H" or "H2D".
        stream: The stream; the current one, if none is given.
    """
    if capturing(stream) is not None:
        raise RuntimeError(f"the current stream is capturing, so {direction} transfers are disallowed")


def refuse(stream: Stream | None = None) -> None:
    """Raise if a capture goes on: the host is about to wait for the stream.

    Raises:
        CUDARuntimeError: "operation not permitted when stream is capturing"; the capture is lost.
    """
    capture = capturing(stream)
    if capture is not None:
        capture.broken = True
        raise CUDARuntimeError(CAPTURE_UNSUPPORTED)


Stream.null = Stream(null=True)
Stream.ptds = Stream(ptds=True)
Stream.__module__ = ExternalStream.__module__ = Event.__module__ = "cupy.cuda.stream"
Graph.__module__ = "cupy.cuda.graph"
