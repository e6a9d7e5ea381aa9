"""Facade of the distribution catenary-testing (import package catenary_testing)."""

try:
    from catenary_testing import *
    from catenary_testing import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_testing")
