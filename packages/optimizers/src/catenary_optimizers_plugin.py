"""What catenary-optimizers gives: optimizers and optimizer hooks."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_optimizers() -> dict[str, str]:
    return {
        "AdaDelta": "catenary_optimizers.adaptive:AdaDelta",
        "AdaGrad": "catenary_optimizers.adaptive:AdaGrad",
        "Adam": "catenary_optimizers.adaptive:Adam",
        "MomentumSGD": "catenary_optimizers.sgd:MomentumSGD",
        "RMSprop": "catenary_optimizers.adaptive:RMSprop",
        "SGD": "catenary_optimizers.sgd:SGD",
    }


@hookimpl
def catenary_optimizer_hooks() -> dict[str, str]:
    return {
        "GradientClipping": "catenary_optimizers.optimizer_hooks.gradient:GradientClipping",
        "WeightDecay": "catenary_optimizers.optimizer_hooks.gradient:WeightDecay",
    }
