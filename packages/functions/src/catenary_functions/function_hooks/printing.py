"""A hook that prints what goes through each function."""

from __future__ import annotations

import sys
from typing import Any, TextIO

from catenary import FunctionHook

__all__ = ["PrintHook"]


class PrintHook(FunctionHook):
    """Prints each function with its inputs, and with the gradients that come back to it.

    Args:
        sep: What stands between the parts of a line; a blank if None.
        end: What ends a line.
        file: Where to print; standard output if None.
        flush: Whether the file is flushed after each line.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> from catenary.function_hooks import PrintHook
        >>> with PrintHook():
        ...     y = F.exp(np.zeros(2, np.float32))
        function exp
          input 0: (2,) float32, from 0 to 0
    """

    name = "PrintHook"

    def __init__(self, sep: str | None = None, end: str = "\n", file: TextIO | None = None, flush: bool = True) -> None:
        self.sep, self.end, self.file, self.flush = sep, end, file, flush

    def _print(self, *parts: str) -> None:
        print(*parts, sep=self.sep, end=self.end, file=self.file or sys.stdout, flush=self.flush)

    def _print_arrays(self, what: str, arrays: tuple[Any, ...]) -> None:
        for i, array in enumerate(arrays):
            if array is not None:
                self._print(f"  {what} {i}:", describe(array))

    def forward_preprocess(self, function: Any, in_data: tuple[Any, ...]) -> None:
        self._print("function", function.label)
        self._print_arrays("input", in_data)

    def backward_preprocess(self, function: Any, in_data: tuple[Any, ...], out_grad: tuple[Any, ...]) -> None:
        self._print("backward of function", function.label)
        self._print_arrays("gradient", out_grad)


def describe(array: Any) -> str:
    """Return shape, dtype and range of an array (or of a number)."""
    if not hasattr(array, "dtype"):
        return repr(array)
    text = f"{tuple(array.shape)} {array.dtype}"
    return f"{text}, from {float(array.min()):g} to {float(array.max()):g}" if array.size else text
