"""Facade of the distribution catenary-links (import package catenary_links.initializers)."""

from typing import TYPE_CHECKING

try:
    from catenary_links.initializers import *
    from catenary_links.initializers import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_links")

if not TYPE_CHECKING:
    from catenary_links.initializers import __getattr__  # names that plugins register
