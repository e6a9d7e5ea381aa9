"""Marks for tests that need a device: they are skipped where it is missing, and `pytest -m` can choose by them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from chainer.backends import cuda


def marked(name: str, test: Any, *args: Any) -> Any:
    """Return a test with a mark; as it is, where pytest is strict and the mark is not registered.

    Args:
        name: The name of the mark.
        test: The function or class.
        args: Arguments of the mark.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pytest.PytestUnknownMarkWarning)
            mark = getattr(pytest.mark, name)
    except pytest.fail.Exception:
        return test
    return mark(*args)(test) if args else mark(test)


def multi_gpu(gpu_num: int) -> Callable[[Any], Any]:
    """Return a decorator for tests that need several GPUs: marks `multi_gpu` and `gpu`.

    The environment variable CHAINER_TEST_GPU_LIMIT says how many may be used, where it is set.

    Args:
        gpu_num: How many GPUs.
    """

    def decorate(test: Any) -> Any:
        skip = pytest.mark.skipif(_gpus() < gpu_num, reason=f"needs {gpu_num} GPU(s), found {_gpus()}")
        return skip(marked("gpu", marked("multi_gpu", test, gpu_num) if gpu_num > 1 else test))

    return decorate


def _gpus() -> int:
    found = cuda.cupy.cuda.runtime.getDeviceCount() if cuda.available else 0
    limit = int(os.environ.get("CHAINER_TEST_GPU_LIMIT", "-1"))
    return found if limit < 0 else min(found, limit)


def gpu(f: Any) -> Any:
    """Mark a test that needs a GPU: mark `gpu`.

    Args:
        f: The test, a function or a class.
    """
    return multi_gpu(1)(f)


def cudnn(f: Any) -> Any:
    """Mark a test that needs cuDNN: marks `cudnn` and `gpu`.

    Args:
        f: The test, a function or a class.
    """
    return gpu(marked("cudnn", f))


def slow(f: Any) -> Any:
    """Mark a test that takes long: mark `slow`.

    Args:
        f: The test, a function or a class.
    """
    return marked("slow", f)


def ideep(f: Any) -> Any:
    """Skip a test that needs iDeep: mark `ideep`.

    Args:
        f: The test, a function or a class.
    """
    return pytest.mark.skip(reason="iDeep is no longer maintained")(marked("ideep", f))


def chainerx(f: Any) -> Any:
    """Skip a test that needs ChainerX: mark `chainerx`.

    Args:
        f: The test, a function or a class.
    """
    return pytest.mark.skip(reason="ChainerX is no longer maintained")(marked("chainerx", f))
