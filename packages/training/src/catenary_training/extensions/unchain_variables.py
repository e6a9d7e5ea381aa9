"""The extension that forgets the graphs of reported Variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catenary import Variable
from catenary_training.extension import Extension

if TYPE_CHECKING:
    from catenary_training.trainer import Trainer


class unchain_variables(Extension):
    """Cut reported Variables from their graphs, after the other extensions of the iteration.

    Reports keep no graph, unless `trainer.reporter.keep_graph` is set for an extension that looks at graphs; then this
    one frees their memory.

    Example:
        >>> from catenary.training.extensions import unchain_variables
        >>> extension = unchain_variables()
    """

    priority = 0

    def trigger(self, trainer: Trainer) -> bool:  # a method, so that nothing is saved, as in Chainer
        """Return True: it is called after each iteration."""
        return True

    def __call__(self, trainer: Trainer) -> None:
        """Cut all graphs."""
        for value in trainer.observation.values():
            if isinstance(value, Variable):
                value.unchain_backward()
