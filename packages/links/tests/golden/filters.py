"""Convolutional layers whose results in Chainer 7.8.1 are stored; see `make.py`."""

IMAGES = (2, 4, 5, 6)


def case(name, *arguments, inputs=IMAGES, **options):
    return {"make": lambda L: getattr(L, name)(*arguments, **options), "inputs": [inputs]}


CASES = {
    "Convolution1D": [
        case("Convolution1D", 4, 6, 3, inputs=(2, 4, 7)),
        case("Convolution1D", None, 6, 2, 2, 1, True, cover_all=True, groups=2, inputs=(2, 4, 6)),
    ],
    "Convolution2D": [
        case("Convolution2D", 4, 6, 3),
        case("Convolution2D", 6, (2, 3), stride=2, pad=(1, 0), dilate=(1, 2), nobias=True),
        case("Convolution2D", None, 6, 2, groups=2),
    ],
    "Convolution3D": [case("Convolution3D", 2, 3, 2, pad=1, inputs=(1, 2, 3, 4, 3))],
    "ConvolutionND": [
        case("ConvolutionND", 2, 4, 6, 3, 2, 1, cover_all=True),
        case("ConvolutionND", 1, None, 6, 3, dilate=2, inputs=(2, 4, 7)),
    ],
    "Deconvolution1D": [case("Deconvolution1D", 4, 6, 3, 2, 1, outsize=(9,), inputs=(2, 4, 5))],
    "Deconvolution2D": [
        case("Deconvolution2D", 4, 6, 3),
        case("Deconvolution2D", None, 6, (3, 2), 2, 1, True, (9, 10), groups=2),
        case("Deconvolution2D", 6, 2, stride=2, dilate=2),
    ],
    "Deconvolution3D": [case("Deconvolution3D", None, 3, 2, 2, inputs=(1, 2, 2, 3, 2))],
    "DeconvolutionND": [
        case("DeconvolutionND", 2, 4, 6, 3, 2, 1),
        case("DeconvolutionND", 1, None, 6, 3, nobias=True, inputs=(2, 4, 5)),
    ],
    "DeformableConvolution2D": [
        case("DeformableConvolution2D", 4, 3, 3, pad=1),
        case("DeformableConvolution2D", None, 3, 2, 2, 0, True, deform_nobias=True),
    ],
    "DepthwiseConvolution2D": [
        case("DepthwiseConvolution2D", 4, 2, 3, pad=1),
        case("DepthwiseConvolution2D", None, 3, (2, 3), 2, nobias=True),
    ],
    "DilatedConvolution2D": [
        case("DilatedConvolution2D", 4, 3, 2, 1, 1, 2),
        case("DilatedConvolution2D", None, 3, 2, dilate=(2, 1), nobias=True),
    ],
    "LocalConvolution2D": [
        case("LocalConvolution2D", 4, 3, (5, 6), 2),
        case("LocalConvolution2D", None, 3, None, (2, 2), 1, True, inputs=(2, 4, 5, 5)),
    ],
}
