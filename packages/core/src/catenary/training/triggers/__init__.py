"""Facade of the distribution catenary-training (import package catenary_training.triggers)."""

from typing import TYPE_CHECKING

try:
    from catenary_training.triggers import *
    from catenary_training.triggers import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_training")

if not TYPE_CHECKING:
    from catenary_training.triggers import __getattr__  # names that plugins register
