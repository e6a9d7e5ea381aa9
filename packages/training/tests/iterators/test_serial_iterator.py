from __future__ import annotations

import copy

import numpy as np
import pytest

import catenary
from catenary.errors import ArgumentError
from catenary.iterators import SerialIterator

# Made with SerialIterator(list(range(n)), batch_size, repeat, shuffle=False) of Chainer 7.8.1:
# the batch, epoch, is_new_epoch, epoch_detail, previous_epoch_detail, current_position.
REPEATING = {
    (5, 2): [
        ([0, 1], 0, False, 0.4, 0.0, 2),
        ([2, 3], 0, False, 0.8, 0.4, 4),
        ([4, 0], 1, True, 1.2, 0.8, 1),
        ([1, 2], 1, False, 1.6, 1.2, 3),
        ([3, 4], 2, True, 2.0, 1.6, 0),
        ([0, 1], 2, False, 2.4, 2.0, 2),
    ],
    (3, 7): [
        ([0, 1, 2, 0, 1, 2, 0], 2, True, 2.3333333333333335, 0.0, 1),
        ([1, 2, 0, 1, 2, 0, 1], 4, True, 4.666666666666667, 2.3333333333333335, 2),
        ([2, 0, 1, 2, 0, 1, 2], 7, True, 7.0, 4.666666666666667, 0),
    ],
}
ONCE = {
    (5, 2): [
        ([0, 1], 0, False, 0.4, 0.0, 2),
        ([2, 3], 0, False, 0.8, 0.4, 4),
        ([4], 1, True, 1.0, 0.8, 0),
    ],
    (4, 2): [([0, 1], 0, False, 0.5, 0.0, 2), ([2, 3], 1, True, 1.0, 0.5, 0)],
    (3, 7): [([0, 1, 2], 1, True, 1.0, 0.0, 0)],
}


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


@pytest.mark.parametrize(("size", "batch_size"), REPEATING)
def test_repeating_without_shuffling_gives_the_table(size, batch_size):
    iterator = SerialIterator(list(range(size)), batch_size, shuffle=False)
    assert [step(iterator) for _ in REPEATING[size, batch_size]] == REPEATING[size, batch_size]


@pytest.mark.parametrize(("size", "batch_size"), ONCE)
def test_one_sweep_gives_the_table_and_stops(size, batch_size):
    iterator = SerialIterator(list(range(size)), batch_size, repeat=False, shuffle=False)
    assert [step(iterator) for _ in ONCE[size, batch_size]] == ONCE[size, batch_size]
    for _ in range(2):
        with pytest.raises(StopIteration):
            iterator.next()
    assert (iterator.epoch, iterator.epoch_detail, iterator.previous_epoch_detail) == (1, 1.0, 1.0)


def test_before_the_first_batch():
    iterator = SerialIterator([1, 2, 3], 2)
    assert (iterator.epoch, iterator.is_new_epoch, iterator.epoch_detail) == (0, False, 0.0)
    assert iterator.previous_epoch_detail is None
    assert iterator.repeat


def test_each_sweep_is_a_new_permutation():
    catenary.seed(3)
    iterator = SerialIterator(list(range(50)), 10)
    sweeps = [[i for _ in range(5) for i in iterator.next()] for _ in range(3)]
    for sweep in sweeps:
        assert sorted(sweep) == list(range(50))
    assert sweeps[0] != list(range(50))
    assert sweeps[0] != sweeps[1] != sweeps[2]


def test_one_seed_makes_the_order_repeatable():
    def orders(seed):
        catenary.seed(seed)
        return SerialIterator(list(range(20)), 20).next(), SerialIterator(list(range(20)), 20).next()

    assert orders(7) == orders(7)
    assert orders(7) != orders(8)
    assert orders(7)[0] != orders(7)[1]


def test_order_sampler_of_the_user_may_change_the_length_of_a_sweep():
    seen = []

    def evens(order, position):
        seen.append((order.tolist(), position))
        return np.array([4, 2, 0])

    iterator = SerialIterator(list("abcde"), 2, order_sampler=evens)
    assert [iterator.next() for _ in range(3)] == [["e", "c"], ["a", "e"], ["c", "a"]]
    assert iterator.epoch_detail == 2.0
    assert seen == [([0, 1, 2, 3, 4], 0), ([4, 2, 0], 3), ([4, 2, 0], 3)]


def test_reset_begins_again():
    iterator = SerialIterator(list(range(5)), 2, repeat=False, shuffle=False)
    assert list(iterator) == [[0, 1], [2, 3], [4]]
    iterator.reset()
    assert iterator.previous_epoch_detail is None
    assert list(iterator) == [[0, 1], [2, 3], [4]]


def test_copy_stands_where_the_original_stood():
    iterator = SerialIterator(list(range(5)), 2, shuffle=False)
    iterator.next()
    other = copy.copy(iterator)
    assert iterator.next() == other.next() == [2, 3]


def test_loading_into_a_copy_leaves_the_original_alone(tools):
    iterator, other = SerialIterator(list(range(20)), 10), SerialIterator(list(range(20)), 10)
    twin = copy.copy(iterator)
    before, after = {}, {}
    iterator.serialize(tools.Saver(before))
    tools.copy_state(other, twin)
    iterator.serialize(tools.Saver(after))
    np.testing.assert_array_equal(after["order"], before["order"])
    assert twin.next() == other.next()


def test_context_manager():
    with SerialIterator([1], 1) as iterator:
        assert next(iterator) == [1]


@pytest.mark.parametrize("stop", range(1, 12))
@pytest.mark.parametrize("shuffle", [True, False])
def test_resumed_iterator_goes_on_as_the_uninterrupted_one(tools, stop, shuffle):
    catenary.seed(5)
    iterator = SerialIterator(list(range(7)), 3, shuffle=shuffle)
    for _ in range(stop):
        iterator.next()
    catenary.seed(99)
    resumed = SerialIterator(list(range(7)), 3, shuffle=shuffle)
    resumed.next()
    tools.copy_state(iterator, resumed)
    assert [step(resumed) for _ in range(20)] == [step(iterator) for _ in range(20)]


def test_resume_right_at_the_start(tools):
    iterator, resumed = SerialIterator([1, 2, 3], 2), SerialIterator([1, 2, 3], 2)
    resumed.next()
    tools.copy_state(iterator, resumed)
    assert resumed.previous_epoch_detail is None
    assert step(resumed) == step(iterator)


def test_entries_have_the_names_of_chainer(tools):
    iterator = SerialIterator([1, 2, 3], 2)
    names = set(tools.copy_state(iterator, iterator))
    assert names == {
        "current_position",
        "epoch",
        "is_new_epoch",
        "order",
        "previous_epoch_detail",
        "order_sampler/state",
    }


def test_file_without_random_state_loads(tools):
    iterator, other = SerialIterator([1, 2, 3], 2), SerialIterator([1, 2, 3], 2)
    entries = tools.copy_state(iterator, SerialIterator([1, 2, 3], 2))
    del entries["order_sampler/state"]
    other.serialize(tools.Loader(entries, dry=False))
    assert other.next() == iterator.next()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 1), "the data set is empty"),
        (([1], 0), "batch_size must be a positive integer, got 0"),
        (([1], -2), "batch_size must be a positive integer, got -2"),
        (([1], 2.0), r"batch_size must be a positive integer, got 2\.0"),
        (([1], True), "batch_size must be a positive integer, got True"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ArgumentError, match=f"SerialIterator: {message}"):
        SerialIterator(*arguments)


def test_shuffle_and_order_sampler_exclude_each_other():
    with pytest.raises(ArgumentError, match="give shuffle or order_sampler, not both"):
        SerialIterator([1], 1, shuffle=True, order_sampler=lambda order, position: order)
