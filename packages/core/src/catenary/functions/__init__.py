"""Facade of the distribution catenary-functions (import package catenary_functions)."""

from typing import TYPE_CHECKING

try:
    from catenary_functions import *
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_functions")

if not TYPE_CHECKING:
    from catenary_functions import __all__, __getattr__  # the latter: names that plugins register
