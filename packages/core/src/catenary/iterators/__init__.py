"""Facade of the distribution catenary-training (import package catenary_training.iterators)."""

try:
    from catenary_training.iterators import *
    from catenary_training.iterators import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
