"""What catenary-optimizers gives: optimizers and optimizer hooks."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_optimizers() -> dict[str, str]:
    return {
        "AMSBound": "catenary_optimizers.adam_family:AMSBound",
        "AMSGrad": "catenary_optimizers.adam_family:AMSGrad",
        "AdaBound": "catenary_optimizers.adam_family:AdaBound",
        "AdaDelta": "catenary_optimizers.adaptive:AdaDelta",
        "AdaGrad": "catenary_optimizers.adaptive:AdaGrad",
        "Adafactor": "catenary_optimizers.matrices:Adafactor",
        "Adam": "catenary_optimizers.adaptive:Adam",
        "AdamW": "catenary_optimizers.adam_family:AdamW",
        "CorrectedMomentumSGD": "catenary_optimizers.sgd:CorrectedMomentumSGD",
        "LAMB": "catenary_optimizers.adam_family:LAMB",
        "Lion": "catenary_optimizers.sgd:Lion",
        "MSVAG": "catenary_optimizers.variance:MSVAG",
        "MomentumSGD": "catenary_optimizers.sgd:MomentumSGD",
        "Muon": "catenary_optimizers.matrices:Muon",
        "NesterovAG": "catenary_optimizers.sgd:NesterovAG",
        "RMSprop": "catenary_optimizers.adaptive:RMSprop",
        "RMSpropGraves": "catenary_optimizers.variance:RMSpropGraves",
        "SGD": "catenary_optimizers.sgd:SGD",
        "SMORMS3": "catenary_optimizers.variance:SMORMS3",
    }


@hookimpl
def catenary_optimizer_hooks() -> dict[str, str]:
    return {
        "ExponentialMovingAverage": "catenary_optimizers.optimizer_hooks.averages:ExponentialMovingAverage",
        "GradientClipping": "catenary_optimizers.optimizer_hooks.gradient:GradientClipping",
        "GradientHardClipping": "catenary_optimizers.optimizer_hooks.each:GradientHardClipping",
        "GradientLARS": "catenary_optimizers.optimizer_hooks.each:GradientLARS",
        "GradientNoise": "catenary_optimizers.optimizer_hooks.each:GradientNoise",
        "Lasso": "catenary_optimizers.optimizer_hooks.each:Lasso",
        "StochasticWeightAveraging": "catenary_optimizers.optimizer_hooks.averages:StochasticWeightAveraging",
        "WeightDecay": "catenary_optimizers.optimizer_hooks.gradient:WeightDecay",
    }
