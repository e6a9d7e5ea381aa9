from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary.training.extensions import unchain_variables


@pytest.mark.parametrize("added", [True, False])
def test_graphs_are_cut_after_the_other_extensions(tools, added):
    x = catenary.Variable(np.ones(2, np.float32))
    y = x * 2
    loss = y.sum()
    seen = []
    trainer = tools.trainer(stop=(1, "iteration"), values=[loss])
    trainer.reporter.keep_graph = True
    if added:
        trainer.extend(unchain_variables())
    trainer.extend(lambda trainer: trainer.observation.update(number=3.0), name="number")
    trainer.extend(lambda trainer: seen.append(trainer.observation["main/loss"].creator is not None), name="look")
    trainer.run()
    assert seen == [True]
    assert [v.creator is None for v in (loss, y)] == [added, added]
    assert loss.item() == 4
