from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary_training.saved_state import SavedState


class Thing:
    """State of all kinds, with a child whose name begins with a slash as those of parameters do."""

    def __init__(self, device="@numpy"):
        self.array = catenary.get_device(device).send(np.arange(3.0))
        self.number, self.text, self.list, self.nothing = 1, "a", [1, 2], None

    def serialize(self, serializer):
        self.number = serializer("number", self.number)
        self.text = serializer("text", self.text)
        child = serializer["child"]["/deep/er"]
        self.array = child("array", self.array)
        self.list = child("list", self.list)
        self.nothing = child("nothing", self.nothing)


NAMES = ["number", "text", "child/deep/er/array", "child/deep/er/list", "child/deep/er/nothing"]


@pytest.mark.parametrize("device", ["@numpy", "@tripwire"])
def test_state_is_a_copy_on_the_host_and_comes_back(device):
    thing = Thing(device)
    state = SavedState.of(thing)
    assert list(state) == NAMES
    assert type(state["child/deep/er/array"]) is np.ndarray
    array = thing.array
    thing.array[...] = thing.array + 1
    thing.list.append(3)
    thing.number, thing.text, thing.nothing = 2, "b", 5
    np.testing.assert_array_equal(state["child/deep/er/array"], [0, 1, 2])
    state.load_into(thing)
    assert thing.array is array
    np.testing.assert_array_equal(catenary.get_device("@numpy").send(array), [0, 1, 2])
    assert (thing.number, thing.text, thing.list, thing.nothing) == (1, "a", [1, 2], None)
    thing.list.append(4)
    assert state["child/deep/er/list"] == [1, 2]


def test_state_is_saved_as_the_object_is(tools):
    direct, by_state = {}, {}
    Thing().serialize(tools.Saver(direct))
    SavedState.of(Thing()).serialize(tools.Saver(by_state))
    assert {name.replace("//", "/"): repr(value) for name, value in direct.items()} == {
        name: repr(value) for name, value in by_state.items()
    }


def test_a_trainer_comes_back_to_where_it_was(tools, tmp_path):
    trainer, other = (tools.regression((9, "iteration"), tmp_path) for _ in range(2))
    for one in (trainer, other):
        for _ in range(3):
            one.updater.update()
        one.extend("LogReport", filename=None)
    state = SavedState.of(trainer)
    trainer.updater.update()
    state.load_into(trainer)
    assert SavedState.of(trainer).keys() == state.keys()
    for name, value in SavedState.of(trainer).items():
        if name != "_snapshot_elapsed_time":
            np.testing.assert_array_equal(value, state[name])
