"""`chainer.cuda` on a GPU, as code for Chainer 1 to 7 uses it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import chainer
import chainer.functions as F
import chainer.links as L
from catenary.testing import open_gpu
from chainer import cuda

pytestmark = pytest.mark.gpu
X = np.arange(6, dtype=np.float32).reshape(2, 3)
SCRIPT = Path(__file__).with_name("scripts") / "v1_11_trainer.py"


@pytest.fixture(autouse=True)
def gpu() -> Iterator[Any]:
    """The first GPU; what is used in a test is used no longer after it."""
    device = open_gpu()
    with catenary.using_device("@numpy"):
        yield device


def test_there_is_one(gpu: Any) -> None:
    assert cuda.available
    assert cuda.cupy is gpu.xp
    assert cuda.ndarray is gpu.xp.ndarray
    assert cuda.Device is gpu.xp.cuda.Device
    cuda.check_cuda_available()
    cuda.init()


@pytest.mark.parametrize("device", [None, -1, 0, np.int64(0), "CuPy's", "Catenary's"])
def test_arrays_go_there_and_back(gpu: Any, device: Any) -> None:
    device = {"CuPy's": cuda.Device(0), "Catenary's": gpu}.get(device, device) if isinstance(device, str) else device
    sent = cuda.to_gpu([X, {"a": X}, None], device)
    assert isinstance(sent[0], cuda.ndarray)
    assert cuda.get_array_module(sent[0]) is cuda.get_array_module(chainer.Variable(sent[1]["a"])) is cuda.cupy
    assert sent[2] is None
    np.testing.assert_array_equal(cuda.to_cpu(sent[0]), X)
    assert cuda.to_gpu(sent[0]) is sent[0]


def test_the_current_gpu_is_taken(gpu: Any) -> None:
    if cuda.cupy.cuda.runtime.getDeviceCount() < 2:
        pytest.skip("there is one GPU here")
    with cuda.Device(1):
        assert cuda.to_gpu(X).device.id == 1
    assert cuda.to_gpu(X).device.id == 0


def test_devices(gpu: Any) -> None:
    x = cuda.to_gpu(X)
    for device in (cuda.get_device(0), cuda.get_device(x), cuda.get_device_from_id(0), cuda.get_device_from_array(x)):
        assert device is gpu
        assert isinstance(device, cuda.GpuDevice)
        with device:
            assert catenary.get_device() is gpu
    assert not isinstance(chainer.get_device("@numpy"), cuda.GpuDevice)
    assert cuda.GpuDevice(0) is cuda.GpuDevice.from_device_id(0) is cuda.GpuDevice.from_array(x) is gpu
    assert cuda.GpuDevice.from_array(X) is None
    assert cuda.get_device(None, X, x) is gpu
    assert cuda.get_device_from_array(X) is cuda.DummyDevice
    chainer.get_device("@cupy:0").use()
    assert catenary.get_device() is gpu
    assert isinstance(chainer.links.Linear(3, 2).W.array, cuda.ndarray)


def test_copies(gpu: Any) -> None:
    x = cuda.to_gpu(X)
    for copy in (cuda.copy(x), cuda.copy(x, out_device=0), cuda.copy(X, out=cuda.cupy.empty_like(x))):
        assert isinstance(copy, cuda.ndarray)
        assert copy is not x
        np.testing.assert_array_equal(cuda.to_cpu(copy), X)
    out = np.zeros_like(X)
    assert cuda.copy(x, out=out) is out
    np.testing.assert_array_equal(out, X)


def test_kernels(gpu: Any) -> None:
    x = cuda.to_gpu(X)
    scaled, negative = cuda.elementwise("T x, T a", "T y, T z", "y = a * x; z = -x", "scale")(x, np.float32(2))
    np.testing.assert_array_equal(cuda.to_cpu(scaled), 2 * X)
    np.testing.assert_array_equal(cuda.to_cpu(negative), -X)
    lengths = cuda.reduce("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "l2norm")(x, axis=1)
    np.testing.assert_allclose(cuda.to_cpu(lengths), np.sqrt((X * X).sum(1)), rtol=1e-6)
    text = """
    extern "C" __global__ void add_one(float* x, int n) {
        const int i = blockIdx.x * blockDim.x + threadIdx.x;
        if (i < n) x[i] += 1;
    }
    """
    for _ in range(2):
        cuda.raw(text, "add_one")((1,), (32,), (x, np.int32(6)))
    np.testing.assert_array_equal(cuda.to_cpu(x), X + 2)


def test_a_kernel_is_made_once(gpu: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    kernel = cuda.cupy.ElementwiseKernel
    monkeypatch.setattr(cuda.cupy, "ElementwiseKernel", lambda *args: made.append(args) or kernel(*args))
    for _ in range(3):
        cuda.elementwise("T x", "T y", "y = x * 3", "thrice")(cuda.to_gpu(X))
    assert made == [("T x", "T y", "y = x * 3", "thrice")]


def test_streams_and_events(gpu: Any) -> None:
    stream = cuda.Stream(non_blocking=True)
    assert isinstance(stream, cuda.Stream)
    with stream:
        x = cuda.to_gpu(X) + 1
    stream.synchronize()
    np.testing.assert_array_equal(cuda.to_cpu(x, stream=cuda.Stream.null), X + 1)
    start, end = cuda.Event(), cuda.Event()
    start.record()
    end.record()
    end.synchronize()
    assert cuda.cupy.cuda.get_elapsed_time(start, end) >= 0


@pytest.mark.parametrize("for_each_device", [False, True])
def test_results_are_kept(gpu: Any, for_each_device: bool) -> None:
    calls: list[int] = []

    @cuda.memoize(for_each_device=for_each_device)
    def ones(n: int) -> Any:
        """Return ones."""
        calls.append(n)
        return cuda.cupy.ones(n)

    assert ones(2) is ones(2)
    assert ones.__doc__ == "Return ones."
    ones(3)
    cuda.clear_memo()
    ones(2)
    assert calls == [2, 3, 2]


def test_models_and_variables(gpu: Any) -> None:
    model = L.Linear(3, 2).to_gpu()
    assert model.xp is cuda.cupy
    y = F.sum(model(cuda.to_gpu(X)))
    y.backward()
    assert isinstance(model.W.grad, cuda.ndarray)
    x = chainer.Variable(X)
    x.to_gpu()
    assert x.xp is cuda.cupy
    expected = F.sum(model.to_cpu()(X))
    np.testing.assert_allclose(cuda.to_cpu(y.array), expected.array, rtol=1e-5)
    assert model.to_gpu(0).to_device("@numpy").xp is np
    x = cuda.to_gpu(np.zeros_like(X))
    chainer.backend.copyto(x, X)
    np.testing.assert_array_equal(cuda.to_cpu(x), X)


def test_an_old_script_with_gpu_0(gpu: Any, tmp_path: Path) -> None:
    # An array of NumPy has `data` with a length, too; the script takes what the updater hands on for a Variable.
    text = SCRIPT.read_text().replace("parse_args([])", "parse_args()").replace("len(x.data)", "len(x)")
    (tmp_path / "train.py").write_text(text)
    result = subprocess.run(
        [sys.executable, "-m", "chainer.run", "train.py", "--gpu", "0"],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert len(result.stdout.splitlines()) >= 12
