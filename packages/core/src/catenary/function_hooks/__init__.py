"""Facade of the distribution catenary-functions (import package catenary_functions.function_hooks)."""

try:
    from catenary_functions.function_hooks import *
    from catenary_functions.function_hooks import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_functions")
