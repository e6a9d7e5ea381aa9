"""What holds for the iterators that prepare batches in advance: they give and save what SerialIterator would."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError
from catenary.iterators import MultiprocessIterator, MultithreadIterator, SerialIterator, ShuffleOrderSampler
from catenary.training import extensions

PREFETCHING = [
    (MultithreadIterator, {}),
    (MultithreadIterator, {"n_threads": 3}),
    (MultiprocessIterator, {"n_processes": 1, "n_prefetch": 0}),
    (MultiprocessIterator, {"n_processes": 2, "n_prefetch": 5}),
]
IDS = ["a-thread", "threads", "a-process", "processes"]


@pytest.fixture(params=PREFETCHING, ids=IDS)
def make(request):
    """Make an iterator of each kind for the seed 3; all are finalized."""
    kind, options = request.param
    made = []

    def make(dataset, batch_size, **more):
        catenary.seed(3)
        made.append(kind(dataset, batch_size, **options, **more))
        return made[-1]

    yield make
    for iterator in made:
        iterator.finalize()


def serial(dataset, batch_size, **options):
    catenary.seed(3)
    return SerialIterator(dataset, batch_size, **options)


def step(iterator):
    batch = iterator.next()
    return (
        batch,
        iterator.epoch,
        iterator.is_new_epoch,
        iterator.epoch_detail,
        iterator.previous_epoch_detail,
        iterator.current_position,
    )


class Evens:
    """An order sampler with state of its own: another rotation of the even indices in each sweep."""

    def __init__(self):
        self.turns = 0

    def __call__(self, order, position):
        self.turns += 1
        return np.roll(np.arange(0, 8, 2), self.turns)

    def serialize(self, serializer):
        self.turns = serializer("turns", self.turns)


@pytest.mark.parametrize(("size", "batch_size"), [(5, 2), (3, 7), (6, 3)])
@pytest.mark.parametrize("shuffle", [True, False])
def test_batches_and_attributes_are_those_of_the_serial_iterator(make, size, batch_size, shuffle):
    one = make(range(size), batch_size, shuffle=shuffle)
    other = serial(range(size), batch_size, shuffle=shuffle)
    assert (one.epoch, one.is_new_epoch, one.epoch_detail, one.previous_epoch_detail) == (0, False, 0.0, None)
    assert [step(one) for _ in range(9)] == [step(other) for _ in range(9)]
    # What is drawn afterwards does not depend on the kind of iterator either.
    drawn = []
    for maker in (make, serial):
        maker(range(size), batch_size, shuffle=shuffle)
        drawn.append(catenary.get_device("@numpy").random.integers(2**32))
    assert drawn[0] == drawn[1]


def test_one_sweep_ends_and_begins_again_after_reset(make):
    iterator = make(range(5), 2, repeat=False, shuffle=False)
    for _ in range(3):
        assert list(iterator) == [[0, 1], [2, 3], [4]]
        for _ in range(2):
            with pytest.raises(StopIteration):
                iterator.next()
        assert (iterator.epoch, iterator.epoch_detail, iterator.previous_epoch_detail) == (1, 1.0, 1.0)
        iterator.reset()
        assert (iterator.epoch, iterator.previous_epoch_detail, iterator.repeat) == (0, None, False)


def test_reset_in_the_middle_draws_a_new_order_as_the_serial_iterator_does(make):
    one, other = make(range(20), 4), serial(range(20), 4)
    for iterator in (one, other):
        iterator.next()
        iterator.reset()
    assert [step(one) for _ in range(8)] == [step(other) for _ in range(8)]


@pytest.mark.parametrize("stop", [0, 1, 2, 3, 4, 7, 8])
@pytest.mark.parametrize("directions", ["prefetching-serial", "serial-prefetching", "prefetching-prefetching"])
@pytest.mark.parametrize("options", [{}, {"shuffle": False}, {"order_sampler": Evens}], ids=["", "unshuffled", "evens"])
def test_states_go_from_one_kind_to_the_other(tools, make, stop, directions, options):
    def build(kind):
        sampler = options.get("order_sampler")
        filled = {**options, "order_sampler": sampler()} if sampler else options
        return (make if kind == "prefetching" else serial)(range(8), 3, **filled)

    source, target = map(build, directions.split("-"))
    expected = build("serial")
    target.next()
    for _ in range(stop):
        source.next()
        expected.next()
    tools.copy_state(source, target)
    want = [step(expected) for _ in range(8)]
    assert [step(target) for _ in range(8)] == want
    assert [step(source) for _ in range(8)] == want  # saving leaves the source where it was


@pytest.mark.parametrize("legacy", [False, True])
def test_the_sampler_is_saved_as_it_was_at_the_last_batch(tools, make, legacy):
    def sampler():
        return ShuffleOrderSampler(np.random.RandomState(0)) if legacy else None

    one, other = make(range(4), 2, order_sampler=sampler()), serial(range(4), 2, order_sampler=sampler())
    for _ in range(3):
        for iterator in (one, other):
            iterator.next()
        entries = [{}, {}]
        for iterator, found in zip((one, other), entries):
            iterator.serialize(tools.Saver(found))
        seed = entries[0].pop("example_seed", None)
        assert (seed is None) == isinstance(one, MultithreadIterator)
        assert entries[0].keys() == entries[1].keys()
        for key, value in entries[0].items():
            np.testing.assert_array_equal(value, entries[1][key])


@pytest.mark.parametrize("duplicate", [copy.copy, lambda iterator: pickle.loads(pickle.dumps(iterator))])
def test_a_copy_stands_where_the_original_stood(make, duplicate):
    iterator, other = make(range(9), 2, shuffle=False), serial(range(9), 2, shuffle=False)
    iterator.next()
    other.next()
    twin = duplicate(iterator)
    expected = [step(other) for _ in range(6)]
    assert [step(twin) for _ in range(6)] == expected
    assert [step(iterator) for _ in range(6)] == expected
    twin.finalize()


def test_finalized_twice_and_used_again(make):
    iterator, other = make(range(9), 2), serial(range(9), 2)
    iterator.finalize()
    for _ in range(4):
        assert step(iterator) == step(other)
        iterator.finalize()
        iterator.finalize()
    with iterator:
        assert step(iterator) == step(other)


class Faulty:
    def __init__(self, error):
        self.error = error

    def __len__(self):
        return 8

    def __getitem__(self, index):
        if index == 3:
            raise self.error
        return index


def test_what_the_data_set_raises_is_raised_once_with_the_index(make):
    iterator = make(Faulty(KeyError("no such image")), 2, shuffle=False)
    assert iterator.next() == [0, 1]
    with pytest.raises(KeyError, match="no such image") as caught:
        iterator.next()
    (note,) = caught.value.__notes__
    assert "for example 3" in note
    assert iterator.current_position == 4
    assert iterator.next() == [4, 5]


def test_evaluator_goes_over_the_data_each_time(make):
    class Model(catenary.Chain):
        def __call__(self, x):
            catenary.report({"mean": x.mean()}, self)

    evaluator = extensions.Evaluator(make([1.0, 2.0, 6.0], 3, repeat=False, shuffle=False), Model())
    for _ in range(2):
        assert evaluator() == {"validation/main/mean": 3.0}
    evaluator.finalize()


def test_a_sampler_without_indices_is_an_error_not_an_endless_loop(make):
    with pytest.raises(ArgumentError, match="order_sampler returned no indices"):
        make(range(3), 2, order_sampler=lambda order, position: order[:0])


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (MultithreadIterator, {"n_threads": 0}, "n_threads must be a positive integer, got 0"),
        (MultiprocessIterator, {"n_processes": 0}, "n_processes must be a positive integer, got 0"),
        (MultiprocessIterator, {"n_processes": 1.5}, r"n_processes must be a positive integer, got 1\.5"),
        (MultiprocessIterator, {"n_prefetch": -1}, "n_prefetch must be a non-negative integer, got -1"),
        (MultiprocessIterator, {"shared_mem": "1M"}, "shared_mem must be a non-negative integer, got '1M'"),
        (MultiprocessIterator, {"maxtasksperchild": 0}, "maxtasksperchild must be a positive integer, got 0"),
        (MultiprocessIterator, {"dataset_timeout": 0}, "dataset_timeout must be a positive number of seconds or None"),
        (MultiprocessIterator, {"start_method": "thread"}, "start_method must be None or one of .*, got 'thread'"),
        (MultiprocessIterator, {"batch_size": 0}, "batch_size must be a positive integer, got 0"),
    ],
)
def test_wrong_arguments(kind, options, message):
    with pytest.raises(ArgumentError, match=f"{kind.__name__}: {message}"):
        kind(**{"dataset": [1], "batch_size": 1, **options})
