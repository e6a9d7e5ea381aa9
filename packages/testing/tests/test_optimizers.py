"""The kit finds what is wrong with an optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary import Link
from catenary.testing import OptimizerCase
from catenary_testing import optimizers as kit


class Plain:
    """Gradient descent in a few lines, on any device; `wrong` breaks it."""

    t = 0

    def __init__(self, wrong: float = 1.0) -> None:
        self.wrong = wrong

    def setup(self, link: Link) -> Any:
        self.target = link
        for param in link.params():
            param.update_rule = Rule()
        return self

    def update(self) -> None:
        self.t += 1
        for param in self.target.params():
            if param.update_rule.enabled:
                param.array -= 0.1 * self.wrong**self.t * param.grad  # a mistake that grows

    def serialize(self, serializer: Any) -> None:
        if self.wrong == 1.0:
            self.t = serializer("t", self.t)


class Rule:
    """Takes the place of an update rule."""

    enabled = True

    def add_hook(self, hook: Any, name: str) -> None:
        """Ignore the hook."""

    def remove_hook(self, name: str) -> None:
        """Ignore the hook."""


def case(**options: Any) -> OptimizerCase:
    return OptimizerCase(Plain, lambda: Plain(**options), lambda p, gs: p - 0.1 * np.sum(gs, axis=0))


def test_a_right_optimizer_passes() -> None:
    for check in kit.OPTIMIZER_CHECKS:
        check(case())


@pytest.mark.parametrize("check", [kit.check_rule, kit.check_resuming], ids=lambda check: check.__name__)
def test_a_wrong_optimizer_fails(check: Any) -> None:
    with pytest.raises(AssertionError):
        check(case(wrong=1.01))
