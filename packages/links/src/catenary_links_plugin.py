"""What catenary-links gives: links and initializers."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


#: The links that each module gives; a test holds them to `catenary_links.__all__`.
NAMES = {
    "attention": "MultiHeadAttention",
    "bare": "Parameter",
    "blocks": "Inception InceptionBN MLPConvolution2D SqueezeExcitation",
    "channels": "Bias PReLU Scale Swish",
    "classifier": "Classifier ClassifierLike",
    "convolution": "Convolution1D Convolution2D Convolution3D ConvolutionND DilatedConvolution2D",
    "deconvolution": "Deconvolution1D Deconvolution2D Deconvolution3D DeconvolutionND",
    "decorrelation": "DecorrelatedBatchNormalization",
    "dense": "Bilinear Highway Maxout SimplifiedDropconnect",
    "feature_normalization": "GroupNormalization LayerNormalization RMSNorm",
    "gated_cells": "GRU StatefulGRU StatefulMGU StatelessGRU StatelessMGU",
    "linear": "EmbedID Linear",
    "memory_cells": "LSTM StatefulPeepholeLSTM StatefulZoneoutLSTM StatelessLSTM",
    "model.vision.googlenet": "GoogLeNet",
    "model.vision.resnet": "ResNet101Layers ResNet152Layers ResNet50Layers",
    "model.vision.vgg": "VGG16Layers VGG19Layers",
    "normalization": "BatchNormalization BatchRenormalization",
    "random_fields": "CRF1d",
    "recurrent": ("NStepBiGRU NStepBiLSTM NStepBiRNNReLU NStepBiRNNTanh NStepGRU NStepLSTM NStepRNNReLU NStepRNNTanh"),
    "sampling": "BlackOut NegativeSampling",
    "transformer": "TransformerDecoderLayer TransformerEncoderLayer",
    "tree_cells": "ChildSumTreeLSTM NaryTreeLSTM",
    "uneven_convolution": ("DeformableConvolution2D DepthwiseConvolution2D LocalConvolution2D SeparableConvolution2D"),
    "word_trees": "BinaryHierarchicalSoftmax",
    "wrappers": "LoRA StochasticDepth",
}


@hookimpl
def catenary_links() -> dict[str, str]:
    return {name: f"catenary_links.{module}:{name}" for module, names in NAMES.items() for name in names.split()}


@hookimpl
def catenary_initializers() -> dict[str, str]:
    return {
        "Constant": "catenary_links.initializers.constant:Constant",
        "DownsamplingConvFilter": "catenary_links.initializers.resampling:DownsamplingConvFilter",
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
        "UpsamplingDeconvFilter": "catenary_links.initializers.resampling:UpsamplingDeconvFilter",
        "Zero": "catenary_links.initializers.constant:Zero",
    }
