"""The device: names, moving arrays, contexts, memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
import catenary.links as L
from catenary import Variable
from catenary.errors import ArgumentError, ArgumentTypeError, DeviceError


def test_names(gpu: Any) -> None:
    assert gpu.name == "@cupy:0"
    for spec in ("@cupy", "@cupy:0", "cuda:0", "gpu", 0, ("cupy", 0), gpu.xp):
        assert catenary.get_device(spec) is gpu
    assert (gpu.id, int(gpu), str(gpu)) == (0, 0, "@cupy:0")


def test_arrays_go_there_and_back(gpu: Any) -> None:
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    there = gpu.send({"a": [x, None], "b": (x[:, ::2], np.float64(3))})
    assert gpu.is_array_supported(there["a"][0])
    assert not gpu.is_array_supported(x)
    assert there["a"][1] is None
    np.testing.assert_array_equal(gpu.to_host(there["b"][0]), x[:, ::2])
    assert gpu.send(there["a"][0]) is there["a"][0]
    assert catenary.get_device_from_array(there["a"][0]) is gpu
    assert Variable(there["a"][0]).xp is gpu.xp
    back = catenary.get_device("@numpy").send(there)
    np.testing.assert_array_equal(back["a"][0], x)
    with pytest.raises(ArgumentTypeError, match=r"Device\.send: expected an array"):
        gpu.send("text")


def test_models_go_there_in_one_line(gpu: Any) -> None:
    model = L.Linear(3, 2).to_gpu()
    x = np.ones((1, 3), np.float32)
    y = model(gpu.send(x))
    y.sum().backward()
    assert gpu.is_array_supported(model.W.grad)
    assert model.device is gpu
    expected = model.to_cpu()(x)
    np.testing.assert_allclose(gpu.to_host(y.array), expected.array, rtol=1e-5)


def test_mixing_devices_says_what_came(gpu: Any) -> None:
    with pytest.raises(DeviceError, match=r"different devices: @cupy:0, @numpy"):
        Variable(gpu.send(np.ones(3))) + np.ones(3)


def test_batches_are_sent_beside_the_work(gpu: Any) -> None:
    x = np.arange(1000.0)
    sums = []
    for i in range(5):
        batch = gpu.send_batch((x, {"i": np.full(10, i)}))
        x += 1  # what was sent does not change any more
        sums.append(batch[0].sum() + batch[1]["i"].sum())
    assert [float(s) for s in sums] == [499500 + 1000 * i + 10 * i for i in range(5)]


def test_memory(gpu: Any) -> None:
    before = gpu.used_bytes()
    x = gpu.xp.zeros(2**16, "float32")
    assert gpu.used_bytes() - before >= x.nbytes
    statistics = gpu.memory_statistics()
    assert statistics["total"] >= statistics["free"] > 0
    assert statistics["kept"] >= statistics["used"] == gpu.used_bytes()
    del x
    assert gpu.used_bytes() == before
    gpu.free_unused()
    gpu.limit_memory(2**20 + before)
    try:
        assert gpu.memory_statistics()["limit"] == 2**20 + before
        with pytest.raises(Exception, match=r"(?i)out of memory"):
            gpu.xp.zeros(2**21, "uint8")
    finally:
        gpu.limit_memory(0)
    for wrong in ({}, {"size": 1, "fraction": 0.5}, {"size": -1}, {"fraction": 2.0}):
        with pytest.raises(ArgumentError, match=r"CupyDevice\.limit_memory"):
            gpu.limit_memory(**wrong)


def test_streams_and_ranges(gpu: Any) -> None:
    stream = gpu.new_stream()
    with stream, gpu.profile_range("squares"):
        x = gpu.xp.arange(5) ** 2
    stream.synchronize()
    gpu.synchronize()
    assert gpu.to_host(x).tolist() == [0, 1, 4, 9, 16]


def test_libraries(gpu: Any) -> None:
    assert gpu.library("scipy.special").__name__ == "cupyx.scipy.special"
    assert gpu.library("numpy") is gpu.xp


def test_several_gpus(gpu: Any) -> None:
    if gpu.xp.cuda.runtime.getDeviceCount() < 2:
        pytest.skip("there is one GPU here")
    second = catenary.get_device("@cupy:1")
    with second:
        assert catenary.get_device() is second
        x = second.xp.zeros(3)
    assert catenary.get_device() is gpu
    assert second.is_array_supported(x)
    assert not gpu.is_array_supported(x)
    assert catenary.get_device_from_array(x) is second
    moved = gpu.send(x)
    assert gpu.is_array_supported(moved)
    model = L.Linear(3, 2).to_device("@cupy:1")
    with second:
        assert second.is_array_supported(model(second.send(np.ones((1, 3), np.float32))).array)
    with pytest.raises(catenary.errors.DeviceNotFoundError, match="'@cupy:99' cannot be used: CUDA sees"):
        catenary.get_device(99)
