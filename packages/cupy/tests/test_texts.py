"""The text of kernels: what NumPy computes, and whether NVIDIA's compiler takes it; no GPU is needed."""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary_cupy.fusion import groups
from catenary_cupy.fusion.expressions import SUPPORTED, TEXTS, Expression, as_operand, choose, combine, computed_in
from catenary_cupy.fusion.kernels import HALF_HEADER, c_type, scalar, write
from catenary_cupy.random import DRAWS, PHILOX

F4, F8, F2, I4, B1 = map(np.dtype, ("f4", "f8", "f2", "i4", "?"))


def leaf(register: int, dtype: Any) -> Expression:
    return Expression("input", (register,), np.dtype(dtype))


def test_promotion_is_that_of_numpy() -> None:
    pairs = list(itertools.product("?bhilBIef d".replace(" ", ""), repeat=2))
    for name in ("add", "multiply", "true_divide", "maximum", "less", "arctan2"):
        for a, b in pairs:
            expression = combine(name, (leaf(0, a), leaf(1, b)))
            if expression is not None:
                assert expression.dtype == getattr(np, name)(np.ones(1, a), np.ones(1, b)).dtype, (name, a, b)


@pytest.mark.parametrize("number", [2, 2.5, True, np.float32(2), np.float64(2)])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "i4", "u1"])
def test_numbers_widen_as_in_numpy(number: Any, dtype: str) -> None:
    expression = combine("subtract", (leaf(0, dtype), number))
    assert expression is not None
    assert expression.dtype == (np.ones(1, dtype) - number).dtype
    assert choose(leaf(1, "?"), leaf(0, dtype), number).dtype == np.where(True, np.ones(1, dtype), number).dtype


@pytest.mark.parametrize(("name", "kinds"), [("bitwise_and", (F4, F4)), ("exp", (np.dtype("c8"),)), ("gcd", (I4, I4))])
def test_what_no_kernel_takes_is_left(name: str, kinds: tuple[Any, ...]) -> None:
    assert computed_in(name, kinds) is None


def test_what_is_shared_is_computed_once() -> None:
    x = leaf(3, "f4")
    e = combine("exp", (x,))
    text = write([combine("multiply", (e, e)), combine("add", (e, 1.5))])  # type: ignore[list-item]
    assert (text.inputs, text.input_dtypes) == ((3,), (F4,))
    assert (text.numbers, text.number_dtypes) == ((1.5,), (F4,))
    assert text.statements.count("exp(") == 1
    assert len(text.results) == 2


def test_long_chains_need_no_recursion() -> None:
    x = leaf(0, "f4")
    for _ in range(5000):
        x = combine("add", (x, 1.0))  # type: ignore[assignment]
    assert len(write([x]).numbers) == 5000


def test_numbers_are_rounded_to_their_dtype() -> None:
    assert scalar(0.1, F4) == np.float32(0.1)
    assert type(scalar(3, F8)) is np.float64


# --- NVIDIA's compiler ---


def nvrtc() -> tuple[ctypes.CDLL, list[str]]:
    """Return the library of NVRTC and options that name headers; skip where one is missing."""
    cupy = importlib.util.find_spec("cupy")
    found = [
        Path(str(file.locate()))
        for name in ("nvidia-cuda-nvrtc", "nvidia-cuda-nvrtc-cu12")
        for file in _files(name)
        if file.name.startswith("libnvrtc.so")
    ]
    if cupy is None or cupy.origin is None or "stand_in" in cupy.origin or not found:
        pytest.skip("needs CuPy for its headers and the wheel of NVRTC: pip install 'catenary-cupy[cuda13]'")
    include = Path(cupy.origin).parent / "_core" / "include"
    headers = [include, found[0].parent.parent / "include"]
    return ctypes.CDLL(str(found[0])), [f"-I{folder}" for folder in headers]


def _files(distribution: str) -> Any:
    try:
        return importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def compiled(source: str) -> None:
    """Compile CUDA C++ for compute capability 9.0; fail with the log."""
    library, headers = nvrtc()
    program = ctypes.c_void_p()
    assert library.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"k.cu", 0, None, None) == 0
    options = [option.encode() for option in ("--gpu-architecture=compute_90", "--std=c++17", *headers)]
    status = library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    assert status == 0, log.value.decode()


def kernels() -> Iterator[str]:
    """Yield a function for each operation and combination of dtypes, as `cupy.ElementwiseKernel` would wrap it."""
    numbers = itertools.count()
    for name, char in itertools.product(sorted(TEXTS), sorted(SUPPORTED)):
        if name in ("where", "cast"):
            continue
        operands = 2 if "{1}" in TEXTS[name] else 1
        expression = combine(name, tuple(leaf(i, char) for i in range(operands)))
        if expression is not None:
            yield wrapped(f"k{next(numbers)}", expression)
    for a, b in itertools.permutations([F2, F4, F8, I4, B1], 2):
        yield wrapped(f"k{next(numbers)}", as_operand(leaf(0, a), b))
        yield wrapped(f"k{next(numbers)}", choose(leaf(0, "?"), leaf(1, a), leaf(2, b)))


def wrapped(name: str, expression: Expression) -> str:
    text = write([expression])
    arguments = [f"const {c_type(d)}* p{i}" for i, d in enumerate(text.input_dtypes)]
    arguments.append(f"{c_type(expression.dtype)}* q")
    reads = [f"const {c_type(d)} in{i} = p{i}[threadIdx.x];" for i, d in enumerate(text.input_dtypes)]
    body = "\n".join([*reads, text.statements, f"q[threadIdx.x] = {text.results[0]};"])
    return f'extern "C" __global__ void {name}({", ".join(arguments)}) {{\n{body}\n}}\n'


def test_every_operation_compiles() -> None:
    sources = list(kernels())
    assert len(sources) > 300
    compiled(HALF_HEADER + "\n" + "".join(sources))


@pytest.mark.parametrize("half", [False, True])
def test_the_kernel_over_groups_compiles(half: bool) -> None:
    p, g, m = leaf(0, "f2" if half else "f4"), leaf(1, "f2" if half else "f4"), leaf(2, "f4")
    new = combine("add", (combine("multiply", (m, 0.9)), g))
    assert new is not None
    step = combine("subtract", (p, combine("multiply", (new, 1e-3))))
    assert step is not None
    text = write([as_operand(step, p.dtype), as_operand(new, m.dtype)])
    dtypes = (p.dtype, g.dtype, m.dtype)
    compiled(
        groups.source_of(groups.Work(dtypes, text.inputs, text.number_dtypes, (0, 2), text.statements, text.results))
    )


def test_the_random_generator_compiles() -> None:
    draws = "".join(
        f"__global__ void draw{n}({c_type(np.dtype(dtype))}* out, unsigned long long offset) {{\n"
        f"{c_type(np.dtype(dtype))}& y = out[threadIdx.x];\nunsigned int c[4];\n"
        f"catenary_philox(offset + threadIdx.x, 1u, 2u, c);\n{text}\n}}\n"
        for n, ((_, dtype), text) in enumerate(DRAWS.items())
    )
    compiled(PHILOX + draws)
