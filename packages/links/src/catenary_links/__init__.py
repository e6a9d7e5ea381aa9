"""Links: use them as ``catenary.links``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catenary_links.classifier import Classifier as Classifier
from catenary_links.convolution import Convolution2D as Convolution2D
from catenary_links.linear import EmbedID as EmbedID, Linear as Linear
from catenary_links.normalization import BatchNormalization as BatchNormalization
from catenary_links.recurrent import (
    GRU as GRU,
    LSTM as LSTM,
    NStepLSTM as NStepLSTM,
    StatefulGRU as StatefulGRU,
)

__all__ = [
    "GRU",
    "LSTM",
    "BatchNormalization",
    "Classifier",
    "Convolution2D",
    "EmbedID",
    "Linear",
    "NStepLSTM",
    "StatefulGRU",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "links", name)
