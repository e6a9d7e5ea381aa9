"""Finding and loading cuDNN 9: a plain C library, `libcudnn.so.9`, spoken to by ctypes.

It is looked for where the user says (`CATENARY_CUDNN_LIBRARY`), then in the installed wheels, then in the system.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from catenary.errors import MissingLibraryError
from catenary_cupy.cudnn.prototypes import FUNCTIONS, pointer, size

VARIABLE = "CATENARY_CUDNN_LIBRARY"
FILE = "libcudnn.so.9"
MAJOR = 9
HOW_TO_GET = "run: pip install 'catenary-cupy[cuda13]' (or [cuda12] for a driver before CUDA 13)"
#: Statuses from 3000 on say that something is not supported; others that a part of the library does not load, that the
#: workspace is too small, or that memory is missing.
NOT_SUPPORTED, NOT_THAT_WAY = 3000, (1008, 2006, 4003, 4004)


class StatusError(RuntimeError):
    """cuDNN could not do what it was asked."""


class RefusedError(StatusError):
    """cuDNN does not do this in the way it was asked for; there may be another way."""


class Library:
    """The functions of an opened cuDNN; a status other than success raises an error.

    Args:
        path: The file.

    Attributes:
        path: The file.
        version: Its version, such as (9, 28, 0).

    Raises:
        MissingLibraryError: If it cannot be loaded, has another version, or lacks a function.
    """

    def __init__(self, path: str) -> None:
        try:
            self._library = open_file(path)
            self.version = self._read_version()
            if self.version[0] != MAJOR:
                found = ".".join(map(str, self.version))
                raise MissingLibraryError(f"cuDNN: {path} has version {found}, expected {MAJOR}.x; {HOW_TO_GET}")
            for name, types in FUNCTIONS.items():
                function = getattr(self._library, f"cudnn{name}")
                function.argtypes, function.restype = types, ctypes.c_int
                function.errcheck = self._check
                setattr(self, name, function)
        except (OSError, AttributeError) as error:
            raise MissingLibraryError(f"cuDNN: {path} cannot be loaded: {error}; {HOW_TO_GET}") from error
        self.path = path
        self._name = self._library.cudnnGetErrorString
        self._name.argtypes, self._name.restype = (ctypes.c_int,), ctypes.c_char_p
        self._reason = self._library.cudnnGetLastErrorString
        self._reason.argtypes, self._reason.restype = (ctypes.c_char_p, size), None

    def _read_version(self) -> tuple[int, ...]:
        read = self._library.cudnnGetVersion
        read.argtypes, read.restype = (), size
        number = read()
        of_major = 10000 if number >= 10000 else 1000  # 92800 is 9.28.0, 8907 was 8.9.7
        return number // of_major, number % of_major // 100, number % 100

    def _check(self, status: int, function: Any, arguments: Any) -> int:
        if status:
            reason = ctypes.create_string_buffer(1024)
            self._reason(reason, len(reason))
            said = f": {reason.value.decode(errors='replace')}" if reason.value else ""
            is_refused = status // 1000 * 1000 == NOT_SUPPORTED or status in NOT_THAT_WAY
            kind = RefusedError if is_refused else StatusError
            raise kind(f"{function.__name__}: {self._name(status).decode()} (status {status}){said}")
        return status

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"cuDNN has no function cudnn{name}")


def open_file(path: str) -> Any:
    """Return the library in a file as ctypes sees it.

    Args:
        path: The file.
    """
    return ctypes.CDLL(path)


def candidates() -> Iterator[str]:
    """Return the files to try, the best first."""
    if named := os.environ.get(VARIABLE):
        yield named
        return  # a user who names one wants that one
    wheels = importlib.util.find_spec("nvidia")  # the folder that all wheels of NVIDIA share
    for folder in (wheels and wheels.submodule_search_locations) or ():
        yield from map(str, sorted(Path(folder).glob(f"*/lib/{FILE}")))
    yield FILE


_loading = threading.Lock()


def load() -> Library:
    """Return the library, opened once for the process.

    Raises:
        MissingLibraryError: If there is none, or none fits; the message says what was tried, and what to install.
    """
    with _loading:  # threads that ask at once get the same one
        return _load()


@cache
def _load() -> Library:
    problems = []
    for path in candidates():
        try:
            return Library(path)
        except MissingLibraryError as error:
            problems.append(str(error).removesuffix(f"; {HOW_TO_GET}"))
    raise MissingLibraryError(f"{'; '.join(problems)}; {HOW_TO_GET}")


class Owned:
    """A handle or a descriptor of cuDNN, destroyed with this object.

    Args:
        kind: What it is: `""` for a handle, `"TensorDescriptor"` and so on.
        kept: Others that must live as long.
    """

    def __init__(self, kind: str, *kept: Owned) -> None:
        library, made, self._kept = load(), pointer(), kept
        getattr(library, f"Create{kind}")(ctypes.byref(made))
        self._as_parameter_ = made
        weakref.finalize(self, getattr(library, f"Destroy{kind}"), made).atexit = False


@cache
def is_usable() -> bool:
    """Return whether there is a library."""
    try:
        load()
    except MissingLibraryError:
        return False
    return True


def describe() -> str:
    """Return which library serves, or why none does."""
    try:
        library = load()
    except MissingLibraryError as error:
        return f"not there, CuPy serves all calls ({error})"
    return f"{'.'.join(map(str, library.version))}, {library.path}"


def result(function: Callable[..., int], kind: Any, *arguments: Any) -> Any:
    """Call a function that writes one number, its last argument, and return that number.

    Args:
        function: The function of the library.
        kind: The ctypes type of the number.
        arguments: The other arguments.
    """
    found = kind()
    function(*arguments, ctypes.byref(found))
    return found.value
