from __future__ import annotations

import pytest

from catenary.training import PRIORITY_EDITOR, PRIORITY_READER, PRIORITY_WRITER, Extension, make_extension


def test_priorities_are_those_of_chainer():
    assert (PRIORITY_WRITER, PRIORITY_EDITOR, PRIORITY_READER) == (300, 200, 100)


def test_defaults_of_the_base_class():
    class Mine(Extension):
        pass

    mine = Mine()
    assert (mine.trigger, mine.priority, mine.name, mine.default_name) == (
        (1, "iteration"),
        100,
        None,
        "Mine",
    )
    with pytest.raises(NotImplementedError, match="Mine gives no __call__"):
        mine(None)


def test_make_extension_defaults():
    @make_extension()
    def mine(trainer):
        return 5

    assert (mine.trigger, mine.priority, mine.default_name) == ((1, "iteration"), 100, "mine")
    assert mine(None) == 5


def test_make_extension_in_a_run(tools):
    diary = []

    @make_extension(
        trigger=(2, "iteration"),
        default_name="other",
        priority=0,
        initializer=lambda trainer: diary.append("initialize"),
        finalizer=lambda: diary.append("finalize"),
        on_error=lambda trainer, exc, tb: diary.append(f"{exc} {tb is exc.__traceback__}"),
    )
    def mine(trainer):
        diary.append(trainer.updater.iteration)
        if trainer.updater.iteration == 4:
            raise OSError("four")

    trainer = tools.trainer(stop=(9, "iteration"))
    trainer.extend(mine)
    assert trainer.get_extension("other") is mine
    with pytest.raises(OSError, match="four"):
        trainer.run(show_loop_exception_msg=False)
    assert diary == ["initialize", 2, 4, "four True", "finalize"]
