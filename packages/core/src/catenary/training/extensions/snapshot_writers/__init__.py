"""Facade of the distribution catenary-training (import package catenary_training.extensions.snapshot_writers)."""

try:
    from catenary_training.extensions.snapshot_writers import *
    from catenary_training.extensions.snapshot_writers import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")
