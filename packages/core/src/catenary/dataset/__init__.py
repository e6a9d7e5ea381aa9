"""Facade of the distribution catenary-training (import package catenary_training.dataset)."""

try:
    from catenary_training.dataset import *
    from catenary_training.dataset import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
