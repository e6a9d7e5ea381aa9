"""The text of kernels: from expressions to CUDA C++."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from catenary.errors import PluginWarning
from catenary_cupy.fusion.expressions import HALF, TEXTS, DTypeOf, Expression

HALF_HEADER = "#include <cupy/float16.cuh>"
#: How many different kernels are kept.
KEPT = 2048


class Text(NamedTuple):
    """What several expressions come to.

    Attributes:
        inputs: The registers of the arrays that are read, in the order of the variables `in0`, `in1`, ...
        input_dtypes: Their dtypes.
        numbers: The numbers, in the order of the variables `number0`, ...
        number_dtypes: Their dtypes.
        statements: What computes the variables.
        results: The expression of each result, in the variables.
    """

    inputs: tuple[int, ...]
    input_dtypes: tuple[DTypeOf, ...]
    numbers: tuple[Any, ...]
    number_dtypes: tuple[DTypeOf, ...]
    statements: str
    results: tuple[str, ...]


C_TYPES = {
    "b1": "bool",
    "i1": "signed char",
    "u1": "unsigned char",
    "i2": "short",
    "u2": "unsigned short",
    "i4": "int",
    "u4": "unsigned int",
    "i8": "long long",
    "u8": "unsigned long long",
    "f2": "float16",  # a class of CuPy's
    "f4": "float",
    "f8": "double",
}


def c_type(dtype: DTypeOf) -> str:
    """Return the type of array elements in CUDA C++."""
    return C_TYPES[f"{dtype.kind}{dtype.itemsize}"]


def computing_type(dtype: DTypeOf) -> str:
    """Return the type of variables in which a dtype is computed."""
    return "float" if dtype == HALF else c_type(dtype)


def write(expressions: Sequence[Expression]) -> Text:
    """Return the text that computes expressions; what several of them share is computed once.

    Args:
        expressions: The expressions.
    """
    variables: dict[int, str] = {}
    registers: dict[int, DTypeOf] = {}
    numbers: list[tuple[Any, DTypeOf]] = []
    statements: list[str] = []

    def visit(root: Expression) -> str:
        waiting = [root]  # no recursion: chains may be long
        while waiting:
            one = waiting[-1]
            if id(one) in variables:
                waiting.pop()
                continue
            if one.operation == "input":
                registers.setdefault(one.operands[0], one.dtype)
                value = f"in{list(registers).index(one.operands[0])}"
            elif one.operation == "number":
                numbers.append((one.operands[0], one.dtype))
                value = f"number{len(numbers) - 1}"
            else:
                missing = [o for o in one.operands if id(o) not in variables]
                if missing:
                    waiting.extend(missing)
                    continue
                value = TEXTS[one.operation].format(*(variables[id(o)] for o in one.operands))
                if one.operation == "cast" and one.dtype == HALF:
                    value = f"float16({value})"  # rounded here, though what follows is computed in float32
            waiting.pop()
            kind = computing_type(one.dtype)
            variables[id(one)] = f"v{len(statements)}"
            statements.append(f"const {kind} v{len(statements)} = static_cast<{kind}>({value});")
        return variables[id(root)]

    results = tuple(visit(one) for one in expressions)
    return Text(
        tuple(registers),
        tuple(registers.values()),
        tuple(value for value, _ in numbers),
        tuple(dtype for _, dtype in numbers),
        "\n".join(statements),
        results,
    )


@lru_cache(KEPT)
def elementwise_kernel(
    inputs: tuple[DTypeOf, ...],
    numbers: tuple[DTypeOf, ...],
    outputs: tuple[DTypeOf, ...],
    statements: str,
    results: tuple[str, ...],
) -> Any:
    """Return the kernel over arrays of any shapes that broadcast."""
    import cupy

    parameters = [f"{d.name} in{i}" for i, d in enumerate(inputs)]
    parameters += [f"{d.name} number{i}" for i, d in enumerate(numbers)]
    written = [f"{d.name} out{i}" for i, d in enumerate(outputs)]
    assignments = [f"out{i} = {result};" for i, result in enumerate(results)]
    return cupy.ElementwiseKernel(
        ", ".join(parameters),
        ", ".join(written),
        "\n".join([statements, *assignments]),
        "catenary_fused",
        preamble=HALF_HEADER if "float16" in statements else "",
    )


def scalar(value: Any, dtype: DTypeOf) -> Any:
    """Return a number as a kernel takes it."""
    return np.asarray(value).astype(dtype)[()]


def compile_error() -> type[Exception]:
    """Return the class of CuPy's error for a kernel that does not compile."""
    found: type[Exception] = importlib.import_module("cupy.cuda.compiler").CompileException
    return found


def warn_of(error: Exception) -> None:
    """Warn that CuPy does the work of a kernel that does not compile.

    Args:
        error: What the compiler says.
    """
    text = f"a generated kernel does not compile, and CuPy does its work in several: {error}"
    warnings.warn(text, PluginWarning, stacklevel=2)
