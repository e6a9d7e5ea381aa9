"""Calls of normalizations whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

MEAN, PROJECTION = np.array([[1, 2], [-1, 0]], np.float32), np.array([[[2, 1], [1, 3]], [[1, 0], [0, 2]]], np.float32)
POSITIVE = ((3,), 0.2, 3)


def running():
    return np.array([0.5, 0.1, -0.2], np.float32), np.array([1.5, 0.7, 2.9], np.float32)


def renormalized(**options):
    """Return a call that gives the running values, too."""

    def call(F, x, gamma, beta):
        mean, var = running()
        y = F.batch_renormalization(x, gamma, beta, running_mean=mean, running_var=var, **options)
        return y, mean, var

    return call


def batch_normalized(F, x, gamma, beta):
    mean, var = running()
    y = F.batch_normalization(x, gamma, beta, eps=0.1, running_mean=mean, running_var=var, decay=0.6)
    return y, mean, var


def decorrelated(F, x):
    mean, projection = np.ones((2, 2), np.float32), np.ones((2, 2, 2), np.float32)
    y = F.decorrelated_batch_normalization(
        x, groups=2, eps=0.1, running_mean=mean, running_projection=projection, decay=0.6
    )
    return y, mean, projection


CASES = {
    "batch_normalization": [
        (lambda F, x, g, b: F.batch_normalization(x, g, b), (4, 3), (3,), (3,)),
        (batch_normalized, (2, 3, 4), (3,), (3,)),
        (lambda F, x, g, b: F.batch_normalization(x, g, b, axis=(0, 1)), (4, 2, 3), (3,), (3,)),
    ],
    "batch_renormalization": [
        (renormalized(rmax=1.2, dmax=0.3), (2, 3, 4), (3,), (3,)),
        (renormalized(rmax=9.0, dmax=9.0, eps=0.1, decay=0.6, update_statistics=True), (2, 3, 4), (3,), (3,)),
    ],
    "decorrelated_batch_normalization": [
        (decorrelated, (6, 4)),
        (decorrelated, (3, 4, 2, 2)),
    ],
    "fixed_batch_normalization": [
        (lambda F, *xs: F.fixed_batch_normalization(*xs), (2, 3, 4), (3,), (3,), (3,), POSITIVE),
        (lambda F, *xs: F.fixed_batch_normalization(*xs, eps=0.1, axis=(0, 1)), (2, 4, 3), (3,), (3,), (3,), POSITIVE),
    ],
    "fixed_batch_renormalization": [
        (lambda F, x, g, b: F.fixed_batch_renormalization(x, g, b, *running(), eps=0.1), (2, 3, 4), (3,), (3,)),
    ],
    "fixed_decorrelated_batch_normalization": [
        # Chainer has a bug in the gradient of the projection.
        (lambda F, x: F.fixed_decorrelated_batch_normalization(x, MEAN, PROJECTION, groups=2), (3, 4)),
        (lambda F, x: F.fixed_decorrelated_batch_normalization(x, MEAN, PROJECTION, groups=2), (3, 4, 2)),
    ],
    "group_normalization": [
        (lambda F, x, g, b: F.group_normalization(x, 2, g, b), (3, 4, 5), (4,), (4,)),
        (lambda F, x, g, b: F.group_normalization(x, 1, g, b, eps=0.1), (2, 3, 2, 2), (3,), (3,)),
    ],
    "layer_normalization": [
        (lambda F, x, g, b: F.layer_normalization(x, g, b), (4, 5), (5,), (5,)),
        (lambda F, x, g, b: F.layer_normalization(x, g, b, eps=0.1), (4, 5), (5,), (5,)),
    ],
    "local_response_normalization": [
        (lambda F, x: F.local_response_normalization(x), (2, 7, 2)),
        (lambda F, x: F.local_response_normalization(x, n=4, k=1, alpha=0.5, beta=0.6), (2, 7)),
    ],
    "normalize": [
        (lambda F, x: F.normalize(x), (3, 4)),
        (lambda F, x: F.normalize(x, eps=0.1, axis=(1, 2)), (2, 3, 4)),
        (lambda F, x: F.normalize(x * 0), (3, 4)),
    ],
}
