"""Handles of cuDNN: one for each thread and GPU, with workspaces for each stream."""

from __future__ import annotations

import importlib
import os
import threading
import warnings
from collections import OrderedDict
from functools import cache
from typing import Any

from catenary.errors import ArgumentError, PluginWarning
from catenary.types import Array
from catenary_cupy.cudnn import library
from catenary_cupy.cudnn.library import Owned, StatusError, load

VARIABLE = "CATENARY_CUDNN_WORKSPACE"
#: What part of a GPU's memory the workspace of a convolution takes at most, if the user says nothing.
SHARE = 0.08
#: For how many streams a handle keeps workspaces.
STREAMS = 16


@cache
def cupy() -> Any:
    """Return CuPy, which is not imported before it is needed."""
    return importlib.import_module("cupy")


class Handle(Owned):
    """A handle of cuDNN for one thread and one GPU.

    Args:
        device: The number of the GPU, which is the current one.

    Attributes:
        device: The same.
    """

    def __init__(self, device: int) -> None:
        super().__init__("")
        self.device = device
        self._stream = 0
        self._workspaces: OrderedDict[int, Array] = OrderedDict()

    def bind(self, stream: int) -> None:
        """Have what is called from now on run in a stream.

        Args:
            stream: Its address.
        """
        load().SetStream(self, stream)
        self._stream = stream

    def workspace(self, size: int) -> int:
        """Return the address of so many bytes, which the next call in the same stream uses again.

        Args:
            size: How many; the address is 0 for none.

        Raises:
            MemoryError: If the GPU has not so much left.
        """
        if not size:
            return 0
        space = self._workspaces.pop(self._stream, None)
        if space is None or space.nbytes < size:
            space = None  # given back first: the new one may need its memory
            space = cupy().empty(size, "uint8")
        self._workspaces[self._stream] = space
        if len(self._workspaces) > STREAMS:
            self._workspaces.popitem(last=False)
        address: int = space.data.ptr
        return address


class _Local(threading.local):
    def __init__(self) -> None:
        self.handles: dict[int, Handle] = {}


_local = _Local()


def _find(device: int) -> Handle:
    handle = _local.handles.get(device)
    if handle is None:
        handle = _local.handles[device] = Handle(device)
    return handle


def current() -> Handle:
    """Return the handle of this thread and the current GPU, bound to the current stream."""
    cuda = cupy().cuda
    handle = _find(cuda.runtime.getDevice())
    handle.bind(cuda.get_current_stream().ptr)
    return handle


@cache
def is_usable(device: int) -> bool:
    """Return whether there is a library that works on a GPU, and warn if it does not.

    Args:
        device: The number of the GPU, which is the current one.
    """
    if not library.is_usable():
        return False
    try:
        _find(device)
    except StatusError as error:
        warnings.warn(f"GPU {device} is used without cuDNN: {error}", PluginWarning, stacklevel=2)
        return False
    return True


def workspace_limit() -> int:
    """Return how many bytes a convolution may take as its workspace on the current GPU.

    Raises:
        ArgumentError: If the environment variable holds no number.
    """
    given = os.environ.get(VARIABLE)
    if given is None:
        return int(SHARE * _memory(cupy().cuda.runtime.getDevice()))
    if not given.isdigit():
        raise ArgumentError(f"{VARIABLE} must be a number of bytes, got {given!r}")
    return int(given)


@cache
def _memory(device: int) -> int:
    """Return how many bytes the current GPU has, which is the one of this number."""
    total: int = cupy().cuda.runtime.memGetInfo()[1]
    return total
