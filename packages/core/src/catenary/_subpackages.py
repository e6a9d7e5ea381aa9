"""Which distribution to install when a first-party subpackage is missing."""

from __future__ import annotations

from typing import NoReturn

from catenary.errors import SubpackageNotInstalledError as SubpackageNotInstalledError

#: First-party subpackage of ``catenary`` -> distribution that holds its code.
KNOWN = {
    "functions": "catenary-functions",
    "distributions": "catenary-functions",
    "function_hooks": "catenary-functions",
    "links": "catenary-links",
    "initializers": "catenary-links",
    "link_hooks": "catenary-links",
    "optimizers": "catenary-optimizers",
    "optimizer_hooks": "catenary-optimizers",
    "training": "catenary-training",
    "iterators": "catenary-training",
    "dataset": "catenary-training",
    "serializers": "catenary-io",
    "datasets": "catenary-io",
    "testing": "catenary-testing",
}


def reraise_missing(error: ModuleNotFoundError, facade: str, implementation: str) -> NoReturn:
    """Turn the failed import of an implementation package into advice on what to install.

    Args:
        error: What the import raised.
        facade: Dotted name of the facade, such as ``"catenary.links"``.
        implementation: Top-level package that the facade re-exports.

    Raises:
        SubpackageNotInstalledError: If ``implementation`` itself is what is missing.
        ModuleNotFoundError: ``error``, if one of the implementation's own imports is missing.
    """
    if error.name != implementation:
        raise error
    distribution = KNOWN[facade.split(".")[1]]
    # "name" must not be the facade's: importlib would swallow the error and its message.
    raise SubpackageNotInstalledError(
        f"{facade} is provided by the distribution {distribution!r}, which is not installed. "
        f"Install it with:  pip install {distribution}",
        name=implementation,
    ) from None
