"""Facade of the distribution catenary-functions (import package catenary_functions.distributions)."""

try:
    from catenary_functions.distributions import *
    from catenary_functions.distributions import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_functions")
