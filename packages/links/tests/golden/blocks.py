"""Blocks of convolutional layers whose results in Chainer 7.8.1 are stored; see `make.py`."""

IMAGES = (2, 3, 5, 6)


def inception_bn(*arguments, train=True, **options):
    return {"make": lambda L: L.InceptionBN(3, *arguments, **options), "inputs": [IMAGES], "train": train}


CASES = {
    "Inception": [{"make": lambda L: L.Inception(3, 1, 2, 3, 2, 1, 2), "inputs": [IMAGES]}],
    "InceptionBN": [
        inception_bn(1, 2, 3, 2, 2, "max", 2),
        inception_bn(1, 2, 3, 2, 2, "avg", 2, train=False),
        inception_bn(0, 2, 2, 2, 2, "max", stride=2),
        inception_bn(0, 2, 2, 2, 2, "avg", stride=2),
    ],
    "MLPConvolution2D": [
        {"make": lambda L: L.MLPConvolution2D(3, (4, 2), 3), "inputs": [IMAGES]},
        {
            "make": lambda L: L.MLPConvolution2D(None, (4, 2, 3), 3, 2, 1, lambda x: x * x),
            "inputs": [IMAGES],
        },
    ],
}
