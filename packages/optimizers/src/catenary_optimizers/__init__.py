"""Optimizers: use them as ``catenary.optimizers``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_optimizers.adam_family import (
    LAMB as LAMB,
    AdaBound as AdaBound,
    AdamW as AdamW,
    AMSBound as AMSBound,
    AMSGrad as AMSGrad,
)
from catenary_optimizers.adaptive import (
    AdaDelta as AdaDelta,
    AdaGrad as AdaGrad,
    Adam as Adam,
    RMSprop as RMSprop,
)
from catenary_optimizers.gradient_method import GradientMethod as GradientMethod
from catenary_optimizers.hyperparameter import (
    Hyperparameter as Hyperparameter,
    HyperparameterProxy as HyperparameterProxy,
)
from catenary_optimizers.matrices import Adafactor as Adafactor, Muon as Muon
from catenary_optimizers.optimizer import Optimizer as Optimizer
from catenary_optimizers.sgd import (
    SGD as SGD,
    CorrectedMomentumSGD as CorrectedMomentumSGD,
    Lion as Lion,
    MomentumSGD as MomentumSGD,
    NesterovAG as NesterovAG,
)
from catenary_optimizers.update_rule import UpdateRule as UpdateRule
from catenary_optimizers.variance import MSVAG as MSVAG, SMORMS3 as SMORMS3, RMSpropGraves as RMSpropGraves

__all__ = [
    "LAMB",
    "MSVAG",
    "SGD",
    "SMORMS3",
    "AMSBound",
    "AMSGrad",
    "AdaBound",
    "AdaDelta",
    "AdaGrad",
    "Adafactor",
    "Adam",
    "AdamW",
    "CorrectedMomentumSGD",
    "GradientMethod",
    "Hyperparameter",
    "HyperparameterProxy",
    "Lion",
    "MomentumSGD",
    "Muon",
    "NesterovAG",
    "Optimizer",
    "RMSprop",
    "RMSpropGraves",
    "UpdateRule",
    "get",
]


def get(name: str, **hyperparameters: Any) -> Any:
    """Return a new optimizer by its registered name, of this package or of a plugin.

    Args:
        name: Such as `"Adam"`, or `"<distribution>:<name>"`.
        hyperparameters: What its class takes.

    Raises:
        UnknownNameError: If there is no optimizer of this name; the message has similar names.

    Example:
        >>> from catenary import optimizers
        >>> optimizers.get("SGD", lr=0.5).lr
        0.5
    """
    from catenary.plugins import registry  # nothing is discovered until a name is looked up

    return registry.get("optimizers", name)(**hyperparameters)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "optimizers", name)
