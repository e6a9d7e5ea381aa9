"""Facade of the distribution catenary-training (import package catenary_training.updaters)."""

try:
    from catenary_training.updaters import *
    from catenary_training.updaters import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
