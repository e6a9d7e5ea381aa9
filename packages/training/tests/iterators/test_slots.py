from __future__ import annotations

import os

import numpy as np
import pytest

from catenary_training.iterators.processes.libraries import use_one_thread
from catenary_training.iterators.processes.slots import SlotReader, SlotWriter

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="needs shared memory without a name")


def send(writer, reader, items):
    """Send items as a worker does; return what arrives, and which slot it is in."""
    writer.release(reader.take_freed())
    writer.begin(len(items))
    for item in items:
        writer.add(item)
    packed, file = writer.finish()
    if file is not None:
        reader.add(packed.slot, file, packed.capacity)
    return reader.read(packed), packed


def arrays(*sizes):
    return [np.arange(size, dtype=np.uint8) for size in sizes]


def test_a_slot_is_free_when_the_last_view_is_gone():
    writer, reader = SlotWriter(None), SlotReader()
    items, packed = send(writer, reader, arrays(50_000, 50_000))
    assert (packed.slot, packed.rest) == (0, [])
    view = items[1][10:20].reshape(2, 5)
    del items
    other, packed = send(writer, reader, arrays(50_000, 50_000))
    assert packed.slot == 1
    np.testing.assert_array_equal(view.ravel(), np.arange(10, 20))
    del view, other
    assert sorted(reader.take_freed()) == [0, 1]


def test_what_is_larger_than_the_first_item_goes_beside_the_slot():
    writer, reader = SlotWriter(None), SlotReader()
    sent = arrays(40_000, 150_000, 30_000, 0)
    items, packed = send(writer, reader, sent)
    assert packed.slot == 0
    assert [len(content) for content in packed.rest] == [150_000]
    for found, want in zip(items, sent):
        np.testing.assert_array_equal(found, want)
        assert found.flags.writeable


def test_a_batch_that_grows_gets_a_larger_slot_in_the_place_of_the_old_one():
    writer, reader = SlotWriter(None), SlotReader()
    capacities = []
    for size in (40_000, 41_000, 90_000, 50_000):
        items, packed = send(writer, reader, arrays(size))
        assert packed.slot == 0
        capacities.append(packed.capacity)
        del items
    assert [capacity > 0 for capacity in capacities] == [True, False, True, False]


def test_a_batch_that_fails_gives_its_slot_back():
    writer, reader = SlotWriter(None), SlotReader()
    writer.begin(2)
    writer.add(np.zeros(100_000))
    with pytest.raises((AttributeError, TypeError), match=r"pickle|local object"):
        writer.add(lambda: 0)
    _, packed = send(writer, reader, [np.zeros(100_000)])
    assert (packed.slot, packed.capacity > 0) == (0, True)


def test_limits():
    for limit, size, used in [(None, 1000, False), (None, 50_000, True), (0, 50_000, False), (40_000, 50_000, False)]:
        (item,), packed = send(SlotWriter(limit), SlotReader(), arrays(size))
        assert (packed.slot is not None) == used
        np.testing.assert_array_equal(item, arrays(size)[0])


def test_systems_that_do_not_list_libraries_keep_their_threads(tmp_path):
    use_one_thread(tmp_path / "missing")
    broken = tmp_path / "maps"
    broken.write_text("7f00-7f01 r-xp 00000000 00:00 0  /no/such/libopenblas.so\n")
    use_one_thread(broken)
