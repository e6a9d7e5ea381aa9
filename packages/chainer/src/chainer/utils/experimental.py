"""A warning for what may still change."""

from __future__ import annotations

import warnings

import chainer


def experimental(api_name: str) -> None:
    """Warn that something may change, unless `chainer.disable_experimental_feature_warning` is set.

    Args:
        api_name: What it is.
    """
    if not chainer.disable_experimental_feature_warning:
        warnings.warn(f"{api_name} is experimental: its interface may change", FutureWarning, stacklevel=3)
