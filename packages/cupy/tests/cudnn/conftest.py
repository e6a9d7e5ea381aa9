"""cuDNN for the tests marked `gpu`: the real one on a GPU, the double where `cupy` is the stand-in.

PYTHONPATH=packages/cupy/tests/stand_in python -m pytest -m gpu packages/cupy/tests/cudnn
"""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import catenary.functions as F
from catenary.functions import kernels
from catenary.graph.function import forget_specialisation
from catenary.plugins import registry
from catenary.testing import open_gpu
from catenary_cupy.cudnn import algorithms, descriptors, handle, layers, library, normalization, plain

if str(FOLDER := Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(FOLDER))
Double = importlib.import_module("cudnn_double").Double

#: The functions that each module serves.
SERVED = {
    "convolution": ("convolution", "deconvolution", "filter_gradient"),
    "normalization": ("batch_normalization",),
    "pooling": ("max_pooling", "spread", "sum_pooling"),
    "probabilities": ("log_softmax", "softmax"),
    "recurrent": ("gru_layer", "lstm_layer", "rnn_layer"),
}


def is_stand_in(cupy: ModuleType) -> bool:
    return "stand_in" in Path(str(cupy.__file__)).parts


#: What was made by a library, or found out about one.
CACHES = (
    *(algorithms._choice, descriptors.convolution, descriptors.filters, descriptors.pooling, descriptors.tensor),
    *(handle._memory, handle.cupy, handle.is_usable, library._load, library.is_usable, normalization._sizes),
    *(layers._there, layers.layer, layers.places, layers.sequences, plain._warn),
)


def forget() -> None:
    """Empty all caches: what they hold belongs to another library."""
    for cache in CACHES:
        cache.cache_clear()
    handle._local.handles.clear()


@pytest.fixture
def fresh() -> Iterator[None]:
    """Nothing is known of any library, before and after."""
    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def served() -> None:
    """The functions are served by cuDNN, whatever else is installed."""
    for module, names in SERVED.items():
        bodies = importlib.import_module(f"catenary_cupy.cudnn.{module}")
        for name in names:
            registered = f"{name}@cupy:cudnn"
            if registered not in registry.names("implementations"):
                registry.register("implementations", registered, getattr(bodies, name.upper()))
            forget_specialisation(getattr(kernels, name, None) or getattr(F, name))


@pytest.fixture
def cupy(request: pytest.FixtureRequest, served: None, fresh: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """CuPy, with the double of cuDNN where it is the stand-in; no other plugin serves a function."""
    module = open_gpu().xp
    monkeypatch.setenv("CATENARY_DISABLE_IMPLEMENTATIONS", "fused")
    if is_stand_in(module):
        request.getfixturevalue("double")
    elif not library.is_usable():
        pytest.skip(library.describe())
    return module


@pytest.fixture
def double(served: None, fresh: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The double of cuDNN, which is loaded in place of the real one."""
    if not is_stand_in(open_gpu().xp):
        pytest.skip("the double computes on the host")
    made = Double()
    monkeypatch.setattr(library, "open_file", lambda path: made)
    return made


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often cuDNN was about to be called."""
    found: Counter[str] = Counter()
    current = handle.current

    def counted() -> Any:
        found["calls"] += 1
        return current()

    monkeypatch.setattr(handle, "current", counted)
    return found
