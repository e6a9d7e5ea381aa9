"""Facade of the distribution catenary-links (import package catenary_links.link_hooks)."""

try:
    from catenary_links.link_hooks import *
    from catenary_links.link_hooks import __all__ as __all__
except ModuleNotFoundError as e:
    from catenary._subpackages import reraise_missing

    reraise_missing(e, __name__, "catenary_links")
