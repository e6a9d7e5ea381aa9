"""Small things that Chainer has at its top level: versions, debug mode, dtypes, the static graph."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from typing import Any, TextIO

import numpy as np

import catenary
from catenary import get_array_module
from chainer.configuration import _Mixed16, config

disable_experimental_feature_warning = False


class DebugMode:
    """A context in which debug mode is on or off.

    Args:
        debug: Whether it is on.
    """

    def __init__(self, debug: bool) -> None:
        self._context = catenary.using_config("debug", debug)

    def __enter__(self) -> None:
        self._context.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._context.__exit__(*error)


def get_dtype(dtype: Any = None, map_mixed16: Any = None) -> np.dtype[Any]:
    """Return a dtype, or that of the settings.

    Args:
        dtype: A dtype, `mixed16`, or None for the one of the settings.
        map_mixed16: What to take for `mixed16`; float16 by default.
    """
    given = config.dtype if dtype is None else dtype
    if isinstance(given, _Mixed16):
        given = given.dtype if map_mixed16 is None else map_mixed16
    found: np.dtype[Any] = np.dtype(given)
    return found


def get_compute_mode() -> None:
    """Return None: kernels choose their precision from their arrays."""


def get_array_types() -> tuple[type, ...]:
    """Return the classes of arrays: NumPy's, and those of opened devices."""
    cupy = sys.modules.get("cupy")
    return (np.ndarray,) if cupy is None else (np.ndarray, cupy.ndarray)


def get_cpu_array_types() -> tuple[type, ...]:
    """Return the classes of arrays on the host."""
    return (np.ndarray,)


def is_arrays_compatible(arrays: Any) -> bool:
    """Return whether arrays can be used together: all on the host, or all on one kind of device.

    Args:
        arrays: The arrays; None among them is passed over.
    """
    return len({get_array_module(array).__name__ for array in arrays if array is not None}) <= 1


def static_graph(*args: Any, **kwargs: Any) -> Any:
    """Return the function as it is: graphs are always made anew.

    Args:
        args: The function, or nothing where options are given.
        kwargs: Options of Chainer's static graph, without effect.
    """
    return args[0] if args and callable(args[0]) else (lambda function: function)


def static_code(*args: Any, **kwargs: Any) -> Any:
    """Return the function as it is: graphs are always made anew.

    Args:
        args: The function, or nothing where options are given.
        kwargs: Options, without effect.
    """
    return static_graph(*args, **kwargs)


def print_runtime_info(out: TextIO | None = None) -> None:
    """Print the versions of what is used.

    Args:
        out: Where to; the standard output by default.
    """
    versions = {"catenary-core": "Catenary", "numpy": "NumPy", "scipy": "SciPy", "cupy": "CuPy"}
    lines = [f"Platform: {platform.platform()}", f"Python: {platform.python_version()}", "Chainer: 7.8.1 (interface)"]
    for distribution, name in versions.items():
        try:
            lines.append(f"{name}: {importlib.metadata.version(distribution)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"{name}: Not Available")
    print(*lines, "ChainerX: Not Available", "iDeep: Not Available", sep="\n", file=out or sys.stdout)
