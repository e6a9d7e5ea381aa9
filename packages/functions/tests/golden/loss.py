"""Calls of losses whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

LABELS = np.array([2, 0, 1, 0], np.int32)
SOME = np.array([2, -1, 1, 0], np.int32)
BINARY = np.array([[0, 1, -1], [1, 1, 0]], np.int32)
SOFT = np.array([[0.2, 0.3, 0.5], [0.6, 0.1, 0.3], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], np.float32)
WEIGHTS = np.array([0.5, 1, 2], np.float32)
PAIRS = np.array([1, 0, 1, 0], np.int32)
SAMPLES = np.array([[0, 2], [3, 3]], np.int32)
PATHS = np.array([[1, 2], [2, 2]], np.int32)
ENDS, COUNTS = np.array([4, 3], np.int32), np.array([2, 1], np.int32)
TRUE = [np.array([0, 2, 1], np.int32), np.array([1, 1], np.int32)]
# Chainer broadcasts wrongly unless there is one image, and as many instances as features.
INSTANCES = np.array([[[1, 1, 2], [2, 0, 3], [3, 3, 1]]], np.int32)
X, PAIR, TRIPLE = (4, 3), ((4, 3), (4, 3)), ((4, 3), (4, 3), (4, 3))
POSITIVE = ((4, 3), 0.05, 0.95)


def same_samples(shape):
    return np.arange(shape[0] * shape[1]).reshape(shape).astype(np.int32) % 4


CASES = {
    "absolute_error": [(lambda F, a, b: F.absolute_error(a, b), *PAIR)],
    "argmax_crf1d": [(lambda F, c, a, b: F.argmax_crf1d(c, [a, b]), (3, 3), (3, 3), (2, 3))],
    "bernoulli_nll": [
        (lambda F, x, y: F.bernoulli_nll(x, y), POSITIVE, X),
        (lambda F, x, y: F.bernoulli_nll(x, y, reduce="no"), POSITIVE, X),
        (lambda F, x, y: F.bernoulli_nll(x, y, reduce="mean"), POSITIVE, X),
    ],
    "black_out": [
        (lambda F, x, W: F.black_out(x, LABELS[:2], W, SAMPLES), (2, 3), (4, 3)),
        (lambda F, x, W: F.black_out(x, LABELS[:2], W, SAMPLES, reduce="no"), (2, 3), (4, 3)),
    ],
    "connectionist_temporal_classification": [
        (
            lambda F, a, b, c, d: F.connectionist_temporal_classification([a, b, c, d], PATHS, 0),
            *[(2, 3)] * 4,
        ),
        (
            lambda F, a, b, c, d: F.connectionist_temporal_classification(
                [a, b, c, d], PATHS, 0, input_length=ENDS, label_length=COUNTS, reduce="no"
            ),
            *[(2, 3)] * 4,
        ),
    ],
    "contrastive": [
        (lambda F, a, b: F.contrastive(a, b, PAIRS), *PAIR),
        (lambda F, a, b: F.contrastive(a, b, PAIRS, margin=5, reduce="no"), *PAIR),
    ],
    "crf1d": [
        (lambda F, c, a, b: F.crf1d(c, [a, b], TRUE), (3, 3), (3, 3), (2, 3)),
        (lambda F, c, a, b: F.crf1d(c, [a, b], TRUE, reduce="no"), (3, 3), (3, 3), (2, 3)),
    ],
    "cross_covariance": [
        (lambda F, y, z: F.cross_covariance(y, z), (4, 2), (4, 3)),
        (lambda F, y, z: F.cross_covariance(y, z, reduce="no"), (4, 2), (4, 3)),
    ],
    "decov": [(lambda F, h: F.decov(h), X), (lambda F, h: F.decov(h, reduce="no"), X)],
    "discriminative_margin_based_clustering_loss": [
        (lambda F, x: F.discriminative_margin_based_clustering_loss(x, INSTANCES, 0.5, 1.5, 3), (1, 3, 3, 3)),
        (
            # Without gradients: Chainer gives NaN, the slope of the distances of means to themselves.
            lambda F, x: [
                y.array
                for y in F.discriminative_margin_based_clustering_loss(
                    x, INSTANCES, 0.5, 1.5, 3, norm=2, alpha=2.0, beta=0.5, gamma=1.0
                )
            ],
            (1, 3, 3, 3),
        ),
    ],
    "gaussian_kl_divergence": [
        (lambda F, m, v: F.gaussian_kl_divergence(m, v), *PAIR),
        (lambda F, m, v: F.gaussian_kl_divergence(m, v, reduce="no"), *PAIR),
        (lambda F, m, v: F.gaussian_kl_divergence(m, v, reduce="mean"), *PAIR),
    ],
    "gaussian_nll": [
        (lambda F, x, m, v: F.gaussian_nll(x, m, v), *TRIPLE),
        (lambda F, x, m, v: F.gaussian_nll(x, m, v, reduce="no"), *TRIPLE),
        (lambda F, x, m, v: F.gaussian_nll(x, m, v, reduce="mean"), *TRIPLE),
    ],
    "hinge": [
        (lambda F, x: F.hinge(x, LABELS), X),
        (lambda F, x: F.hinge(x, LABELS, norm="L2"), X),
        (lambda F, x: F.hinge(x, LABELS, reduce="no"), X),
    ],
    "huber_loss": [
        (lambda F, x, t: F.huber_loss(x, t, 1.0), *PAIR),
        (lambda F, x, t: F.huber_loss(x, t, 0.5, reduce="no"), *PAIR),
    ],
    "mean_absolute_error": [(lambda F, a, b: F.mean_absolute_error(a, b), *PAIR)],
    "mean_squared_error": [(lambda F, a, b: F.mean_squared_error(a, b), *PAIR)],
    "negative_sampling": [
        (lambda F, x, W: F.negative_sampling(x, LABELS[:2], W, same_samples, 2), (2, 3), (4, 3)),
        (lambda F, x, W: F.negative_sampling(x, SOME[:2], W, same_samples, 2, reduce="no"), (2, 3), (4, 3)),
        (lambda F, x, W: F.negative_sampling(x, SOME[:2], W, same_samples, 1, return_samples=True), (2, 3), (4, 3)),
    ],
    "sigmoid_cross_entropy": [
        (lambda F, x: F.sigmoid_cross_entropy(x, BINARY), (2, 3)),
        (lambda F, x: F.sigmoid_cross_entropy(x, BINARY, normalize=False), (2, 3)),
        (lambda F, x: F.sigmoid_cross_entropy(x, BINARY, reduce="no"), (2, 3)),
    ],
    "softmax_cross_entropy": [
        (lambda F, x: F.softmax_cross_entropy(x, SOME), X),
        (lambda F, x: F.softmax_cross_entropy(x, LABELS, class_weight=WEIGHTS, ignore_label=0, normalize=False), X),
        (lambda F, x: F.softmax_cross_entropy(x, LABELS, reduce="no"), X),
        (lambda F, x: F.softmax_cross_entropy(x, SOME.reshape(2, 2)), (2, 3, 2)),
        (lambda F, x: F.softmax_cross_entropy(x, SOFT), X),
        (lambda F, x: F.softmax_cross_entropy(x, SOFT, reduce="no", soft_target_loss="kl-divergence"), X),
        (lambda F, x: F.softmax_cross_entropy(x, SOFT.reshape(2, 2, 3).transpose(0, 2, 1), normalize=False), (2, 3, 2)),
    ],
    "squared_error": [(lambda F, a, b: F.squared_error(a, b), *PAIR)],
    "triplet": [
        (lambda F, a, p, n: F.triplet(a, p, n), *TRIPLE),
        (lambda F, a, p, n: F.triplet(a, p, n, margin=5.0, reduce="no"), *TRIPLE),
    ],
}
