"""Facade of the distribution catenary-training (import package catenary_training.schedules)."""

try:
    from catenary_training.schedules import *
    from catenary_training.schedules import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
