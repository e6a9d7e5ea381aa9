"""What happens on the host at each step, also where a device replays the step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary.device import repeating
from catenary.errors import RecordingError


def test_effects_happen_now_and_are_kept_while_a_step_is_recorded() -> None:
    done: list[str] = []
    repeating.each_time(lambda: done.append("before"))
    with repeating.recording() as effects:
        assert repeating.is_recording()
        repeating.each_time(lambda: done.append("now"))
        repeating.before_replay(lambda: done.append("later"))
    assert not repeating.is_recording()
    assert done == ["before", "now"]
    for effect in effects:
        effect()
    assert done == ["before", "now", "now", "later"]
    repeating.before_replay(lambda: done.append("never"))
    assert len(done) == 4


def test_recordings_nest() -> None:
    with repeating.recording() as outer:
        with repeating.recording() as inner:
            repeating.each_time(lambda: None)
        repeating.each_time(lambda: None)
    assert (len(outer), len(inner)) == (1, 1)


def test_a_step_may_refuse_to_be_recorded() -> None:
    repeating.refuse_recording("nobody records")
    with repeating.recording(), pytest.raises(RecordingError, match="too bad"):
        repeating.refuse_recording("too bad")
    assert not repeating.is_recording()


def test_what_was_done_in_vain_is_left_out() -> None:
    done: list[int] = []
    with repeating.without_first(2):
        for i in range(4):
            repeating.each_time(lambda i=i: done.append(i))
    repeating.each_time(lambda: done.append(9))
    assert done == [2, 3, 9]


@pytest.mark.parametrize("name", ["@numpy", "@tripwire"])
def test_devices_that_record_nothing_run_the_step(name: str) -> None:
    device = catenary.get_device(name)
    assert device.captured(print) is print
    sent = device.send_batch((np.ones(2), {"t": np.zeros(1)}))
    assert device.is_array_supported(sent[0])
    assert device.is_array_supported(sent[1]["t"])


def test_groups_of_arrays_are_changed_one_after_the_other(device: Any) -> None:
    groups = [tuple(map(device.send, (np.full(n, 2.0), np.full(n, 3.0)))) for n in (1, 3)]

    def step(xp: Any, p: Any, g: Any) -> None:
        p -= xp.sqrt(g * g)

    device.run_elementwise(step, groups)
    for p, g in groups:
        np.testing.assert_array_equal(device.to_host(p), -1)
        np.testing.assert_array_equal(device.to_host(g), 3)
