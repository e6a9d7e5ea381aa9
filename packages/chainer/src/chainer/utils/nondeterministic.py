"""A warning for what gives other last digits from run to run."""

from __future__ import annotations

import warnings

from chainer.configuration import config


def nondeterministic(f_name: str) -> None:
    """Warn that something is not deterministic, if `chainer.config.warn_nondeterministic` is set.

    Args:
        f_name: What it is.
    """
    if config.warn_nondeterministic:
        warnings.warn(f"{f_name} is not deterministic (config.warn_nondeterministic is set)", stacklevel=3)
