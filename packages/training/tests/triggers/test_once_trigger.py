from __future__ import annotations

from catenary.training.triggers import OnceTrigger


def test_fires_once(tools):
    assert tools.fires(OnceTrigger(), 4, 4) == [1]
    assert tools.fires(OnceTrigger(call_on_resume=True), 4, 4) == [1]


def test_after_a_resume(tools):
    assert tools.fires(OnceTrigger(), 4, 4, resume_at=2, make=OnceTrigger) == [1]
    assert tools.fires(OnceTrigger(True), 4, 4, resume_at=2, make=lambda: OnceTrigger(True)) == [1, 3]
