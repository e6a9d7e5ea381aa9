"""What can be done to all parameters of an object at once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catenary.parameter import Parameter


class ParameterGroup:
    """Methods on all parameters of a link, written in terms of `namedparams`."""

    def namedparams(self, include_uninit: bool = True) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters with their paths, such as ``("/l1/W", ...)``; the order is that of `params`.

        Args:
            include_uninit: Whether parameters without a shape are among them.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no namedparams")

    def params(self, include_uninit: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, by name, then those of the children.

        Args:
            include_uninit: Whether parameters without a shape are among them.
        """
        for _, param in self.namedparams(include_uninit):
            yield param

    def count_params(self) -> int:
        """Return the number of elements of all parameters; warn of those that have no shape yet."""
        lazy = [path for path, param in self.namedparams() if param.array is None]
        if lazy:
            warnings.warn(f"count_params: not initialized, so not counted: {', '.join(lazy)}", stacklevel=2)
        return sum(param.size for param in self.params(include_uninit=False))

    def cleargrads(self) -> None:
        """Set the gradients of all parameters to None."""
        for param in self.params():
            param.cleargrad()

    def zerograds(self) -> None:
        """Set the gradients of all parameters to zeros; where the shape is not known yet, once it is."""
        for param in self.params():
            param.zerograd()

    def enable_update(self) -> None:
        """Let optimizers update all parameters."""
        self._set_update(True)

    def disable_update(self) -> None:
        """Keep optimizers from updating any parameter."""
        self._set_update(False)

    def _set_update(self, enabled: bool) -> None:
        for param in self.params():
            if param.update_rule is not None:
                param.update_rule.enabled = enabled

    @property
    def update_enabled(self) -> bool:
        """Whether an optimizer updates any of the parameters."""
        rules = (param.update_rule for param in self.params())
        return any(rule is not None and rule.enabled for rule in rules)
