"""One kernel over many groups of arrays: the step of an optimizer on all parameters at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from catenary.device import device_of
from catenary.device.repeating import is_recording, refuse_recording
from catenary.errors import RecordingError
from catenary.types import Array
from catenary_cupy.capture import per_step
from catenary_cupy.fusion.expressions import HALF, DTypeOf, as_operand
from catenary_cupy.fusion.kernels import HALF_HEADER, KEPT, Text, c_type, compile_error, scalar, warn_of, write
from catenary_cupy.fusion.module import TracedModule
from catenary_cupy.fusion.traced import Untraceable
from catenary_cupy.fusion.traces import noting

#: Elements for one block of threads, and threads in a block.
CHUNK, THREADS = 8192, 256
Groups = Sequence[Sequence[Array]]


def run_together(function: Callable[..., object], groups: Groups) -> None:
    """Call an elementwise function with each group of arrays, which it changes in place: all of them by one kernel.

    Args:
        function: Gets `xp` and the arrays of a group.
        groups: The groups; all have arrays of the same dtypes in the same places.
    """
    dense = [group for group in groups if _same_memory_order(group)]
    _run_apart(function, [group for group in groups if not _same_memory_order(group)])
    if not dense:
        return
    try:
        _Traced(function, dense[0]).launch(dense)
    except Untraceable:
        _run_apart(function, dense)


def _run_apart(function: Callable[..., object], groups: Groups) -> None:
    """Call a function with each group of arrays as it is."""
    if groups:
        refuse_recording("a step of an optimizer is not one kernel, and takes numbers from the host")
    for group in groups:
        function(device_of(group[0]).xp, *group)


def _same_memory_order(group: Sequence[Array]) -> bool:
    """Return whether the arrays of a group lie in memory without gaps, and in the same order."""
    if all(a.flags.c_contiguous for a in group):
        return True
    steps = {tuple(stride // a.itemsize for stride in a.strides) for a in group}
    return len(steps) == 1 and _is_dense(group[0])


def _is_dense(array: Array) -> bool:
    expected = array.itemsize
    for stride, length in sorted(zip(array.strides, array.shape)):
        if length > 1 and stride != expected:
            return False
        expected *= length
    return True


class _Traced:
    """A function of a group, as text.

    Args:
        function: The function.
        group: Arrays to call it with; they are not touched.
    """

    def __init__(self, function: Callable[..., object], group: Sequence[Array]) -> None:
        self._function, self._group = function, group
        self._device = device_of(group[0])
        self.text, self._written = self._trace()

    def _trace(self) -> tuple[Text, tuple[int, ...]]:
        with noting(self._device) as noted:
            leaves = [noted.enter(array) for array in self._group]
            self._function(TracedModule(self._device.xp), *leaves)
        if noted.steps:
            raise Untraceable("a step of an optimizer does more than elementwise work")
        expressions = [as_operand(one.expression, one.dtype) for one in noted.changed.values()]
        return write(expressions), tuple(noted.changed)

    def launch(self, groups: Groups) -> None:
        """Run the kernel over all groups.

        Raises:
            Untraceable: If there is no such kernel; then nothing was done.
        """
        text, arrays = self.text, len(self._group)
        dtypes = tuple(a.dtype for a in self._group)
        work = Work(dtypes, text.inputs, text.number_dtypes, self._written, text.statements, text.results)
        kernel = _kernel(work)
        if kernel is None:
            raise Untraceable("the kernel for a step of an optimizer does not compile")
        blocks = _blocks(self._device, tuple(group[0].size for group in groups))
        if not len(blocks):
            return
        numbers = len(text.numbers)
        words = np.zeros(numbers + len(groups) * (arrays + 1), np.uint64)
        table = words[numbers:].reshape(len(groups), arrays + 1)
        for row, group in zip(table, groups):
            row[0] = group[0].size
            row[1:] = [array.data.ptr for array in group]
        first = [text]

        def compute() -> np.ndarray[Any, Any]:
            current = first.pop() if first else self._trace()[0]
            if current[1:2] + current[3:] != text[1:2] + text[3:]:
                raise RecordingError("the step of an optimizer does other work than when it was recorded")
            for i, (value, dtype) in enumerate(zip(current.numbers, current.number_dtypes, strict=True)):
                words[i : i + 1].view(_wide(dtype))[0] = scalar(value, _wide(dtype))
            return words

        on_device = per_step(self._device, words.shape, words.dtype, compute)
        kernel((len(blocks),), (THREADS,), (blocks, on_device))


def _wide(dtype: DTypeOf) -> DTypeOf:
    """Return the dtype of eight bytes in which a number is passed."""
    return np.dtype({"f": "f8", "u": "u8"}.get(dtype.kind, "i8"))


def _blocks(device: Any, sizes: tuple[int, ...]) -> Any:
    """Return, for each block of threads, the number of its group and where in it the block begins."""
    if is_recording():
        rows = _rows(sizes)
        return per_step(device, rows.shape, rows.dtype, lambda: rows)
    return _kept_blocks(device, sizes)


@lru_cache(64)
def _kept_blocks(device: Any, sizes: tuple[int, ...]) -> Any:
    return device.xp.asarray(_rows(sizes))


@lru_cache(64)
def _rows(sizes: tuple[int, ...]) -> np.ndarray[Any, Any]:
    rows = [(group, start) for group, size in enumerate(sizes) for start in range(0, size, CHUNK)]
    return np.array(rows, np.int64).reshape(-1, 2)


class Work(NamedTuple):
    """What a kernel over groups does.

    Attributes:
        dtypes: Of the arrays of a group.
        inputs: Which of them are read.
        numbers: The dtypes of the numbers.
        written: Which of the arrays are written.
        statements: What computes the results.
        results: The variables with the results.
    """

    dtypes: tuple[DTypeOf, ...]
    inputs: tuple[int, ...]
    numbers: tuple[DTypeOf, ...]
    written: tuple[int, ...]
    statements: str
    results: tuple[str, ...]


@lru_cache(KEPT)
def _kernel(work: Work) -> Any:
    import cupy

    kernel = cupy.RawKernel(source_of(work), "catenary_groups")
    try:
        kernel.compile()
    except compile_error() as error:
        warn_of(error)
        return None
    return kernel


def source_of(work: Work) -> str:
    """Return the text of the kernel over groups.

    Its arguments are what `_rows` returns, and words: the numbers, and then for each group its size and addresses.
    """
    dtypes, numbers = work.dtypes, work.numbers
    used = sorted({*work.inputs, *work.written})
    arrays = [f"{c_type(dtypes[i])}* const a{i} = reinterpret_cast<{c_type(dtypes[i])}*>(row[{i + 1}]);" for i in used]
    values = [
        f"const {c_type(d)} number{i} = static_cast<{c_type(d)}>"
        f"(reinterpret_cast<const {c_type(_wide(d))}*>(words)[{i}]);"
        for i, d in enumerate(numbers)
    ]
    reads = [f"const {c_type(dtypes[r])} in{i} = a{r}[i];" for i, r in enumerate(work.inputs)]
    writes = [f"a{r}[i] = {result};" for r, result in zip(work.written, work.results)]
    lines = [
        HALF_HEADER if HALF in dtypes else "",
        'extern "C" __global__ void catenary_groups(const long long* blocks, const unsigned long long* words) {',
        "const long long group = blocks[2 * blockIdx.x], start = blocks[2 * blockIdx.x + 1];",
        f"const unsigned long long* row = words + {len(numbers)} + group * {len(dtypes) + 1};",
        f"const long long size = row[0], end = start + {CHUNK} < size ? start + {CHUNK} : size;",
        *arrays,
        *values,
        "for (long long i = start + threadIdx.x; i < end; i += blockDim.x) {",
        *reads,
        work.statements,
        *writes,
        "}",
        "}",
    ]
    return "\n".join(lines)
