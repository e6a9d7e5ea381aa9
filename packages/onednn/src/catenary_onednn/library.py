"""Finding and loading oneDNN: a plain C library, `libdnnl.so.3`, spoken to by ctypes.

It is looked for where the user says (`CATENARY_ONEDNN_LIBRARY`), then in the installed wheel, then in the system.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from catenary.errors import NotAvailableError
from catenary_onednn import blas

VARIABLE = "CATENARY_ONEDNN_LIBRARY"
WHEEL = "onednn-cpu-gomp"
FILE = "libdnnl.so.3"
MAJOR = 3

pointer = ctypes.c_void_p
integer = ctypes.c_int
#: Sizes and strides: oneDNN takes arrays of twelve.
dims = ctypes.c_int64 * 12


class Argument(ctypes.Structure):
    """One argument of a primitive: which one, and its memory."""

    _fields_ = (("kind", integer), ("memory", pointer))


class Version(ctypes.Structure):
    """The first fields of what `dnnl_version` returns."""

    _fields_ = (("major", integer), ("minor", integer), ("patch", integer))


_forward = (pointer, pointer, integer)  # where the descriptor goes, the engine, the kind of propagation
_windows = (dims, dims, dims, dims)  # strides, dilations, padding before and behind
_recurrent = {"lstm": 11, "lbr_gru": 7}  # how many arrays each cell has
#: Name of a function after `dnnl_` -> the types of its arguments. All return a status.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "sgemm": (
        *(ctypes.c_char, ctypes.c_char, *[ctypes.c_int64] * 3, ctypes.c_float, pointer, ctypes.c_int64),
        *(pointer, ctypes.c_int64, ctypes.c_float, pointer, ctypes.c_int64),
    ),
    "engine_create": (pointer, integer, ctypes.c_size_t),
    "stream_create": (pointer, pointer, ctypes.c_uint),
    "memory_desc_create_with_strides": (pointer, integer, dims, integer, dims),
    "memory_desc_create_with_tag": (pointer, integer, dims, integer, integer),
    "memory_desc_destroy": (pointer,),
    "memory_create": (pointer, pointer, pointer, pointer),
    "memory_set_data_handle": (pointer, pointer),
    "memory_destroy": (pointer,),
    "primitive_attr_create": (pointer,),
    "primitive_attr_set_scratchpad_mode": (pointer, integer),
    "primitive_desc_destroy": (pointer,),
    "primitive_create": (pointer, pointer),
    "primitive_execute": (pointer, pointer, integer, pointer),  # so many arguments, and where they stand
    "primitive_destroy": (pointer,),
    "reorder_primitive_desc_create": (pointer, pointer, pointer, pointer, pointer, pointer),
    "batch_normalization_forward_primitive_desc_create": (
        *(*_forward, pointer, pointer, ctypes.c_float, ctypes.c_uint, pointer),
    ),
    "batch_normalization_backward_primitive_desc_create": (
        *(*_forward, pointer, pointer, pointer, ctypes.c_float, ctypes.c_uint, pointer, pointer),
    ),
    "eltwise_forward_primitive_desc_create": (
        *(*_forward, integer, pointer, pointer, ctypes.c_float, ctypes.c_float, pointer),
    ),
    "eltwise_backward_primitive_desc_create": (
        *(pointer, pointer, integer, pointer, pointer, pointer, ctypes.c_float, ctypes.c_float, pointer, pointer),
    ),
    "layer_normalization_forward_primitive_desc_create": (
        *(*_forward, pointer, pointer, pointer, ctypes.c_float, ctypes.c_uint, pointer),
    ),
    "layer_normalization_backward_primitive_desc_create": (
        *(*_forward, pointer, pointer, pointer, pointer, ctypes.c_float, ctypes.c_uint, pointer, pointer),
    ),
    # The kind of propagation and the direction; all arrays (twice for gradients); flags; for gradients the way forth.
    **{
        f"{kind}_forward_primitive_desc_create": (*(*_forward, integer, *[pointer] * arrays, ctypes.c_uint, pointer),)
        for kind, arrays in _recurrent.items()
    },
    **{
        f"{kind}_backward_primitive_desc_create": (
            *(*_forward, integer, *[pointer] * (2 * arrays), ctypes.c_uint, pointer, pointer),
        )
        for kind, arrays in _recurrent.items()
    },
    "softmax_forward_primitive_desc_create": (*_forward, integer, pointer, pointer, integer, pointer),
    "softmax_backward_primitive_desc_create": (
        *(pointer, pointer, integer, pointer, pointer, pointer, integer, pointer, pointer),
    ),
    "matmul_primitive_desc_create": (pointer, pointer, pointer, pointer, pointer, pointer, pointer),
    "pooling_forward_primitive_desc_create": (
        *(*_forward, integer, pointer, pointer, dims, dims, dims, dims, dims, pointer),
    ),
    "pooling_backward_primitive_desc_create": (
        *(pointer, pointer, integer, pointer, pointer, dims, dims, dims, dims, dims, pointer, pointer),
    ),
    "convolution_forward_primitive_desc_create": (
        *(*_forward, integer, pointer, pointer, pointer, pointer),
        *(*_windows, pointer),
    ),
    "convolution_backward_data_primitive_desc_create": (
        *(pointer, pointer, integer, pointer, pointer, pointer),
        *(*_windows, pointer, pointer),
    ),
    "convolution_backward_weights_primitive_desc_create": (
        *(pointer, pointer, integer, pointer, pointer, pointer, pointer),
        *(*_windows, pointer, pointer),
    ),
}


#: Functions of each call, whose status is looked at by those who call them, if it can be another one than success.
UNCHECKED = ("memory_set_data_handle", "primitive_execute")


class Library:
    """The functions of an opened oneDNN; a status other than success raises an error.

    Args:
        path: The file.

    Attributes:
        path: The file.
        version: Its version.

    Raises:
        NotAvailableError: If it cannot be loaded, or has another version.
    """

    def __init__(self, path: str) -> None:
        try:
            with _short_spinning():
                self._library = ctypes.CDLL(path)
            version = self._library.dnnl_version
        except (OSError, AttributeError) as error:
            raise NotAvailableError(f"oneDNN: {path} cannot be loaded: {error}") from error
        version.restype = ctypes.POINTER(Version)
        found = version().contents
        self.path = path
        self.version = found.major, found.minor, found.patch
        if found.major != MAJOR:
            raise NotAvailableError(f"oneDNN: {path} has version {found.major}.{found.minor}, expected {MAJOR}.x")
        for name, types in FUNCTIONS.items():
            function = getattr(self._library, f"dnnl_{name}")
            function.argtypes, function.restype = types, integer
            if name not in UNCHECKED:
                function.errcheck = _check
            setattr(self, name, function)
        self.query_md = self._library.dnnl_primitive_desc_query_md
        self.query_md.argtypes, self.query_md.restype = (pointer, integer, integer), pointer
        self.size_of = self._library.dnnl_memory_desc_get_size
        self.size_of.argtypes, self.size_of.restype = (pointer,), ctypes.c_size_t
        self.are_equal = self._library.dnnl_memory_desc_equal
        self.are_equal.argtypes, self.are_equal.restype = (pointer, pointer), integer

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"oneDNN {self.path} has no function dnnl_{name}")


#: How often a thread of the library looks for new work before it sleeps.
SPINS = "10000"


@contextmanager
def _short_spinning() -> Iterator[None]:
    """Let the threads of an OpenMP library that is loaded inside sleep soon, unless the user has said how long.

    By default they spin for milliseconds after each call, and so do those of NumPy's BLAS: where both are called in
    turn on all cores, each would wait for the other.
    """
    if {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & set(os.environ):
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = SPINS
    try:
        yield
    finally:
        del os.environ["GOMP_SPINCOUNT"]


class StatusError(RuntimeError):
    """oneDNN could not do what it was asked; most often there is no such primitive."""


def _check(status: int, function: Any, arguments: Any) -> int:
    if status:
        raise StatusError(f"{function.__name__}: status {status}")
    return status


def candidates() -> Iterator[str]:
    """Return the files to try, the best first."""
    if named := os.environ.get(VARIABLE):
        yield named
        return  # a user who names one wants that one
    try:
        for file in importlib.metadata.files(WHEEL) or ():
            if file.name == FILE:
                yield str(file.locate().resolve())  # type: ignore[attr-defined]
    except importlib.metadata.PackageNotFoundError:
        pass
    yield FILE


@cache
def load() -> Library:
    """Return the library, opened once for the process.

    Raises:
        NotAvailableError: If there is none, or none fits; the message says what was tried.
    """
    problems = []
    for path in candidates():
        try:
            return Library(path)
        except NotAvailableError as error:
            problems.append(str(error))
    raise NotAvailableError("; ".join(problems))


class Owned:
    """A handle of oneDNN, destroyed with this object.

    Args:
        create: A function of the library whose name ends in `_create` or `_create_with_...`.
        arguments: Its arguments after the place where the handle goes.
        destroy: The function that destroys such handles, None for those that live as long as the process.

    Attributes:
        handle: The handle.
    """

    def __init__(self, create: Callable[..., int], *arguments: Any, destroy: Callable[[Any], int] | None) -> None:
        handle = pointer()
        create(ctypes.byref(handle), *arguments)
        self._as_parameter_ = handle
        self.handle: Any = handle.value
        if destroy is not None:
            weakref.finalize(self, destroy, handle).atexit = False


class _State:
    #: Whether this process was forked from one that used the library: its threads are not here.
    is_orphan = False


def _leave() -> None:
    _State.is_orphan = True


@cache
def _is_loadable() -> bool:
    try:
        load()
    except NotAvailableError:
        return False
    os.register_at_fork(after_in_child=_leave)
    blas.calm()
    return True


def is_usable() -> bool:
    """Return whether there is a library, and this process may use it."""
    return not _State.is_orphan and _is_loadable()


def describe() -> str:
    """Return which library serves, or why none does."""
    try:
        library = load()
    except NotAvailableError as error:
        return f"not there, NumPy serves all calls ({error})"
    return f"{'.'.join(map(str, library.version))}, {library.path}"
