from __future__ import annotations

from catenary.training.triggers import OnceTrigger


def test_fires_once(tools):
    assert tools.fires(OnceTrigger(), 4, 4) == [1]
    assert tools.fires(OnceTrigger(call_on_resume=True), 4, 4) == [1]


def test_after_a_resume(tools):
    assert tools.fires(OnceTrigger(), 4, 4, resume_at=2, make=OnceTrigger) == [1]
    assert tools.fires(OnceTrigger(True), 4, 4, resume_at=2, make=lambda: OnceTrigger(True)) == [1, 3]


def test_finished(tools):
    for call_on_resume in (False, True):
        trigger, resumed = OnceTrigger(call_on_resume), OnceTrigger(call_on_resume)
        assert not trigger.finished
        trigger(None)
        assert trigger.finished
        tools.copy_state(trigger, resumed)
        assert resumed.finished != call_on_resume
