"""Facade of the distribution catenary-io (import package catenary_io.datasets)."""

from typing import TYPE_CHECKING

try:
    from catenary_io.datasets import *
    from catenary_io.datasets import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_io")

if not TYPE_CHECKING:
    from catenary_io.datasets import __getattr__  # names that plugins register
