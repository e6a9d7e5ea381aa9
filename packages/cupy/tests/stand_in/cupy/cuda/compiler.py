"""Errors of the compiler."""

from cupy_stand_in.kernels.compiler import CompileException as CompileException
