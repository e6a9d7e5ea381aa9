"""Layers whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

MASK = np.array([[[1, 0, 1], [0, 1, 1]]] * 4, np.float32)
IMAGES = (4, 4, 2, 3)

CASES = {
    "BatchNormalization": [
        {"make": lambda L: L.BatchNormalization(3), "inputs": [(4, 3)]},
        {"make": lambda L: L.BatchNormalization(4, decay=0.5, eps=0.1, use_beta=False), "inputs": [IMAGES]},
        {"make": lambda L: L.BatchNormalization(axis=(0, 1)), "inputs": [(4, 2, 3)]},
        {
            "make": lambda L: L.BatchNormalization(3, initial_avg_mean=1, initial_avg_var=2),
            "inputs": [(4, 3)],
            "train": False,
        },
    ],
    "BatchRenormalization": [
        {"make": lambda L: L.BatchRenormalization(3, rmax=1.5, dmax=0.5), "inputs": [(4, 3)]},
        {
            "make": lambda L: L.BatchRenormalization(3, 2, 1, 0.5, 0.1, use_gamma=False, initial_avg_mean=1),
            "inputs": [(4, 3, 2)],
            "call": lambda link, x: [link(x, finetune=True), link(2 * x, finetune=True)],
        },
        {"make": lambda L: L.BatchRenormalization(3, initial_avg_var=2), "inputs": [(4, 3)], "train": False},
    ],
    "Bias": [
        {"make": lambda L: L.Bias(1, (3,)), "inputs": [(2, 3, 4)]},
        {"make": lambda L: L.Bias(0, (2, 3)), "inputs": [(2, 3, 4)]},
        {"make": lambda L: L.Bias(), "inputs": [(2, 3, 4), (3, 4)]},
    ],
    "Bilinear": [
        {"make": lambda L: L.Bilinear(2, 3, 4), "inputs": [(5, 2), (5, 3)]},
        {"make": lambda L: L.Bilinear(2, 6, 4, nobias=True), "inputs": [(5, 2), (5, 3, 2)]},
    ],
    "Classifier": [{"make": lambda L: L.Classifier(L.Linear(3, 4)), "inputs": [(5, 3), [3, 0, 1, 2, 0]]}],
    "DecorrelatedBatchNormalization": [
        {"make": lambda L: L.DecorrelatedBatchNormalization(4, groups=2, eps=0.1), "inputs": [(8, 4)]},
        {
            "make": lambda L: L.DecorrelatedBatchNormalization(4, groups=1, eps=0.1),
            "inputs": [IMAGES],
            "call": lambda link, x: [link(x, finetune=True), link(x * x, finetune=True)],
        },
        {"make": lambda L: L.DecorrelatedBatchNormalization(4, groups=2), "inputs": [IMAGES], "train": False},
    ],
    "EmbedID": [
        {"make": lambda L: L.EmbedID(5, 3), "inputs": [[[1, 4], [0, 1]]]},
        {"make": lambda L: L.EmbedID(5, 3, ignore_label=-1), "inputs": [[1, -1, 4]]},
    ],
    "GroupNormalization": [
        {"make": lambda L: L.GroupNormalization(2, 4), "inputs": [(3, 4, 5)]},
        {"make": lambda L: L.GroupNormalization(1, eps=0.1), "inputs": [IMAGES]},
    ],
    "Highway": [
        {"make": lambda L: L.Highway(3), "inputs": [(4, 3)]},
        {"make": lambda L: L.Highway(3, nobias=True, activate=lambda x: 2 * x), "inputs": [(4, 3)]},
    ],
    "LayerNormalization": [
        {"make": lambda L: L.LayerNormalization(3), "inputs": [(4, 3)]},
        {"make": lambda L: L.LayerNormalization(eps=0.1), "inputs": [(4, 3)]},
    ],
    "Linear": [
        {"make": lambda L: L.Linear(6, 2), "inputs": [(4, 3, 2)]},
        {"make": lambda L: L.Linear(2, nobias=True), "inputs": [(4, 3)]},
        {"make": lambda L: L.Linear(3, 2), "inputs": [(4, 5, 3)], "call": lambda link, x: link(x, n_batch_axes=2)},
    ],
    "Maxout": [
        {"make": lambda L: L.Maxout(3, 2, 4), "inputs": [(5, 3)]},
        {"make": lambda L: L.Maxout(None, 2, 3), "inputs": [(5, 3, 2)]},
    ],
    "PReLU": [
        {"make": lambda L: L.PReLU(), "inputs": [(4, 3)]},
        {"make": lambda L: L.PReLU((3, 2)), "inputs": [(4, 3, 2)]},
    ],
    "Parameter": [{"make": lambda L: L.Parameter(np.zeros((2, 3), np.float32)), "inputs": []}],
    "Scale": [
        {"make": lambda L: L.Scale(1, (3,)), "inputs": [(2, 3, 4)]},
        {"make": lambda L: L.Scale(0, (2, 3), bias_term=True), "inputs": [(2, 3, 4)]},
        {"make": lambda L: L.Scale(1, bias_term=True, bias_shape=(3,)), "inputs": [(2, 3, 4), (3,)]},
    ],
    "SimplifiedDropconnect": [
        {
            "make": lambda L: L.SimplifiedDropconnect(3, 2, 0.25),
            "inputs": [(4, 3)],
            "call": lambda link, x: link(x, mask=MASK),
        },
        {
            "make": lambda L: L.SimplifiedDropconnect(3, 2, 0.25, nobias=True),
            "inputs": [(4, 3)],
            "call": lambda link, x: link(x, mask=MASK[0], use_batchwise_mask=False),
        },
        {
            "make": lambda L: L.SimplifiedDropconnect(3, 2),
            "inputs": [(4, 3)],
            "call": lambda link, x: link(x, train=False),
        },
    ],
    "Swish": [
        {"make": lambda L: L.Swish((3,)), "inputs": [(4, 3, 2)]},
        {"make": lambda L: L.Swish(None), "inputs": [(4, 3, 2)]},
    ],
}
