from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import catenary
from catenary.errors import TrainingError
from catenary.training.extensions import FailOnNonNumber


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_names_the_parameter(tools, bad):
    good, spoilt, empty = (
        catenary.Parameter(np.ones(3)),
        catenary.Parameter(np.ones((2, 2))),
        catenary.Parameter(0),
    )
    target = SimpleNamespace(namedparams=lambda: [("/l/b", good), ("/l/W", spoilt), ("/new", empty)])
    trainer = tools.trainer()
    trainer.updater.get_all_optimizers = lambda: {"main": SimpleNamespace(target=target)}

    def spoil(trainer):
        if trainer.updater.iteration == 2:
            spoilt.array[0, 1] = bad

    trainer.extend(spoil, priority=300)
    trainer.extend(FailOnNonNumber())
    with pytest.raises(TrainingError, match=r"parameter '/l/W' of the target of optimizer 'main' .* iteration 2"):
        trainer.run(show_loop_exception_msg=False)
