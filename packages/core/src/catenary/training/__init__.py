"""Facade of the distribution catenary-training (import package catenary_training)."""

try:
    from catenary_training import *
    from catenary_training import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
