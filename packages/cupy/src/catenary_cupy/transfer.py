"""Batches sent to a GPU beside the work that it still has to do."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np

from catenary import Device
from catenary.device.device import map_arrays


def send_beside(device: Device, arrays: Any) -> Any:
    """Return arrays of the host on a GPU, copied on a stream of their own.

    The host runs ahead of the GPU. A copy in the stream of the computation would wait for all work given before; on a
    stream of its own it runs meanwhile, and only what is given to the GPU afterwards waits for it.

    Args:
        device: The GPU.
        arrays: An array, or lists, tuples and dicts of them. They are copied to pinned memory at once, and may be
            changed afterwards.
    """
    with device.create_context():
        sent: Any = _sender(device).send(arrays)
    return sent


class _Sender:
    """Sends batches to one GPU.

    Memory of batches comes from the part of CuPy's pool that belongs to the copying stream, and the pool gives it to
    the next batch as soon as nobody holds it. So batches are held here until the work on them is done.

    Args:
        device: The GPU.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._cuda = device.xp.cuda
        self._stream = self._cuda.Stream(non_blocking=True)
        self._held: list[tuple[list[Any], Any]] = []  # arrays, and the event after which they are free
        self._last: list[Any] = []
        self._lock = threading.Lock()

    def send(self, arrays: Any) -> Any:
        work = self._cuda.get_current_stream()
        with self._lock:
            self._held.append((self._last, work.record()))
            self._held = [(held, used) for held, used in self._held if not used.done]
            keep: list[Any] = []
            with self._stream:
                sent = map_arrays(lambda array: self._send_one(array, keep), arrays)
                arrived = self._stream.record()
            self._last = keep
        work.wait_event(arrived)
        return sent

    def _send_one(self, array: Any, keep: list[Any]) -> Any:
        if not isinstance(array, np.ndarray):
            return self._device.send(array)
        staged = self._pinned(array)
        sent = self._device.xp.empty(array.shape, array.dtype)
        sent.set(staged, stream=self._stream)
        keep += [staged, sent]
        return sent

    def _pinned(self, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return a copy of an array in pinned memory, from which the GPU reads by itself."""
        memory = self._cuda.alloc_pinned_memory(max(array.nbytes, 1))
        staged = np.frombuffer(memory, array.dtype, array.size).reshape(array.shape)
        staged[...] = array
        return staged


@lru_cache(16)
def _sender(device: Device) -> _Sender:
    return _Sender(device)
