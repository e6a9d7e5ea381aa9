"""The extension that writes the graph of the first iteration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary import Variable, build_computational_graph
from catenary.errors import TrainingError
from catenary_training.extension import Extension
from catenary_training.files import replacing
from catenary_training.serialization import optional

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer


class DumpGraph(Extension):
    """Write the graph behind a reported Variable in the DOT language, once, at the first iteration.

    `dot -Tpng cg.dot -o cg.png` of Graphviz draws it.

    Args:
        root_name: Key of the Variable, such as `"main/loss"`.
        filename: Name of the file in the trainer's `out`.
        variable_style: DOT attributes of values; None takes the usual ones.
        function_style: DOT attributes of functions; None takes the usual ones.

    Raises:
        TrainingError: When the first iteration is over and no Variable with a graph was reported under this
            key.

    Example:
        >>> from catenary.training.extensions import DumpGraph
        >>> extension = DumpGraph("main/loss")
    """

    default_name = "dump_graph"

    def __init__(
        self,
        root_name: str,
        filename: str = "cg.dot",
        variable_style: Mapping[str, str] | None = None,
        function_style: Mapping[str, str] | None = None,
    ) -> None:
        self._called = False
        self._root_name = root_name
        self._filename = filename
        self._variable_style = variable_style or "default"
        self._function_style = function_style or "default"

    def trigger(self, trainer: Trainer) -> bool:  # a method, so that the extension saves it, as in Chainer
        """Return whether this is the first iteration."""
        return not self._called

    def initialize(self, trainer: Trainer) -> None:
        """Ask for Variables to be reported with their graph, until the first iteration is over."""
        trainer.reporter.keep_graph = trainer.is_before_training

    def __call__(self, trainer: Trainer) -> None:
        """Write the graph."""
        self._called = True
        trainer.reporter.keep_graph = False
        root: Any = trainer.observation.get(self._root_name)
        if not isinstance(root, Variable) or root.creator is None:
            raise TrainingError(
                f"DumpGraph: no Variable with a graph was reported as {self._root_name!r}; "
                f"reported were {sorted(trainer.observation)}"
            )
        graph = build_computational_graph(
            [root], variable_style=self._variable_style, function_style=self._function_style
        )
        with replacing(Path(trainer.out) / self._filename) as temporary:
            temporary.write_text(graph.dump() + "\n", "utf-8")

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load whether the graph is written."""
        self._called = serializer("_flag_called", self._called)
        optional(serializer, "_original_flag", None)  # as in Chainer's files


dump_graph = DumpGraph
