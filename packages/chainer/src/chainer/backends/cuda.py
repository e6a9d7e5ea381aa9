"""CUDA through CuPy, by way of the device plugin; without a GPU, arrays stay on the host and kernels fail when used."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import numpy as np

import catenary
from catenary import Variable, get_array_module as get_array_module
from catenary.errors import DeviceNotFoundError

_workspace = [8 * 1024 * 1024]


class _Missing:
    """Stands for CuPy or a class of it where it is not installed: names are there, and fail when they are used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        check_cuda_available(self._name)


def _import_cupy() -> Any:
    try:
        cupy = importlib.import_module("cupy")
        return cupy if cupy.is_available() else _Missing("cupy")
    except ImportError:
        return _Missing("cupy")


class _NoArray:
    """The class of CuPy's arrays where there are none."""


class DummyDeviceType:
    """The host, as code for GPUs sees it: a device with the number -1."""

    id = -1

    def __int__(self) -> int:
        return -1

    def __enter__(self) -> DummyDeviceType:
        return self

    def __exit__(self, *args: Any) -> None:
        pass

    def use(self) -> None:
        """Do nothing: the host is always there."""

    def synchronize(self) -> None:
        """Do nothing: the host has finished."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DummyDeviceType)

    def __hash__(self) -> int:
        return hash(-1)


DummyDevice = DummyDeviceType()


class _NoStream:
    """Stands for CuPy's streams and events where there is no GPU; it does nothing.

    Args:
        args: What `cupy.cuda.Stream` takes.
        kwargs: The same, by name.
    """

    null: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def synchronize(self) -> None:
        """Do nothing: the host has finished."""


def check_cuda_available(what: str = "chainer.backends.cuda") -> None:
    """Say what is missing if there is no GPU to be used.

    Args:
        what: What needs one, for the message.

    Raises:
        DeviceNotFoundError: If there is none.
    """
    if not available:
        try:
            catenary.get_device("@cupy:0")
        except DeviceNotFoundError as error:
            raise DeviceNotFoundError(f"{what}: {error}") from None


def get_device(*args: Any) -> Any:
    """Return the device of the first argument that has one: a number, an array or a device.

    Args:
        args: Numbers of GPUs, arrays, devices; None and negative numbers mean none.
    """
    for arg in args:
        if isinstance(arg, bool | None):
            continue
        if isinstance(arg, int | np.integer):
            return get_device_from_id(int(arg)) if arg >= 0 else DummyDevice
        if isinstance(arg, Variable) or hasattr(arg, "shape"):
            device = get_device_from_array(arg)
        else:
            device = arg
        if device is not DummyDevice:
            return device
    return DummyDevice


def get_device_from_id(device_id: int | None) -> Any:
    """Return a GPU by its number.

    Args:
        device_id: The number; the host for None and negative ones.

    Raises:
        DeviceNotFoundError: If there is no such GPU.
    """
    if device_id is None or device_id < 0:
        return DummyDevice
    return catenary.get_device(int(device_id))


def get_device_from_array(*arrays: Any) -> Any:
    """Return the device of the first array that lives on a GPU, else the host with the number -1.

    Args:
        arrays: Arrays or Variables.
    """
    for array in arrays:
        device = catenary.get_device_from_array(array)
        if device.xp is not np:
            return device
    return DummyDevice


def to_gpu(array: Any, device: Any = None, stream: Any = None) -> Any:
    """Return an array, or what holds arrays, on a GPU.

    Args:
        array: An array, or lists, tuples and dicts of them.
        device: The GPU, or its number; the current one by default.
        stream: Unused; transfers are ordered.

    Raises:
        DeviceNotFoundError: If there is no GPU.
    """
    if device is None or int(device) < 0:
        device = cupy.cuda.Device() if available else 0
    return catenary.get_device(int(device)).send(array)


def to_cpu(array: Any, stream: Any = None) -> Any:
    """Return an array, or what holds arrays, on the host.

    Args:
        array: An array, or lists, tuples and dicts of them.
        stream: Unused; transfers are ordered.
    """
    return catenary.get_device("@numpy").send(array)


def copy(array: Any, out: Any = None, out_device: Any = None, stream: Any = None) -> Any:
    """Return a copy of an array, or fill another one.

    Args:
        array: The array.
        out: What to fill instead.
        out_device: Where the copy is to be made.
        stream: Unused; transfers are ordered.
    """
    if out is not None:
        out[...] = catenary.get_device_from_array(out).send(array)
        return out
    return array.copy() if out_device is None else catenary.get_device(out_device).send(array.copy())


def memoize(for_each_device: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep the results of a function for arguments that it has had.

    Args:
        for_each_device: Whether each GPU has results of its own.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        kept = functools.cache(lambda device, *args, **kwargs: function(*args, **kwargs))
        _memos.append(kept)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return kept(cupy.cuda.Device().id if for_each_device and available else None, *args, **kwargs)

        return call

    return decorate


_memos: list[Any] = []


def clear_memo() -> None:
    """Forget what `memoize` has kept."""
    for kept in _memos:
        kept.cache_clear()


@functools.cache
def _kernel(kind: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> Any:
    @functools.cache
    def make() -> Any:
        check_cuda_available(f"cuda.{kind}")
        kernel = {"elementwise": "ElementwiseKernel", "reduce": "ReductionKernel", "raw": "RawKernel"}[kind]
        return getattr(cupy, kernel)(*args, **dict(kwargs))

    return lambda *arrays, **options: make()(*arrays, **options)


def elementwise(in_params: str, out_params: str, operation: str, name: str, **kwargs: Any) -> Any:
    """Return a kernel for each element; it is compiled, and needs a GPU, when it is called.

    Args:
        in_params: The inputs, in CuPy's words.
        out_params: The outputs.
        operation: The code.
        name: The name.
        kwargs: Other arguments of `cupy.ElementwiseKernel`.
    """
    return _kernel("elementwise", (in_params, out_params, operation, name), tuple(kwargs.items()))


def reduce(
    in_params: str,
    out_params: str,
    map_expr: str,
    reduce_expr: str,
    post_map_expr: str,
    identity: Any,
    name: str,
    **kwargs: Any,
) -> Any:
    """Return a kernel that reduces axes; it is compiled, and needs a GPU, when it is called.

    Args:
        in_params: The inputs, in CuPy's words.
        out_params: The outputs.
        map_expr: What is reduced.
        reduce_expr: How two are made one.
        post_map_expr: What is done with the result.
        identity: The beginning.
        name: The name.
        kwargs: Other arguments of `cupy.ReductionKernel`.
    """
    args = (in_params, out_params, map_expr, reduce_expr, post_map_expr, identity, name)
    return _kernel("reduce", args, tuple(kwargs.items()))


def raw(code: str, name: str, *args: Any, **kwargs: Any) -> Any:
    """Return a kernel by its source; it is compiled, and needs a GPU, when it is called.

    Args:
        code: The source.
        name: The name of the kernel in it.
        args: Other arguments of `cupy.RawKernel`.
        kwargs: Other arguments of `cupy.RawKernel` by name.
    """
    return _kernel("raw", (code, name, *args), tuple(kwargs.items()))


def fuse(*args: Any, **kwargs: Any) -> Any:
    """Return the function as it is, or a decorator that does; CuPy fuses on its own terms."""
    return args[0] if args and callable(args[0]) else (lambda function: function)


def get_max_workspace_size() -> int:
    """Return the number that `set_max_workspace_size` was given, in bytes."""
    return _workspace[0]


def set_max_workspace_size(size: int) -> None:
    """Keep a number of bytes; the device plugin decides by itself.

    Args:
        size: The number of bytes.
    """
    _workspace[0] = int(size)


def should_use_cudnn(level: str, lowest_version: int = 0) -> bool:
    """Return False: which kernels run is up to the device plugin.

    Args:
        level: Unused.
        lowest_version: Unused.
    """
    return False


def should_use_cudnn_tensor_core(dtype: Any) -> bool:
    """Return False: which kernels run is up to the device plugin.

    Args:
        dtype: Unused.
    """
    return False


def init(device: Any = None) -> None:
    """Do nothing; devices are opened when they are used.

    Args:
        device: Unused.
    """


def using_cumisc(handle: Any = None) -> Any:
    """Return a context that does nothing.

    Args:
        handle: Unused.
    """
    return nullcontext()


cupy: Any = _import_cupy()
available = isinstance(cupy, ModuleType)
cudnn_enabled = False
ndarray: Any = cupy.ndarray if available else _NoArray
Device: Any = cupy.cuda.Device if available else DummyDeviceType
Stream: Any = cupy.cuda.Stream if available else _NoStream
Event: Any = cupy.cuda.Event if available else _NoStream


class _Gpus(type):
    """The class of `GpuDevice`: devices of the plugin count as its objects."""

    def __instancecheck__(cls, device: Any) -> bool:
        return isinstance(device, catenary.Device) and device.kind == "cupy"


class GpuDevice(metaclass=_Gpus):
    """The devices of CuPy: `isinstance` tells them, and `from_device_id` opens one.

    Args:
        device: A number, or a device of CuPy.
    """

    def __new__(cls, device: Any) -> Any:
        return catenary.get_device(int(device))

    @staticmethod
    def from_device_id(device_id: int) -> Any:
        """Return a GPU by its number.

        Args:
            device_id: The number.

        Raises:
            DeviceNotFoundError: If there is no such GPU.
        """
        return catenary.get_device(int(device_id))

    @staticmethod
    def from_array(array: Any) -> Any:
        """Return the GPU of an array, None for arrays of the host.

        Args:
            array: The array.
        """
        device = get_device_from_array(array)
        return None if device is DummyDevice else device


#: Functions of Chainer 1.0 to 1.4 that made arrays, and the libraries of CUDA that were here.
MOVED_TO_CUPY = (
    *("empty", "empty_like", "full", "full_like", "ones", "ones_like", "zeros", "zeros_like"),
    *("cublas", "cudnn", "curand"),
)


def __getattr__(name: str) -> Any:
    where = f"; use chainer.cuda.cupy.{name}" if name in MOVED_TO_CUPY else ""
    raise AttributeError(f"module 'chainer.cuda' has no attribute {name!r}{where}")
