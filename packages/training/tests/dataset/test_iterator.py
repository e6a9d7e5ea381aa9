from __future__ import annotations

import pytest

from catenary.dataset import Iterator


class Countdown(Iterator):
    def __init__(self):
        self.left = 2
        self.finalized = False

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return [self.left]

    def finalize(self):
        self.finalized = True


def test_next_and_for():
    iterator = Countdown()
    assert iterator.next() == [1]
    assert list(iterator) == [[0]]


def test_with_finalizes():
    with Countdown() as iterator:
        assert not iterator.finalized
    assert iterator.finalized


def test_base_class_names_what_is_missing():
    with pytest.raises(NotImplementedError, match="Iterator gives no __next__"):
        Iterator().next()
