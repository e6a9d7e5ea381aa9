"""The environment variables by which users steer plugins.

``CATENARY_DISABLE_PLUGINS=a,b``  block these distributions; ``*`` blocks all third parties
``CATENARY_ONLY_PLUGINS=a,b``     of the third parties, load these alone
``CATENARY_STRICT_PLUGINS=1``     a plugin that cannot be used is an error, not a warning
``CATENARY_TRACE_PLUGINS=1``      print to stderr what is found, imported and looked up
"""

from __future__ import annotations

import os
import re
import sys

from catenary.plugins.kinds import FIRST_PARTY


def normalize(distribution: str) -> str:
    """Return the name of a distribution in its normal form: lower case, words joined by single hyphens."""
    return re.sub(r"[-_.]+", "-", distribution.strip()).lower()


def listed(variable: str) -> frozenset[str]:
    """Return the distributions that an environment variable lists."""
    return frozenset(normalize(name) for name in os.environ.get(variable, "").split(",") if name.strip())


def blocked_by(distribution: str) -> str:
    """Return the environment variable that blocks this distribution, or an empty string.

    First-party packages are blocked only where they are named: "all" and "only" are about third parties.
    """
    disabled, only = listed("CATENARY_DISABLE_PLUGINS"), listed("CATENARY_ONLY_PLUGINS")
    third_party = distribution not in FIRST_PARTY
    if distribution in disabled or ("*" in disabled and third_party):
        return "CATENARY_DISABLE_PLUGINS"
    if only and third_party and distribution not in only:
        return "CATENARY_ONLY_PLUGINS"
    return ""


def strict() -> bool:
    """Return whether a plugin that cannot be used is an error."""
    return _is_on("CATENARY_STRICT_PLUGINS")


def trace(message: str) -> None:
    """Print one line to stderr if tracing is on."""
    if _is_on("CATENARY_TRACE_PLUGINS"):
        print(f"catenary plugins: {message}", file=sys.stderr)


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "0") not in ("", "0")
