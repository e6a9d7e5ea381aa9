"""What catenary-links gives: links and initializers."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_links() -> dict[str, str]:
    return {
        "BatchNormalization": "catenary_links.normalization:BatchNormalization",
        "Classifier": "catenary_links.classifier:Classifier",
        "Convolution2D": "catenary_links.convolution:Convolution2D",
        "EmbedID": "catenary_links.linear:EmbedID",
        "GRU": "catenary_links.recurrent:GRU",
        "LSTM": "catenary_links.recurrent:LSTM",
        "Linear": "catenary_links.linear:Linear",
        "NStepLSTM": "catenary_links.recurrent:NStepLSTM",
        "StatefulGRU": "catenary_links.recurrent:StatefulGRU",
    }


@hookimpl
def catenary_initializers() -> dict[str, str]:
    return {
        "Constant": "catenary_links.initializers.constant:Constant",
        "GlorotNormal": "catenary_links.initializers.random:GlorotNormal",
        "GlorotUniform": "catenary_links.initializers.random:GlorotUniform",
        "HeNormal": "catenary_links.initializers.random:HeNormal",
        "HeUniform": "catenary_links.initializers.random:HeUniform",
        "Identity": "catenary_links.initializers.constant:Identity",
        "LeCunNormal": "catenary_links.initializers.random:LeCunNormal",
        "LeCunUniform": "catenary_links.initializers.random:LeCunUniform",
        "NaN": "catenary_links.initializers.constant:NaN",
        "Normal": "catenary_links.initializers.random:Normal",
        "One": "catenary_links.initializers.constant:One",
        "Orthogonal": "catenary_links.initializers.random:Orthogonal",
        "Uniform": "catenary_links.initializers.random:Uniform",
        "Zero": "catenary_links.initializers.constant:Zero",
    }
