"""Chainer's links: Catenary's, some of which here also take the arguments of older versions."""

from __future__ import annotations

import importlib
from typing import Any

import catenary.links
from chainer.links._old import OLDER
from chainer.links.theano import TheanoFunction as TheanoFunction

__all__ = list(catenary.links.__all__)
globals().update(OLDER)


def __getattr__(name: str) -> Any:
    if name == "caffe":
        return importlib.import_module("chainer.links.caffe")
    return getattr(catenary.links, name)
