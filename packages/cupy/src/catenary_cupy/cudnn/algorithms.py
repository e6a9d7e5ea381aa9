"""Which algorithm a convolution uses: what cuDNN deems the best, or what was measured, within limits.

The limits are the bytes of its workspace and, with the setting `deterministic`, that it gives the same result each
time. What fails is not tried again; the next one is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from catenary.config import settings
from catenary.functions.kernels import Grid
from catenary.types import Array
from catenary_cupy.cudnn import descriptors, handle
from catenary_cupy.cudnn.descriptors import FMA_MATH, KEPT, scalars
from catenary_cupy.cudnn.handle import Handle
from catenary_cupy.cudnn.layouts import Layout, address, layout
from catenary_cupy.cudnn.library import Owned, RefusedError, load, result
from catenary_cupy.cudnn.prototypes import Performance, integer, size

VARIABLE = "CATENARY_CUDNN_AUTOTUNE"
#: The directions: two arrays go in and one comes out. They are images and filters, images and results, and so on.
FORWARD, BACKWARD_DATA, BACKWARD_FILTER = "Forward", "BackwardData", "BackwardFilter"
#: Which of the three arrays are filters.
FILTERS = {FORWARD: 1, BACKWARD_DATA: 0, BACKWARD_FILTER: 2}
#: As many algorithms as there are in any direction, and more.
MOST = 16


class Algorithm(NamedTuple):
    """An algorithm that is within the limits.

    Attributes:
        number: Its number.
        memory: How many bytes of workspace it needs.
        arithmetic: Its kind of arithmetic.
    """

    number: int
    memory: int
    arithmetic: int


class Problem(NamedTuple):
    """A convolution of which algorithms are known.

    Attributes:
        kind: The direction.
        layouts: Those of the three arrays.
        grid: Where the windows lie.
        groups: The number of groups.
        arithmetic: The kind of arithmetic that is wanted.
        limit: How many bytes its workspace may have.
        deterministic: Whether it must give the same result each time.
        device: The number of the GPU.
    """

    kind: str
    layouts: tuple[Layout, Layout, Layout]
    grid: Grid
    groups: int
    arithmetic: int
    limit: int
    deterministic: bool
    device: int

    @property
    def description(self) -> str:
        """What is computed from what, for messages."""
        shapes = ", ".join(str(one.shape) for one in self.layouts)
        which = " that gives the same result each time" if self.deterministic else ""
        return f"Convolution{self.kind} of {shapes} in {self.layouts[0].dtype}{which} with {self.limit} bytes is left"

    @property
    def descriptors(self) -> list[Owned]:
        """Those of the three arrays."""
        of_filters = FILTERS[self.kind]
        makers = [descriptors.filters if i == of_filters else descriptors.tensor for i in range(3)]
        return [make(array) for make, array in zip(makers, self.layouts)]

    def convolution(self, arithmetic: int) -> Owned:
        """Return the descriptor of the convolution.

        Args:
            arithmetic: Its kind of arithmetic.
        """
        return descriptors.convolution(self.grid, self.groups, self.layouts[0].dtype, arithmetic)

    def within_limits(self, found: Sequence[Performance]) -> list[Algorithm]:
        """Return the algorithms that may be used, in the order in which they stand.

        Args:
            found: What cuDNN says.
        """
        usable = (one for one in found if one.status == 0 and (one.determinism or not self.deterministic))
        algorithms = map(self._with_arithmetic, usable)
        return [one for one in algorithms if one is not None and one.memory <= self.limit]

    def _with_arithmetic(self, found: Performance) -> Algorithm | None:
        """Return an algorithm with its arithmetic: without TF32 where float32 is to be exact; None if it has none."""
        if self.arithmetic != FMA_MATH or found.math == FMA_MATH:
            return Algorithm(found.algorithm, found.memory, found.math)
        (a, b, c), conv = self.descriptors, self.convolution(FMA_MATH)
        ask = getattr(load(), f"GetConvolution{self.kind}WorkspaceSize")
        try:
            memory = result(ask, size, handle.current(), a, b, conv, c, found.algorithm)
        except RefusedError:
            return None
        return Algorithm(found.algorithm, memory, FMA_MATH)


class Choice:
    """The algorithms for a problem, the best first.

    Args:
        problem: The problem; its GPU is the current one.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._descriptors = problem.descriptors
        self._is_measured = False
        self._reason = ""
        (a, b, c), conv = self._descriptors, problem.convolution(problem.arithmetic)
        ask = getattr(load(), f"GetConvolution{problem.kind}Algorithm_v7")
        self._algorithms = self._listed(ask, handle.current(), a, b, conv, c)

    def _listed(self, ask: Any, *arguments: Any, space: tuple[int, int] | None = None) -> list[Algorithm]:
        found, number = (Performance * MOST)(), integer()
        ask(*arguments, MOST, number, found, *(space or ()))
        return self._problem.within_limits(found[: number.value])

    def run(self, run_by: Handle, arrays: tuple[Array, Array, Array]) -> None:
        """Compute the third array from the first two.

        Args:
            run_by: The handle.
            arrays: The three arrays.

        Raises:
            RefusedError: If no algorithm is left.
        """
        if os.environ.get(VARIABLE) == "1" and not self._is_measured:
            self._measure(run_by, arrays)
        while self._algorithms:
            best = self._algorithms[0]
            try:
                self._run(best, run_by, arrays)
            except (RefusedError, MemoryError) as error:
                self._reason = f" ({error})"
                self._algorithms = [one for one in self._algorithms if one is not best]
            else:
                return
        raise RefusedError(f"no algorithm for {self._problem.description}{self._reason}")

    def _run(self, algorithm: Algorithm, run_by: Handle, arrays: tuple[Array, Array, Array]) -> None:
        (a, b, c), (x, y, z) = self._descriptors, map(address, arrays)
        one, zero = scalars(self._problem.layouts[0].dtype)
        conv, memory = self._problem.convolution(algorithm.arithmetic), algorithm.memory
        run = getattr(load(), f"Convolution{self._problem.kind}")
        run(run_by, one, a, x, b, y, conv, algorithm.number, run_by.workspace(memory), memory, zero, c, z)

    def _measure(self, run_by: Handle, arrays: tuple[Array, Array, Array]) -> None:
        """Order the algorithms by the time that they take."""
        self._is_measured = True
        (a, b, c), (x, y, z) = self._descriptors, map(address, arrays)
        conv = self._problem.convolution(self._problem.arithmetic)
        memory = max((one.memory for one in self._algorithms), default=0)
        find = getattr(load(), f"FindConvolution{self._problem.kind}AlgorithmEx")
        try:
            space = run_by.workspace(memory), memory
            found = self._listed(find, run_by, a, x, b, y, conv, c, z, space=space)
        except (RefusedError, MemoryError):
            return
        self._algorithms = found or self._algorithms


@lru_cache(KEPT)
def _choice(problem: Problem) -> Choice:
    return Choice(problem)


def run(kind: str, grid: Grid, groups: int, *arrays: Array) -> None:
    """Compute the third of three arrays of a convolution.

    Args:
        kind: The direction, which says what they are.
        grid: Where the windows lie; as many as cuDNN finds.
        groups: The number of groups.
        arrays: The arrays, dense.

    Raises:
        RefusedError: If cuDNN has no algorithm for it.
    """
    by = handle.current()
    a, b, c = arrays
    layouts = layout(a), layout(b), layout(c)
    limits = handle.workspace_limit(), bool(settings.deterministic), by.device
    problem = Problem(kind, layouts, grid, groups, descriptors.math_type(layouts[0].dtype), *limits)
    _choice(problem).run(by, (a, b, c))
