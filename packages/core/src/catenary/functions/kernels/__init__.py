"""Facade of the distribution catenary-functions (import package catenary_functions.kernels)."""

try:
    from catenary_functions.kernels import *
    from catenary_functions.kernels import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_functions")
