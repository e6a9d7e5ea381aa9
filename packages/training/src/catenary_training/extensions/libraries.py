"""Libraries that only some extensions use, and that need not be installed."""

from __future__ import annotations

import importlib.util
from typing import Any

from catenary.errors import MissingLibraryError


def has_library(library: str) -> bool:
    """Return whether a library is installed."""
    return importlib.util.find_spec(library) is not None


def need_library(extension: str, library: str, extra: str) -> None:
    """Check that a library is installed.

    Args:
        extension: What needs it.
        library: Its name for `import`.
        extra: The extra of catenary-training that installs it.

    Raises:
        MissingLibraryError: If it is not.
    """
    if not has_library(library):
        raise MissingLibraryError(
            f"{extension}: {library} is not installed. Install it with:  pip install 'catenary-training[{extra}]'"
        )


def load_library(extension: str, library: str, extra: str) -> Any:
    """Import a library and return it; the arguments and errors are those of `need_library`."""
    need_library(extension, library, extra)
    return importlib.import_module(library)
