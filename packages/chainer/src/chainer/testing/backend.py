"""Devices and settings to run tests with."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import catenary
import chainer
from catenary.errors import ArgumentError
from chainer.backends import cuda
from chainer.testing import attr
from chainer.testing._bundle import spread, tests_of, with_argument

DEFAULTS: dict[str, Any] = {
    "use_chainerx": False,
    "chainerx_device": None,
    "use_cuda": False,
    "cuda_device": None,
    "use_cudnn": "never",
    "cudnn_deterministic": False,
    "autotune": False,
    "cudnn_fast_batch_normalization": False,
    "use_ideep": "never",
}
#: Those that are settings, too.
SETTINGS = ("use_cudnn", "cudnn_deterministic", "autotune", "cudnn_fast_batch_normalization", "use_ideep")


class BackendConfig:
    """A device and settings; a context in which they are current.

    Args:
        params: From names to values: `use_cuda`, `cuda_device`, `use_cudnn`, `use_ideep`, `use_chainerx`, ... Those
            that are not given have the values of a plain computation on the host.

    Example:
        >>> import numpy as np
        >>> from chainer.testing import BackendConfig
        >>> with BackendConfig({}) as config:
        ...     config.xp is np
        True
    """

    use_cuda: bool
    cuda_device: int | None
    use_chainerx: bool
    use_ideep: str
    use_cudnn: str

    def __init__(self, params: dict[str, Any]) -> None:
        if unknown := params.keys() - DEFAULTS.keys():
            raise ArgumentError(f"BackendConfig: there is no {sorted(unknown)}; there are {sorted(DEFAULTS)}")
        vars(self).update(DEFAULTS | params)
        if self.use_cuda and self.cuda_device is None:
            self.cuda_device = 0
        self._stack = contextlib.ExitStack()

    @property
    def device(self) -> Any:
        """The device."""
        if self.use_chainerx:
            return chainer.backend.ChainerxDevice()
        return cuda.GpuDevice.from_device_id(self.cuda_device or 0) if self.use_cuda else catenary.get_device("@numpy")

    @property
    def xp(self) -> Any:
        """The array module of the device."""
        return self.device.xp

    def get_array(self, np_array: Any) -> Any:
        """Return an array on the device.

        Args:
            np_array: The array; None is passed over.
        """
        return None if np_array is None else self.device.send(np_array)

    def get_func_str(self) -> str:
        """Return what differs from a plain computation on the host, as a part of a name."""
        differ = [f"{name}_{getattr(self, name)}" for name in DEFAULTS if getattr(self, name) != DEFAULTS[name]]
        return "__".join(differ).lower() or "cpu"

    def get_pytest_marks(self) -> list[Callable[[Any], Any]]:
        """Return decorators that mark tests for this device, and skip them where it is missing."""
        needs = {
            attr.multi_gpu((self.cuda_device or 0) + 1): self.use_cuda,
            attr.cudnn: self.use_cuda and self.use_cudnn != "never",
            attr.ideep: self.use_ideep != "never",
            attr.chainerx: self.use_chainerx,
        }
        return [mark for mark, needed in needs.items() if needed]

    def __enter__(self) -> Self:
        self._stack.enter_context(chainer.using_device(self.device))
        for name in SETTINGS:
            self._stack.enter_context(chainer.using_config(name, getattr(self, name)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __repr__(self) -> str:
        return f"<BackendConfig {' '.join(f'{name}={getattr(self, name)!r}' for name in DEFAULTS)}>"


def inject_backend_tests(method_names: Sequence[str] | None, params: Sequence[dict[str, Any]]) -> Callable[[type], Any]:
    """Return a decorator that makes a class of tests for each device; the tests get it as their first argument.

    Args:
        method_names: Which tests get it; those with an argument `backend_config` by default. The others run once.
        params: What `BackendConfig` takes, for each class.

    Raises:
        ArgumentError: If the class has no such test.
    """

    def make(base: type) -> Iterator[tuple[str, dict[str, Any]]]:
        tests = tests_of(base)
        if method_names is None:
            chosen = [name for name, test in tests.items() if "backend_config" in inspect.signature(test).parameters]
        else:
            chosen = list(method_names)
        if missing := [name for name in chosen if not hasattr(base, name)]:
            raise ArgumentError(f"inject_backend_tests: {base.__name__} has no {missing}")
        for i, param in enumerate(params):
            config = BackendConfig(param)
            members: dict[str, Any] = {} if i == 0 else dict.fromkeys(tests.keys() - set(chosen))
            for name in chosen:
                members[name] = with_argument(getattr(base, name), config)
                for mark in config.get_pytest_marks():
                    members[name] = mark(members[name])
            yield f"_{config.get_func_str()}", members

    return spread(make)
