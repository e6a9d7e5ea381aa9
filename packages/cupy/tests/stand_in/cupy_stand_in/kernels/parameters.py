"""Parameters of CuPy's kernels: what a text such as `"T x, raw float32 w"` means, and which types arguments give."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from cupy_stand_in.array import ndarray

_C_TYPES = {
    "bool": "bool", "int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short",
    "int32": "int", "uint32": "unsigned int", "int64": "long long", "uint64": "unsigned long long",
    "float16": "float16", "float32": "float", "float64": "double", "bfloat16": "bfloat16",
}  # fmt: skip


class Parameter(NamedTuple):
    """One parameter: its type is fixed, or a letter that arguments decide."""

    name: str
    dtype: np.dtype[Any] | None
    letter: str
    raw: bool


def parse(text: str) -> tuple[Parameter, ...]:
    """Return the parameters that a text lists.

    Raises:
        ValueError: If it cannot be read.
        TypeError: If there is no such type.
    """
    return tuple(_parse_one(part) for part in text.split(",")) if text.strip() else ()


def _parse_one(text: str) -> Parameter:
    words = text.split()
    if len(words) < 2:
        raise ValueError(f"Syntax error: {text}")
    *keywords, type_, name = words
    if any(keyword != "raw" for keyword in keywords):
        raise ValueError(f'Unknown keyword "{keywords[0]}"')
    if name == "i":
        raise ValueError("Can not use 'i' as a parameter name")
    if len(type_) == 1:
        return Parameter(name, None, type_, bool(keywords))
    return Parameter(name, np.dtype(type_), "", bool(keywords))


def check_name(name: str) -> None:
    """Raise for a name that cannot be that of a C function."""
    if not re.fullmatch(r"[a-zA-Z_]\w*", name):
        raise ValueError(f'Invalid kernel name: "{name}"')


def c_type(dtype: np.dtype[Any]) -> str:
    """Return what C calls a type."""
    if dtype.name not in _C_TYPES:
        raise NotImplementedError(f"the stand-in's kernels have no {dtype}")
    return _C_TYPES[dtype.name]


def check_arguments(name: str, args: Sequence[Any], inputs: int, outputs: int) -> None:
    """Raise for a wrong number of arguments, or one that no kernel takes."""
    if len(args) not in (inputs, inputs + outputs):
        raise TypeError(
            f"Wrong number of arguments for {name!r}. It must be either {inputs} or {inputs + outputs} "
            f"(with outputs), but given {len(args)}."
        )
    for value in args:
        if not isinstance(value, ndarray | np.generic | int | float | complex):
            raise TypeError(f"Unsupported type {type(value)}")


def decide(parameters: Sequence[Parameter], values: Sequence[Any]) -> dict[str, np.dtype[Any]]:
    """Return the type of each letter. Arrays decide, outputs first; numbers take what is decided.

    Raises:
        TypeError: If arrays disagree, or do not have the type that is fixed.
    """
    letters: dict[str, np.dtype[Any]] = {}
    for parameter, value in zip(parameters, values):
        if not isinstance(value, ndarray):
            continue
        wanted = parameter.dtype or letters.setdefault(parameter.letter, value.dtype)
        if value.dtype != wanted:
            raise TypeError(f"Type is mismatched. {parameter.name} {value.dtype} {wanted} {parameter.letter}".rstrip())
    return letters


def dtype_of(parameter: Parameter, letters: dict[str, np.dtype[Any]]) -> np.dtype[Any]:
    """Return the type of a parameter.

    Raises:
        KeyError: If nothing decided its letter.
    """
    return parameter.dtype or letters[parameter.letter]


def typedefs(letters: dict[str, np.dtype[Any]]) -> str:
    """Return C that gives the letters their meaning."""
    return "".join(f"typedef {c_type(dtype)} {letter};\n" for letter, dtype in letters.items())


class Argument(ctypes.Structure):
    """An array, as the C of elementwise.h sees it."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("shape", ctypes.POINTER(ctypes.c_longlong)),
        ("strides", ctypes.POINTER(ctypes.c_longlong)),
        ("ndim", ctypes.c_int),
    ]


def numbers(values: Sequence[int]) -> Any:
    """Return whole numbers as an array of C."""
    return (ctypes.c_longlong * max(len(values), 1))(*values)


def arguments(views: Sequence[np.ndarray[Any, Any]]) -> Any:
    """Return arrays as an array of C; it keeps nothing but addresses of the elements."""
    made = [Argument(v.ctypes.data, numbers(v.shape), numbers(v.strides), v.ndim) for v in views]
    return (Argument * max(len(made), 1))(*made)


def host_view(value: Any, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Return the host's view of an argument, a number as an array of one element."""
    return value._raw if isinstance(value, ndarray) else np.asarray(value).astype(dtype)
