"""Facade of the distribution catenary-optimizers (import package catenary_optimizers.optimizer_hooks)."""

from typing import TYPE_CHECKING

try:
    from catenary_optimizers.optimizer_hooks import *
    from catenary_optimizers.optimizer_hooks import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_optimizers")

if not TYPE_CHECKING:
    from catenary_optimizers.optimizer_hooks import __getattr__  # names that plugins register
