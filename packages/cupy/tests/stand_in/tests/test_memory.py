"""Pools, and what they count."""

from typing import Any

import cupy
import numpy as np
import pytest


@pytest.fixture
def pool() -> Any:
    made = cupy.cuda.MemoryPool()
    with cupy.cuda.using_allocator(made.malloc):
        yield made


def test_counts(pool: Any) -> None:
    x = cupy.zeros(200, "f")  # 800 bytes take two units of 512
    assert (pool.used_bytes(), pool.total_bytes(), pool.n_free_blocks()) == (1024, 1024, 0)
    view = x[1:]
    del x
    assert pool.used_bytes() == 1024
    del view
    assert (pool.used_bytes(), pool.total_bytes(), pool.free_bytes(), pool.n_free_blocks()) == (0, 1024, 1024, 1)
    pool.free_all_blocks()
    assert (pool.total_bytes(), pool.n_free_blocks()) == (0, 0)


def test_memory_is_used_again(pool: Any) -> None:
    address = cupy.zeros(100, "f").data.ptr
    again = cupy.empty(90, "f")
    assert again.data.ptr == address
    assert np.isnan(again.get()).all()
    assert cupy.empty(500, "f").data.ptr != address


def test_each_stream_has_its_own_memory(pool: Any) -> None:
    address = cupy.zeros(100, "f").data.ptr
    with cupy.cuda.Stream(non_blocking=True):
        assert cupy.zeros(100, "f").data.ptr != address


def test_limit(pool: Any) -> None:
    pool.set_limit(size=1024)
    x = cupy.zeros(256, "f")
    with pytest.raises(cupy.cuda.memory.OutOfMemoryError, match="limit set to: 1,024 bytes"):
        cupy.zeros(256, "f")
    del x
    assert cupy.zeros(100, "f").shape == (100,)  # a free block of another size gives way
    assert pool.get_limit() == 1024
    pool.set_limit()
    assert cupy.zeros(1000).size == 1000


def test_memory_of_somebody_else() -> None:
    host = np.arange(4, dtype=np.float32)
    memory = cupy.cuda.UnownedMemory(host.ctypes.data, host.nbytes, host, 0)
    x = cupy.ndarray((2, 2), "f", cupy.cuda.MemoryPointer(memory, 0))
    x += 1
    np.testing.assert_array_equal(host, [1, 2, 3, 4])


def test_pinned_memory() -> None:
    memory = cupy.cuda.alloc_pinned_memory(16)
    host = np.frombuffer(memory, np.float32, 4)
    host[...] = 3
    assert memory.ptr == host.ctypes.data
    assert float(cupy.asarray(host).sum()) == 12


def test_two_devices() -> None:
    x = cupy.ones(3)
    with cupy.cuda.Device(1) as second:
        y = cupy.ones(3)
        assert y.device == second
        with pytest.raises(ValueError, match="array device = 0 while current = 1"):
            x + y
        with pytest.raises(ValueError, match="current device"):
            cupy.exp(x)
        moved = cupy.asarray(x)
        assert (moved.device.id, (moved + y).device.id) == (1, 1)
        assert x.get().sum() == 3
        assert x.copy().device.id == 1
    assert cupy.cuda.Device().id == 0
    with pytest.raises(cupy.cuda.runtime.CUDARuntimeError):
        cupy.cuda.Device(2).use()


def test_pools_count_each_device_by_itself() -> None:
    pool = cupy.cuda.MemoryPool()
    with cupy.cuda.using_allocator(pool.malloc), cupy.cuda.Device(1):
        x = cupy.zeros(3)
        assert pool.used_bytes() == 512
    assert pool.used_bytes() == 0
    assert x.device.id == 1
