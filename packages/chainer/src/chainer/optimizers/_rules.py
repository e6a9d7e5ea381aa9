"""Update rules as they are written for Chainer, and those of its Adam, whose options go together."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

import catenary
import catenary.optimizers
from chainer._old import Kin


class UpdateRule(catenary.optimizers.UpdateRule, metaclass=Kin):
    """Base of update rules with one method for each kind of device, and state that `init_state` puts in a dictionary.

    Args:
        parent_hyperparam: The hyperparameters of the optimizer.
    """

    is_elementwise = False

    def prepare(self, param: Any) -> Any:
        """Make the state of a parameter, or send it to where the parameter is; return that device.

        Args:
            param: The parameter.
        """
        if self.state is None:
            self.state = {}
            self.init_state(param)
            self.state_names = tuple(self.state)  # type: ignore[misc]
        return super().prepare(param)

    def update_core(self, param: Any) -> None:
        """Do one step on a parameter, by the method for its device.

        Args:
            param: The parameter.
        """
        device = self.prepare(param)
        with device.create_context():
            (self.update_core_cpu if device == catenary.get_device("@numpy") else self.update_core_gpu)(param)

    def update_core_cpu(self, param: Any) -> None:
        """Do one step on a parameter of the host: by `step`, unless overridden.

        Args:
            param: The parameter.
        """
        super().update_core(param)

    def update_core_gpu(self, param: Any) -> None:
        """Do one step on a parameter of another device: by `step`, unless overridden.

        Args:
            param: The parameter.
        """
        super().update_core(param)

    def serialize(self, serializer: Any) -> None:
        """Save or load the number of updates and the state.

        Args:
            serializer: From where or to where.
        """
        if self.state is None:
            probe = copy.copy(self)
            probe.prepare(catenary.Parameter(np.zeros(1)))
            self.state_names = probe.state_names  # type: ignore[misc]
        super().serialize(serializer)


class Decaying:
    """Mixin of rules like Adam's: a part of each parameter is taken off beside the gradient's step."""

    hp: Any

    def change(self, xp: Any, p: Any, m: Any, spread: Any) -> Any:
        """Return a new array: what is taken off the parameter.

        Args:
            xp: The array module.
            p: The parameter.
            m: The running mean of gradients.
            spread: What it is divided by.
        """
        change = super().change(xp, p, m, spread)  # type: ignore[misc]
        if self.hp.weight_decay_rate:
            change += self.hp.eta * self.hp.weight_decay_rate * p
        return change


class AdamRule(Decaying, catenary.optimizers.Adam.rule):  # type: ignore[misc, valid-type]
    """The rule of Adam, with decay."""


class AMSGradRule(Decaying, catenary.optimizers.AMSGrad.rule):  # type: ignore[misc, valid-type]
    """The rule of AMSGrad, with decay."""


class AdaBoundRule(Decaying, catenary.optimizers.AdaBound.rule):  # type: ignore[misc, valid-type]
    """The rule of AdaBound, with decay."""


class AMSBoundRule(Decaying, catenary.optimizers.AMSBound.rule):  # type: ignore[misc, valid-type]
    """The rule of AMSBound, with decay."""


#: Whether amsgrad, whether adabound -> class of rules.
ADAM_RULES = {
    (False, False): AdamRule,
    (True, False): AMSGradRule,
    (False, True): AdaBoundRule,
    (True, True): AMSBoundRule,
}
