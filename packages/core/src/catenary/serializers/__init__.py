"""Facade of the distribution catenary-io (import package catenary_io.serializers)."""

try:
    from catenary_io.serializers import *
    from catenary_io.serializers import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_io")
