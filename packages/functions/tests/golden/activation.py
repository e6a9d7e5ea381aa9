"""Calls of activation functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

SLOPES = np.linspace(0.1, 0.5, 12, dtype=np.float32).reshape(3, 4)

CASES = {
    "clipped_relu": [
        (lambda F, x: F.clipped_relu(x), ((3, 4), -30, 30)),
        (lambda F, x: F.clipped_relu(x, z=0.5), (3, 4)),
    ],
    "crelu": [(lambda F, x: F.crelu(x), (3, 4)), (lambda F, x: F.crelu(x, axis=-1), (2, 3, 4))],
    "elu": [(lambda F, x: F.elu(x), (3, 4)), (lambda F, x: F.elu(x, alpha=0.5), (3, 4))],
    "hard_sigmoid": [(lambda F, x: F.hard_sigmoid(x), ((3, 4), -4, 4))],
    "leaky_relu": [(lambda F, x: F.leaky_relu(x), (3, 4)), (lambda F, x: F.leaky_relu(x, slope=0.1), (5,))],
    "log_softmax": [(lambda F, x: F.log_softmax(x), (3, 4)), (lambda F, x: F.log_softmax(x, axis=2), (2, 3, 4))],
    "maxout": [
        (lambda F, x: F.maxout(x, 2), (3, 4)),
        (lambda F, x: F.maxout(x, 3, axis=2), (2, 3, 6)),
    ],
    "prelu": [
        (lambda F, x, W: F.prelu(x, W), (2, 3, 4), (3,)),
        (lambda F, x, W: F.prelu(x, W), (2, 3, 4), (3, 4)),
        (lambda F, x, W: F.prelu(x, W), (2, 3), ()),
    ],
    "relu": [(lambda F, x: F.relu(x), (3, 4))],
    "relu6": [(lambda F, x: F.relu6(x), ((3, 4), -8, 8))],
    "rrelu": [(lambda F, x: F.rrelu(x, r=SLOPES), (3, 4)), (lambda F, x: F.rrelu(x, r=SLOPES, return_r=True), (3, 4))],
    "selu": [(lambda F, x: F.selu(x), (3, 4)), (lambda F, x: F.selu(x, alpha=0.5, scale=2.0), (3, 4))],
    "sigmoid": [(lambda F, x: F.sigmoid(x), (3, 4))],
    "softmax": [(lambda F, x: F.softmax(x), (3, 4)), (lambda F, x: F.softmax(x, axis=0), (3, 4))],
    "softplus": [(lambda F, x: F.softplus(x), (3, 4)), (lambda F, x: F.softplus(x, beta=2.0), (3, 4))],
    "swish": [
        (lambda F, x, beta: F.swish(x, beta), (2, 3, 4), (3,)),
        (lambda F, x, beta: F.swish(x, beta), (2, 3, 4), (3, 4)),
    ],
    "tanh": [(lambda F, x: F.tanh(x), (3, 4))],
}
