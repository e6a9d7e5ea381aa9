"""Libraries that only some data sets use, and that need not be installed."""

from __future__ import annotations

import importlib
from typing import Any

from catenary.errors import MissingLibraryError


def load_library(caller: str, module: str, name: str, extra: str) -> Any:
    """Import a module of an optional library and return it.

    Args:
        caller: What needs it.
        module: Its name for `import`.
        name: The name that people call the library by.
        extra: The extra of catenary-io that installs it.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingLibraryError(
            f"{caller}: {name} is not installed; run: pip install 'catenary-io[{extra}]'"
        ) from None
