"""Links: use them as ``catenary.links``."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from catenary_links.attention import MultiHeadAttention as MultiHeadAttention
from catenary_links.bare import Parameter as Parameter
from catenary_links.blocks import (
    Inception as Inception,
    InceptionBN as InceptionBN,
    MLPConvolution2D as MLPConvolution2D,
    SqueezeExcitation as SqueezeExcitation,
)
from catenary_links.channels import (
    Bias as Bias,
    PReLU as PReLU,
    Scale as Scale,
    Swish as Swish,
)
from catenary_links.classifier import Classifier as Classifier, ClassifierLike as ClassifierLike
from catenary_links.convolution import (
    Convolution1D as Convolution1D,
    Convolution2D as Convolution2D,
    Convolution3D as Convolution3D,
    ConvolutionND as ConvolutionND,
    DilatedConvolution2D as DilatedConvolution2D,
)
from catenary_links.deconvolution import (
    Deconvolution1D as Deconvolution1D,
    Deconvolution2D as Deconvolution2D,
    Deconvolution3D as Deconvolution3D,
    DeconvolutionND as DeconvolutionND,
)
from catenary_links.decorrelation import DecorrelatedBatchNormalization as DecorrelatedBatchNormalization
from catenary_links.dense import (
    Bilinear as Bilinear,
    Highway as Highway,
    Maxout as Maxout,
    SimplifiedDropconnect as SimplifiedDropconnect,
)
from catenary_links.feature_normalization import (
    GroupNormalization as GroupNormalization,
    LayerNormalization as LayerNormalization,
    RMSNorm as RMSNorm,
)
from catenary_links.gated_cells import (
    GRU as GRU,
    StatefulGRU as StatefulGRU,
    StatefulMGU as StatefulMGU,
    StatelessGRU as StatelessGRU,
    StatelessMGU as StatelessMGU,
)
from catenary_links.linear import (
    EmbedID as EmbedID,
    Linear as Linear,
)
from catenary_links.memory_cells import (
    LSTM as LSTM,
    StatefulPeepholeLSTM as StatefulPeepholeLSTM,
    StatefulZoneoutLSTM as StatefulZoneoutLSTM,
    StatelessLSTM as StatelessLSTM,
)
from catenary_links.model.vision.googlenet import GoogLeNet as GoogLeNet
from catenary_links.model.vision.resnet import (
    ResNet50Layers as ResNet50Layers,
    ResNet101Layers as ResNet101Layers,
    ResNet152Layers as ResNet152Layers,
)
from catenary_links.model.vision.vgg import (
    VGG16Layers as VGG16Layers,
    VGG19Layers as VGG19Layers,
)
from catenary_links.normalization import (
    BatchNormalization as BatchNormalization,
    BatchRenormalization as BatchRenormalization,
)
from catenary_links.random_fields import CRF1d as CRF1d
from catenary_links.recurrent import (
    NStepBiGRU as NStepBiGRU,
    NStepBiLSTM as NStepBiLSTM,
    NStepBiRNNReLU as NStepBiRNNReLU,
    NStepBiRNNTanh as NStepBiRNNTanh,
    NStepGRU as NStepGRU,
    NStepLSTM as NStepLSTM,
    NStepRNNReLU as NStepRNNReLU,
    NStepRNNTanh as NStepRNNTanh,
)
from catenary_links.sampling import (
    BlackOut as BlackOut,
    NegativeSampling as NegativeSampling,
)
from catenary_links.transformer import (
    TransformerDecoderLayer as TransformerDecoderLayer,
    TransformerEncoderLayer as TransformerEncoderLayer,
)
from catenary_links.tree_cells import (
    ChildSumTreeLSTM as ChildSumTreeLSTM,
    NaryTreeLSTM as NaryTreeLSTM,
)
from catenary_links.uneven_convolution import (
    DeformableConvolution2D as DeformableConvolution2D,
    DepthwiseConvolution2D as DepthwiseConvolution2D,
    LocalConvolution2D as LocalConvolution2D,
    SeparableConvolution2D as SeparableConvolution2D,
)
from catenary_links.word_trees import BinaryHierarchicalSoftmax as BinaryHierarchicalSoftmax
from catenary_links.wrappers import (
    LoRA as LoRA,
    StochasticDepth as StochasticDepth,
)

__all__ = [
    "GRU",
    "LSTM",
    "BatchNormalization",
    "BatchRenormalization",
    "Bias",
    "Bilinear",
    "BinaryHierarchicalSoftmax",
    "BlackOut",
    "CRF1d",
    "ChildSumTreeLSTM",
    "Classifier",
    "ClassifierLike",
    "Convolution1D",
    "Convolution2D",
    "Convolution3D",
    "ConvolutionND",
    "Deconvolution1D",
    "Deconvolution2D",
    "Deconvolution3D",
    "DeconvolutionND",
    "DecorrelatedBatchNormalization",
    "DeformableConvolution2D",
    "DepthwiseConvolution2D",
    "DilatedConvolution2D",
    "EmbedID",
    "GoogLeNet",
    "GroupNormalization",
    "Highway",
    "Inception",
    "InceptionBN",
    "LayerNormalization",
    "Linear",
    "LoRA",
    "LocalConvolution2D",
    "MLPConvolution2D",
    "Maxout",
    "MultiHeadAttention",
    "NStepBiGRU",
    "NStepBiLSTM",
    "NStepBiRNNReLU",
    "NStepBiRNNTanh",
    "NStepGRU",
    "NStepLSTM",
    "NStepRNNReLU",
    "NStepRNNTanh",
    "NaryTreeLSTM",
    "NegativeSampling",
    "PReLU",
    "Parameter",
    "RMSNorm",
    "ResNet50Layers",
    "ResNet101Layers",
    "ResNet152Layers",
    "Scale",
    "SeparableConvolution2D",
    "SimplifiedDropconnect",
    "SqueezeExcitation",
    "StatefulGRU",
    "StatefulMGU",
    "StatefulPeepholeLSTM",
    "StatefulZoneoutLSTM",
    "StatelessGRU",
    "StatelessLSTM",
    "StatelessMGU",
    "StochasticDepth",
    "Swish",
    "TransformerDecoderLayer",
    "TransformerEncoderLayer",
    "VGG16Layers",
    "VGG19Layers",
]

#: Links of Chainer for other libraries, and what to do instead.
GONE = {
    "TheanoFunction": "Theano is no longer maintained; write the function with catenary.function",
    "CaffeFunction": "Caffe is no longer maintained; convert the model to an NPZ file with an old Chainer",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in GONE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}: {GONE[name]}")
        if name == "model":  # so that catenary.links.model.vision.vgg.prepare is found by way of the facade, too
            return importlib.import_module(f"{__name__}.model")
        from catenary.plugins import module_getattr

        return module_getattr(__name__, "links", name)
