from __future__ import annotations

import re

import pytest

from catenary.errors import TrainingError
from catenary.training import extensions


def test_graph_of_the_first_iteration(tools, tmp_path):
    trainer = tools.regression((3, "iteration"), tmp_path)
    kept = []
    trainer.extend(
        lambda trainer: kept.append(trainer.observation["main/loss"].creator is not None),
        name="see",
        priority=500,
    )
    trainer.extend(extensions.DumpGraph("main/loss"))
    trainer.run()
    text = (tmp_path / "cg.dot").read_text()
    assert text.startswith("digraph ")
    assert text.endswith("}\n")
    labels = re.findall(r'label="([^"]*)"', text)
    for name in ("matmul", "add", "sub", "mul", "sum"):
        assert name in labels
    assert "W: (2x1), float32" in labels
    assert text.count("->") >= 8
    assert kept == [True, False, False]


def test_name_and_styles(tools, tmp_path):
    trainer = tools.regression((1, "iteration"), tmp_path)
    styles = {"variable_style": {"shape": "box3d"}, "function_style": {"shape": "hexagon"}}
    trainer.extend(extensions.dump_graph("main/loss", "graph.dot", **styles))
    trainer.run()
    text = (tmp_path / "graph.dot").read_text()
    assert 'shape="box3d"' in text
    assert 'shape="hexagon"' in text
    assert "octagon" not in text


def test_not_again_after_a_resume(tools, tmp_path):
    def make(out):
        trainer = tools.regression((2, "iteration"), out)
        trainer.extend(extensions.DumpGraph("main/loss"))
        return trainer

    first, second = make(tmp_path / "1"), make(tmp_path / "2")
    trainer = first
    trainer.stop_trigger.period = 1
    first.run()
    tools.copy_state(first, second)
    second.run()
    assert second.updater.iteration == 2
    assert not second.reporter.keep_graph
    assert not (tmp_path / "2" / "cg.dot").exists()


@pytest.mark.parametrize("key", ["main/lost", "number"])
def test_what_has_no_graph(tools, tmp_path, key):
    trainer = tools.regression((1, "iteration"), tmp_path)
    trainer.extend(lambda trainer: trainer.observation.update(number=1.0), name="number", priority=500)
    trainer.extend(extensions.DumpGraph(key))
    message = rf"no Variable with a graph was reported as '{key}'; reported were \['main/loss', 'number'\]"
    with pytest.raises(TrainingError, match=message):
        trainer.run(show_loop_exception_msg=False)
