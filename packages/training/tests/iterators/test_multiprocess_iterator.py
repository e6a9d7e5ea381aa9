from __future__ import annotations

import copyreg
import ctypes
import gc
import multiprocessing
import os
import random
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import catenary
from catenary.dataset import concat_examples
from catenary.errors import ArgumentTypeError, NotAvailableError, TrainingError
from catenary.iterators import DaliIterator, MultiprocessIterator, MultithreadIterator, SerialIterator


class Drawn:
    """Examples that are drawn from all generators."""

    def __len__(self):
        return 30

    def __getitem__(self, index):
        host = catenary.get_device("@numpy").random.random()
        return index, np.random.random(), random.random(), host  # noqa: NPY002


class Arrays:
    """Examples that are arrays of all kinds; large enough for shared memory."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        x = np.arange(2400, dtype=np.float32).reshape(40, 20, 3) + index
        return {
            "turned": x[:, ::-1].transpose(2, 0, 1),
            "fortran": np.asfortranarray(x[..., 0]),
            "nothing": x[:0],
            "number": np.float64(index),
            "objects": np.array([index, "text", None], object),
            "large": np.full((index + 1, 1000), index, np.int64),
            "text": "a" * index,
        }


class Pids:
    def __len__(self):
        return 100

    def __getitem__(self, index):
        return os.getpid()


def children():
    return {process.pid for process in multiprocessing.active_children()}


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.01)


def drawn(n, **options):
    catenary.seed(options.pop("seed", 5))
    with MultiprocessIterator(Drawn(), 4, **options) as iterator:
        return [iterator.next() for _ in range(n)]


def test_random_examples_depend_on_the_seed_alone():
    found = drawn(12, n_processes=1)
    assert drawn(12, n_processes=3, n_prefetch=6, maxtasksperchild=8) == found
    assert drawn(12, n_processes=1, seed=6) != found
    numbers = [number for batch in found for example in batch for number in example[1:]]
    assert len(set(numbers)) == len(numbers)


def test_random_examples_go_on_after_a_resume(tools):
    want = drawn(12, n_processes=2)
    catenary.seed(5)
    with MultiprocessIterator(Drawn(), 4, n_processes=2) as first:
        for _ in range(5):
            first.next()
        catenary.seed(77)
        with MultiprocessIterator(Drawn(), 4, n_processes=1) as second:
            tools.copy_state(first, second)
            assert [second.next() for _ in range(7)] == want[5:]


def test_loading_leaves_the_generators_of_the_parent_alone():
    catenary.seed(1)
    before = catenary.get_random_state()
    with MultiprocessIterator(Drawn(), 4, shuffle=False, n_processes=1) as iterator:
        iterator.next()
        assert catenary.get_random_state() == before


@pytest.mark.parametrize("shared_mem", [None, 0, 20_000])
def test_arrays_arrive_as_they_were(shared_mem):
    data = Arrays()
    with MultiprocessIterator(data, 5, shuffle=False, n_processes=2, shared_mem=shared_mem) as iterator:
        for _ in range(12):
            batch = iterator.next()
            for found in batch:
                want = data[int(found["number"])]
                assert found.keys() == want.keys()
                for key, value in want.items():
                    assert type(found[key]) is type(value)
                    np.testing.assert_array_equal(found[key], value)
                    assert np.asarray(found[key]).dtype == np.asarray(value).dtype
            batch[0]["large"][...] = -1  # the arrays belong to the user


def test_a_converter_makes_the_batch_in_the_worker():
    data = [(np.full((3, 4), i, np.float32), i) for i in range(6)]
    with MultiprocessIterator(data, 4, shuffle=False, n_processes=2, converter=concat_examples) as iterator:
        x, t = iterator.next()
        np.testing.assert_array_equal(x, np.arange(4, dtype=np.float32)[:, None, None] * np.ones((1, 3, 4), np.float32))
        assert (x.dtype, t.tolist()) == (np.float32, [0, 1, 2, 3])
        assert iterator.next()[1].tolist() == [4, 5, 0, 1]


def test_errors_of_a_converter_say_where_they_come_from():
    with MultiprocessIterator(
        [{}], 1, n_processes=1, converter=lambda batch: batch[1], start_method="fork"
    ) as iterator:
        with pytest.raises(IndexError) as caught:
            iterator.next()
        assert "in the converter" in caught.value.__notes__[0]


class Half:
    """Can be pickled by a function that is registered for its class, and only so."""

    def __init__(self, value):
        self.value = value

    def __reduce_ex__(self, protocol):
        raise TypeError("not by itself")


def test_classes_with_a_registered_way_to_pickle(monkeypatch):
    monkeypatch.setitem(copyreg.dispatch_table, Half, lambda half: (complex, (half.value,)))
    with MultiprocessIterator([Half(2)], 1, n_processes=1, start_method="fork") as iterator:
        assert iterator.next() == [2 + 0j]


@pytest.mark.parametrize("kind", "?bBhHiIlLqQefdFD")
def test_numbers_keep_their_type(kind):
    number = np.dtype(kind).type(1)
    with MultiprocessIterator([number], 1, n_processes=1) as iterator:
        (found,) = iterator.next()
    assert (type(found), found) == (type(number), number)


def test_batches_that_are_kept_are_not_overwritten():
    data = [np.full(5000, i, np.float64) for i in range(40)]
    with MultiprocessIterator(data, 1, shuffle=False, n_processes=1) as iterator:
        kept = [iterator.next() for _ in range(120)]
    for i, (example,) in enumerate(kept):
        np.testing.assert_array_equal(example, np.full(5000, i % 40))


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs shared memory without a name")
def test_memory_is_used_again():
    def maps():
        with open("/proc/self/maps") as file:
            return sum("catenary-batch" in line for line in file)

    data = [np.zeros(100_000) for _ in range(10)]
    with MultiprocessIterator(data, 2, n_processes=1, n_prefetch=2) as iterator:
        for _ in range(50):
            batch = iterator.next()
        assert 1 <= maps() <= 5
    assert batch[0].sum() == 0
    del batch, iterator
    gc.collect()
    assert maps() == 0


def test_workers_are_replaced_after_some_examples():
    with MultiprocessIterator(Pids(), 5, n_processes=2, maxtasksperchild=10) as iterator:
        found = [pid for _ in range(12) for pid in iterator.next()]
    counts = [found.count(pid) for pid in set(found)]
    assert len(counts) >= 6
    assert max(counts) == 10


def test_finalize_ends_the_workers_at_once():
    before = children()
    iterator = MultiprocessIterator(Pids(), 5, n_processes=2)
    iterator.next()
    assert len(children() - before) == 2
    iterator.finalize()
    assert children() == before


def test_an_iterator_that_is_dropped_ends_its_workers():
    before = children()
    iterator = MultiprocessIterator(Pids(), 5, n_processes=2)
    iterator.next()
    del iterator
    gc.collect()
    assert children() == before


def test_a_dropped_iterator_ends_its_threads():
    before = threading.active_count()
    iterator = MultithreadIterator(Pids(), 5, n_threads=3)
    iterator.next()
    assert threading.active_count() == before + 3
    del iterator
    gc.collect()
    wait_until(lambda: threading.active_count() == before)


def test_forking_while_threads_draw_random_numbers():
    """A thread holds the lock of NumPy's generator nearly always; its copy in a worker would stay locked."""
    stop = threading.Event()

    def draw():
        while not stop.is_set():
            np.random.random(10_000)  # noqa: NPY002

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            with MultiprocessIterator(Drawn(), 4, n_processes=2, dataset_timeout=1, start_method="fork") as iterator:
                iterator.next()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_forked_process_starts_workers_of_its_own():
    class Nested:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return MultiprocessIterator(Pids(), 2, n_processes=1).next()

    with (
        MultiprocessIterator(Nested(), 2, n_processes=1, start_method="fork") as iterator,
        pytest.raises(TrainingError, match="this is a worker process itself"),
    ):
        iterator.next()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
@pytest.mark.parametrize("kind", [MultiprocessIterator, MultithreadIterator])
def test_an_iterator_goes_on_in_both_processes_after_a_fork(kind):
    with kind(range(8), 2, shuffle=False) as iterator:
        assert iterator.next() == [0, 1]
        pid = os.fork()
        if pid == 0:
            right = iterator.next() == [2, 3] and iterator.next() == [4, 5]
            iterator.finalize()
            os._exit(0 if right else 1)
        assert os.waitpid(pid, 0)[1] == 0
        assert iterator.next() == [2, 3]


def test_what_cannot_be_pickled_is_said_at_the_start():
    with (
        MultiprocessIterator([lambda: 0], 1, n_processes=1, start_method="spawn") as iterator,
        pytest.raises(ArgumentTypeError, match="start_method='spawn' sends the data set to the workers with pickle"),
    ):
        iterator.next()


def test_examples_that_cannot_be_pickled_are_an_error_of_the_batch():
    with MultiprocessIterator([lambda: 0], 1, n_processes=1, start_method="fork") as iterator:
        with pytest.raises((AttributeError, TypeError), match=r"pickle|local object") as caught:
            iterator.next()
        assert "raised in worker process" in caught.value.__notes__[0]


class Unusual(Exception):
    def __init__(self, first, second):
        super().__init__(first)


@pytest.mark.parametrize("error", [Unusual(1, 2), StopIteration("end")])
def test_errors_that_cannot_be_sent_come_as_text(error):
    class Faulty:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            raise error

    with (
        MultiprocessIterator(Faulty(), 1, shuffle=False, n_processes=1, start_method="fork") as iterator,
        pytest.raises(TrainingError, match=type(error).__name__) as caught,
    ):
        iterator.next()
    assert "in __getitem__" in caught.value.__notes__[0]


def threads_of_openblas():
    """Return how many threads each loaded OpenBLAS uses."""
    path = Path("/proc/self/maps")
    lines = path.read_text().splitlines() if path.exists() else []
    found = {}
    for file in {line.split()[-1] for line in lines if "openblas" in line}:
        library = ctypes.CDLL(file)
        for name in ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads"):
            if hasattr(library, name):
                found[file] = getattr(library, name)()
    return found


def test_a_worker_computes_with_one_thread():
    class Counts:
        def __len__(self):
            return 1

        def __getitem__(self, index):
            return threads_of_openblas()

    before = threads_of_openblas()
    with MultiprocessIterator(Counts(), 1, n_processes=1, start_method="fork") as iterator:
        assert iterator.next() == [dict.fromkeys(before, 1)]
    assert threads_of_openblas() == before


def test_a_large_batch_of_indices_does_not_block_the_pipe():
    with MultiprocessIterator(range(200_000), 100_000, shuffle=False, n_processes=1, n_prefetch=3) as iterator:
        for _ in range(3):
            assert iterator.next()[-1] == 99_999
            assert iterator.next()[0] == 100_000


def test_training_with_workers_equals_training_without(tools, tmp_path):
    def train(kind, **options):
        trainer = tools.regression((2, "epoch"), tmp_path)
        data = trainer.updater.get_iterator("main").dataset
        catenary.seed(0)
        trainer.updater._iterators["main"] = kind(data, 5, **options)
        trainer.run()
        return trainer.updater.get_optimizer("main").target.W.array.tobytes()

    assert train(MultiprocessIterator, n_processes=2) == train(SerialIterator)
    assert children() == set()


def test_dali_is_not_available():
    with pytest.raises(NotAvailableError, match=r"DaliIterator: .*use MultiprocessIterator"):
        DaliIterator(None)
