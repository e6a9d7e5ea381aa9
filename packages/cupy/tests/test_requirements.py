"""What is said where a driver, CuPy or a GPU is missing."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import catenary
from catenary.errors import DeviceNotFoundError
from catenary_cupy import diagnostics, requirements


def fake(version: str = "14.2.0", count: Any = 1) -> Any:
    """Return a module in place of CuPy that sees so many GPUs, or raises."""

    def get_device_count() -> int:
        if isinstance(count, Exception):
            raise count
        return int(count)

    def properties(index: int) -> dict[str, Any]:
        return {"name": b"Card", "major": 9, "minor": 0, "totalGlobalMem": 2**34}

    module: Any = ModuleType("cupy")
    module.__version__ = version
    runtime = SimpleNamespace(
        getDeviceCount=get_device_count,
        getDeviceProperties=properties,
        runtimeGetVersion=lambda: 13000,
        driverGetVersion=lambda: 13010,
    )
    module.cuda = SimpleNamespace(runtime=runtime)
    return module


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the driver be of a version; of none for None."""
    return lambda version: monkeypatch.setattr(requirements, "driver_version", lambda: version)


def message(index: int = 0) -> str:
    with pytest.raises(DeviceNotFoundError) as caught:
        requirements.find_cupy(index)
    return str(caught.value)


def test_no_cupy_and_no_driver(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver(None)
    assert message().startswith("get_device: '@cupy:0' cannot be used: CuPy ")
    assert "no NVIDIA driver answers here (libcuda.so.1)" in message()
    assert "pip install 'catenary-cupy[cuda13]'" in message()


@pytest.mark.parametrize(("version", "extra"), [((12, 4), "cuda12"), ((13, 0), "cuda13"), ((14, 1), "cuda13")])
def test_the_driver_decides_what_to_install(
    monkeypatch: pytest.MonkeyPatch, driver: Any, version: tuple[int, int], extra: str
) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver(version)
    assert message().endswith(f"run: pip install 'catenary-cupy[{extra}]'")


def test_a_driver_that_is_too_old(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver((11, 8))
    assert message().endswith("the driver is for CUDA 11.8, and CUDA 12 is needed: install a newer driver")


def test_a_cupy_that_is_too_old(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake("13.4.1"))
    driver((13, 0))
    assert "CuPy 13.4.1 is too old, 14.0 or later is needed" in message()


def test_a_driver_that_does_not_start(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake(count=RuntimeError("cudaErrorInsufficientDriver: too old")))
    driver(None)
    assert "CUDA does not start (cudaErrorInsufficientDriver: too old)" in message()


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "CUDA sees no GPU"),
        (1, "CUDA sees 1 GPU, '@cupy:0' to '@cupy:0'"),
        (2, "CUDA sees 2 GPUs, '@cupy:0' to '@cupy:1'"),
    ],
)
def test_a_gpu_that_is_not_there(monkeypatch: pytest.MonkeyPatch, count: int, text: str) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake(count=count))
    assert message(2) == f"get_device: '@cupy:2' cannot be used: {text}"


def test_the_error_comes_from_every_name_of_a_gpu(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake(count=0))
    for name in ("@cupy:7", "cuda:7", "gpu:7", 7):
        with pytest.raises(DeviceNotFoundError, match="'@cupy:7' cannot be used: CUDA sees no GPU"):
            catenary.get_device(name)


def test_the_doctor_names_versions_and_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", fake(count=1))
    assert diagnostics.describe() == "CuPy 14.2.0, CUDA 13.0, driver for 13.1; @cupy:0 Card (compute 9.0, 16 GiB)"


def test_the_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, driver: Any) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    driver((13, 0))
    assert diagnostics.describe().startswith("'@cupy:0' cannot be used: CuPy ")
