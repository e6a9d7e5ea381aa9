"""The functions of the family loss, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
import scipy.special
import scipy.stats

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)
from catenary_functions.loss import classification

Array = np.ndarray[Any, Any]
SAME_SHAPES: list[tuple[int, ...]] = [(), (3, 2), (0, 2)]
LABELS = np.array([2, 0, 1, 0])
BINARY = np.array([[0, 1, 1], [1, 1, 0]])
SOFT = np.array([[0.2, 0.3, 0.5], [0.6, 0.0, 0.4], [0.0, 1.0, 0.0], [0.1, 0.1, 0.8]])
WEIGHTS = np.array([0.5, 1.0, 2.0])
ROW = np.array([1, 0, 1, 0])  # pairs that belong together, and others


def reduced(loss: Array, reduce: str) -> Any:
    return {"no": loss, "sum": loss.sum(), "mean": loss.sum() / max(loss.size, 1)}[reduce]


def softmax_cross_entropy(
    x: Array,
    t: Array,
    class_weight: Any = None,
    normalize: bool = True,
    ignore_label: int = -1,
    reduce: str = "mean",
    label_smoothing: float = 0.0,
) -> Array:
    log_p = scipy.special.log_softmax(x, 1)
    loss = np.zeros(t.shape)
    for place in np.ndindex(*t.shape):
        for k in range(x.shape[1]):
            target = (1 - label_smoothing) * (k == t[place]) + label_smoothing / x.shape[1]
            if t[place] != ignore_label:
                weight = 1.0 if class_weight is None else class_weight[k]
                loss[place] -= log_p[(place[0], k, *place[1:])] * weight * target
    return loss if reduce == "no" else loss.sum() / max((t != ignore_label).sum() if normalize else len(t), 1)


def soft_cross_entropy(
    x: Array, t: Array, soft_target_loss: str = "cross-entropy", reduce: str = "mean", class_weight: Any = 1.0
) -> Any:
    p = scipy.special.softmax(x, 1)
    if soft_target_loss == "kl-divergence":
        return reduced(scipy.special.rel_entr(t, p).sum(1), reduce)
    return reduced(-(np.log(p) * t * class_weight).sum(1), reduce)


def sigmoid_cross_entropy(x: Array, t: Array, normalize: bool = True, reduce: str = "mean") -> Array:
    p = scipy.special.expit(x)
    loss = -(t * np.log(p) + (1 - t) * np.log(1 - p)) * (t != -1)
    return loss if reduce == "no" else loss.sum() / ((t != -1).sum() if normalize else len(t))


def hinge(x: Array, t: Array, norm: str = "L1", reduce: str = "mean") -> Any:
    loss = np.array([[max(0.0, 1 + (-v if k == c else v)) for k, v in enumerate(row)] for row, c in zip(x, t)])
    loss = loss ** (1 if norm == "L1" else 2)
    return loss if reduce == "no" else loss.sum() / len(x)


def huber(x: Array, t: Array, delta: float, reduce: str = "sum_along_second_axis") -> Array:
    loss = scipy.special.huber(delta, x - t)
    return loss if reduce == "no" else loss.sum(1)


def smooth_l1(x: Array, t: Array, beta: float = 1.0, reduce: str = "mean") -> Any:
    return reduced(scipy.special.huber(beta, x - t) / beta if beta else abs(x - t), reduce)


def bernoulli_nll(x: Array, y: Array, reduce: str = "sum") -> Any:
    p = scipy.special.expit(y)
    return reduced(-(x * np.log(p) + (1 - x) * np.log(1 - p)), reduce)


def gaussian_nll(x: Array, mean: Array, ln_var: Array, reduce: str = "sum") -> Any:
    return reduced(-scipy.stats.norm.logpdf(x, mean, np.exp(ln_var / 2)), reduce)


def gaussian_kl_divergence(mean: Array, ln_var: Array, reduce: str = "sum") -> Any:
    deviation = np.exp(ln_var / 2)
    return reduced(-np.log(deviation) + (deviation**2 + mean**2) / 2 - 0.5, reduce)


def cross_covariance(y: Array, z: Array, reduce: str = "half_squared_sum") -> Any:
    n = y.shape[1]
    covariance = np.cov(y, z, rowvar=False, bias=True)[:n, n:]
    return covariance if reduce == "no" else (covariance**2).sum() / 2


def decov(h: Array, reduce: str = "half_squared_sum") -> Any:
    covariance = np.cov(h, rowvar=False, bias=True)
    np.fill_diagonal(covariance, 0)
    return covariance if reduce == "no" else (covariance**2).sum() / 2


def contrastive(x0: Array, x1: Array, y: Array, margin: float = 1, reduce: str = "mean") -> Any:
    distance = np.linalg.norm(x0 - x1, axis=1)
    return reduced(np.where(y == 1, distance**2, np.maximum(margin - distance, 0) ** 2) / 2, reduce)


def triplet(anchor: Array, positive: Array, negative: Array, margin: float = 0.2, reduce: str = "mean") -> Any:
    near, far = (np.linalg.norm(anchor - other, axis=1) ** 2 for other in (positive, negative))
    return reduced(np.maximum(near - far + margin, 0), reduce)


def cosine_similarity(x0: Array, x1: Array, axis: int = 1) -> Array:
    lengths = [np.linalg.norm(x, axis=axis) for x in (x0, x1)]
    return np.asarray((x0 * x1).sum(axis) / (lengths[0] * lengths[1]))


def cosine_embedding_loss(x0: Array, x1: Array, t: Array, margin: float = 0.0, reduce: str = "mean") -> Any:
    cosine = cosine_similarity(x0, x1)
    return reduced(np.where(t == 1, 1 - cosine, np.maximum(cosine - margin, 0)), reduce)


def clustering(
    x: Array,
    labels: Array,
    delta_v: float,
    delta_d: float,
    max_embedding_dim: int,
    norm: int = 1,
    alpha: float = 1.0,
    beta: float = 1.0,
    gamma: float = 0.001,
) -> list[Any]:
    within, apart, length = [], [], []
    for image, label in zip(x, labels, strict=True):
        groups = [image[:, label == k].T for k in range(1, max_embedding_dim + 1) if (label == k).any()]
        means = [group.mean(0) for group in groups]
        within.append(
            np.mean(
                [
                    np.mean(np.maximum(np.linalg.norm(group - mean, norm, 1) - delta_v, 0) ** 2)
                    for group, mean in zip(groups, means, strict=True)
                ]
            )
        )
        pairs = [(a, b) for (i, a), (j, b) in product(enumerate(means), enumerate(means)) if i != j]
        apart.append(np.mean([max(2 * delta_d - np.linalg.norm(a - b, norm), 0) ** 2 for a, b in pairs] or [0.0]))
        length.append(np.mean([np.linalg.norm(mean, norm) for mean in means]))
    return [weight * np.mean(part) for weight, part in ((alpha, within), (beta, apart), (gamma, length))]


def sigmoid_focal_loss(x: Array, t: Array, alpha: Any = 0.25, gamma: float = 2.0, reduce: str = "mean") -> Any:
    p = scipy.special.expit(x)
    p = np.where(t == 1, p, 1 - p)
    weight = 1.0 if alpha is None else np.where(t == 1, alpha, 1 - alpha)
    return reduced(-weight * (1 - p) ** gamma * np.log(p), reduce)


def softmax_focal_loss(
    x: Array, t: Array, gamma: float = 2.0, class_weight: Any = None, ignore_label: int = -1, reduce: str = "mean"
) -> Any:
    p = scipy.special.softmax(x, 1)
    loss = np.zeros(len(t))
    for i, k in enumerate(t):
        if k != ignore_label:
            weight = 1.0 if class_weight is None else class_weight[k]
            loss[i] = -weight * (1 - p[i, k]) ** gamma * np.log(p[i, k])
    return loss.sum() / (t != ignore_label).sum() if reduce == "mean" else reduced(loss, reduce)


def negative_sampling(x: Array, t: Array, W: Array, samples: Array, reduce: str = "sum") -> Any:
    loss = np.zeros(len(x))
    for i, classes in enumerate(samples):
        for k, c in enumerate(classes):
            if t[i] != -1:
                loss[i] -= np.log(scipy.special.expit((x[i] @ W[c]) * (1 if k == 0 else -1)))
    return reduced(loss, reduce)


def black_out(x: Array, t: Array, W: Array, samples: Array, reduce: str = "mean") -> Any:
    loss = np.zeros(len(x))
    for i, classes in enumerate(samples):
        p = scipy.special.softmax([x[i] @ W[c] for c in (t[i], *classes)])
        loss[i] = -np.log(p[0]) - np.log(1 - p[1:]).sum()
    return reduced(loss, reduce)


def ctc(
    x: Array, t: Array, blank_symbol: int, input_length: Any = None, label_length: Any = None, reduce: str = "mean"
) -> Any:
    """Sum over all paths, one by one."""
    steps, batch, classes = x.shape
    p, loss = scipy.special.softmax(x, 2), np.zeros(batch)
    for i in range(batch):
        length = steps if input_length is None else input_length[i]
        wanted = t[i].tolist()[: None if label_length is None else label_length[i]]
        total = 0.0
        for path in product(range(classes), repeat=int(length)):
            merged = [c for k, c in enumerate(path) if k == 0 or c != path[k - 1]]
            if [c for c in merged if c != blank_symbol] == wanted:
                total += np.prod([p[k, i, c] for k, c in enumerate(path)])
        loss[i] = -np.log(total)
    return reduced(loss, reduce)


def sequences(cost: Array, xs: Any) -> list[dict[tuple[int, ...], float]]:
    """Return the scores of all sequences of labels, for each row of the batch."""
    found = []
    for i in range(len(xs[0])):
        steps = [x[i] for x in xs if i < len(x)]
        found.append(
            {
                path: sum(s[k] for s, k in zip(steps, path, strict=True)) + sum(cost[a, b] for a, b in pairwise(path))
                for path in product(range(len(cost)), repeat=len(steps))
            }
        )
    return found


TRUE_LABELS = [np.array([0, 2, 1]), np.array([1, 1]), np.array([2, 0])]


def crf1d(cost: Array, *xs: Array, reduce: str = "mean") -> Any:
    loss = [
        scipy.special.logsumexp(list(scores.values())) - scores[tuple(y[i] for y in TRUE_LABELS if i < len(y))]
        for i, scores in enumerate(sequences(cost, xs))
    ]
    return reduced(np.array(loss), reduce)


def route_crf1d(cost: Any, *xs: Any, reduce: str = "mean") -> Variable:
    return F.crf1d(cost, list(xs), catenary.get_device_from_array(cost).send(TRUE_LABELS), reduce)


def route_negative_sampling(x: Any, t: Any, W: Any, samples: Any, **options: Any) -> Any:
    return F.negative_sampling(x, t, W, None, 2, samples=samples, **options)


def route_soft(x: Any, **options: Any) -> Variable:
    return F.softmax_cross_entropy(x, catenary.get_device_from_array(x).send(SOFT.astype(x.dtype)), **options)


PATHS = np.array([[1, 2], [2, 2]])
SAMPLES = np.array([[0, 2, 1], [3, 3, 0]])
INSTANCES = np.array([[[1, 1, 2], [2, 0, 3]], [[2, 2, 0], [2, 2, 2]]])
CASES = [
    *(case(F.mean_squared_error, [s, s], lambda a, b: np.sum((a - b) ** 2) / max(a.size, 1)) for s in SAME_SHAPES),
    *(case(F.squared_error, [s, s], lambda a, b: (a - b) ** 2) for s in SAME_SHAPES),
    case(F.mean_absolute_error, [(3, 2), (3, 2)], lambda a, b: np.abs(a - b).mean()),
    *(case(F.absolute_error, [s, s], lambda a, b: np.abs(a - b)) for s in SAME_SHAPES),
    *(
        case(F.huber_loss, [shape, shape], huber, {"delta": delta, **options}, order=order)
        for shape, delta, options, order in [
            ((3, 4), 1.0, {}, 2),
            ((3, 4), 0.5, {"reduce": "no"}, 2),
            ((2, 3, 2), 1.5, {}, 2),
            ((0, 2), 1.0, {}, 2),
            ((), 0.7, {"reduce": "no"}, 2),
        ]
    ),
    *(
        case(F.smooth_l1_loss, [(3, 4), (3, 4)], smooth_l1, options)
        for options in [{}, {"beta": 0.3, "reduce": "sum"}, {"beta": 0.0, "reduce": "no"}]
    ),
    *(
        case(F.softmax_cross_entropy, [(4, 3), t], softmax_cross_entropy, options)
        for t, options in [
            (LABELS, {}),
            (LABELS, {"reduce": "no"}),
            (LABELS, {"ignore_label": 0, "normalize": False}),
            (LABELS, {"ignore_label": 5}),
            (LABELS + (LABELS == 1) * 254, {"ignore_label": 255}),
            (LABELS * 0 - 1, {}),
            (LABELS - (LABELS == 1) * 2, {"class_weight": WEIGHTS}),
            (LABELS - (LABELS == 1) * 2, {"class_weight": WEIGHTS, "label_smoothing": 0.3}),
            (LABELS, {"label_smoothing": 0.1, "reduce": "no"}),
            (LABELS, {"label_smoothing": 1.0, "normalize": False, "ignore_label": 0}),
        ]
    ),
    case(F.softmax_cross_entropy, [(0, 3), LABELS[:0]], softmax_cross_entropy, name="empty"),
    *(
        case(
            F.softmax_cross_entropy,
            [(2, 3, 4), np.array([[0, 1, 2, -1], [2, 2, 1, 0]])],
            softmax_cross_entropy,
            options,
            name="nd",
        )
        for options in [{}, {"reduce": "no", "class_weight": WEIGHTS, "label_smoothing": 0.2}]
    ),
    *(
        case(
            F.softmax_cross_entropy,
            [(4, 3)],
            lambda x, **options: soft_cross_entropy(x, SOFT, **options),
            options,
            name="soft",
            route=route_soft,
        )
        for options in [
            {},
            {"reduce": "no", "class_weight": WEIGHTS},
            {"soft_target_loss": "kl-divergence"},
            {"soft_target_loss": "kl-divergence", "reduce": "no"},
        ]
    ),
    *(
        case(F.sigmoid_cross_entropy, [(2, 3), np.array([[0, 1, -1], [1, 1, 0]])], sigmoid_cross_entropy, options)
        for options in [{}, {"normalize": False}, {"reduce": "no"}]
    ),
    *(
        case(F.hinge, [(4, 3), LABELS], hinge, options)
        for options in [{}, {"norm": "L2"}, {"reduce": "no"}, {"norm": "L2", "reduce": "no"}]
    ),
    *(
        case(function, [shape] * count, reference, {"reduce": reduce})
        for function, count, reference in [
            (F.bernoulli_nll, 2, bernoulli_nll),
            (F.gaussian_nll, 3, gaussian_nll),
            (F.gaussian_kl_divergence, 2, gaussian_kl_divergence),
        ]
        for shape, reduce in [((2, 3), "sum"), ((2, 3), "mean"), ((), "no"), ((0, 2), "mean")]
    ),
    *(case(F.cross_covariance, [(4, 2), (4, 3)], cross_covariance, {"reduce": r}) for r in ("half_squared_sum", "no")),
    *(case(F.decov, [(4, 3)], decov, {"reduce": r}) for r in ("half_squared_sum", "no")),
    *(
        case(F.contrastive, [(4, 3), (4, 3), ROW], contrastive, options)
        for options in [{}, {"margin": 4.0}, {"margin": 4.0, "reduce": "no"}]
    ),
    *(
        case(F.triplet, [(4, 3)] * 3, triplet, options)
        for options in [{}, {"margin": 5.0}, {"margin": 1.0, "reduce": "no"}]
    ),
    case(F.cosine_similarity, [(4, 3), (4, 3)], cosine_similarity),
    case(F.cosine_similarity, [(3,), (3,)], cosine_similarity, {"axis": 0}),
    case(F.cosine_similarity, [(2, 3, 2), (2, 3, 2)], cosine_similarity, {"axis": -2}),
    *(
        case(F.cosine_embedding_loss, [(4, 3), (4, 3), 2 * ROW - 1], cosine_embedding_loss, options)
        for options in [{}, {"margin": -0.5}, {"reduce": "no"}, {"reduce": "sum", "margin": 0.1}]
    ),
    *(
        case(
            F.discriminative_margin_based_clustering_loss,
            [shape, labels],
            clustering,
            {"delta_v": 0.5, "delta_d": 1.5, "max_embedding_dim": most, **options},
            reads_values=True,  # how many instances there are decides shapes
        )
        for shape, labels, most, options in [
            ((2, 3, 2, 3), INSTANCES, 3, {}),
            ((2, 2, 2, 3), INSTANCES, 4, {"norm": 2, "alpha": 2.0, "beta": 0.5, "gamma": 1.0}),
            ((1, 2, 6), INSTANCES[:1].reshape(1, 6), 3, {"norm": 2}),
        ]
    ),
    *(
        case(F.sigmoid_focal_loss, [(2, 3), BINARY], sigmoid_focal_loss, options)
        for options in [
            {},
            {"alpha": None, "reduce": "sum"},
            {"gamma": 0.0, "alpha": 0.5},
            {"gamma": 1.5, "reduce": "no"},
        ]
    ),
    *(
        case(F.softmax_focal_loss, [(4, 3), LABELS], softmax_focal_loss, options)
        for options in [
            {},
            {"gamma": 0.5, "reduce": "no", "class_weight": WEIGHTS},
            {"gamma": 1.0, "reduce": "sum", "ignore_label": 0},
            {"ignore_label": 1},
        ]
    ),
    *(
        case(
            F.negative_sampling,
            [(2, 3), t, (4, 3), SAMPLES],
            negative_sampling,
            {"reduce": reduce},
            deterministic=False,
            route=route_negative_sampling,
        )
        for t, reduce in [(np.array([0, 3]), "sum"), (np.array([0, -1]), "no")]
    ),
    *(
        case(
            F.black_out, [(2, 3), np.array([3, 0]), (4, 3), SAMPLES], black_out, {"reduce": reduce}, deterministic=False
        )
        for reduce in ("mean", "no")
    ),
    *(
        case(
            F.connectionist_temporal_classification, [(4, 2, 3), PATHS], ctc, {"blank_symbol": 0, **options}, name=name
        )
        for name, options in [("mean", {}), ("rows", {"reduce": "no"})]
    ),
    case(
        F.connectionist_temporal_classification,
        [(4, 3, 3), np.array([[1, 0], [0, -1], [7, 7]]), np.array([4, 2, 3]), np.array([2, 1, 0])],
        lambda x, t, ends, counts: ctc(x, t, 2, ends, counts, "no"),
        name="lengths",
        route=lambda x, t, ends, counts: F.connectionist_temporal_classification(
            list(F.separate(x)), t, 2, ends, counts, "no"
        ),
    ),
    case(F.connectionist_temporal_classification, [(2, 1, 2), np.zeros((1, 0), int)], ctc, {"blank_symbol": 1}),
    *(
        case(F.crf1d, shapes, crf1d, {"reduce": reduce}, deterministic=False, route=route_crf1d)
        for shapes, reduce in [([(3, 3), (3, 3), (2, 3), (2, 3)], "mean"), ([(3, 3), (3, 3), (2, 3), (2, 3)], "no")]
    ),
    case(
        F.argmax_crf1d,
        [(3, 3), (3, 3), (2, 3), (2, 3)],
        lambda cost, *xs: np.array([max(scores.values()) for scores in sequences(cost, xs)]),
        route=lambda cost, *xs: F.argmax_crf1d(cost, xs)[0],
    ),
]
test_functions = function_tests(CASES)


def test_soft_targets_get_no_gradient() -> None:
    x, t = Variable(np.zeros((4, 3))), Variable(SOFT)
    F.softmax_cross_entropy(x, t).backward()
    assert x.grad is not None
    assert t.grad is None


@pytest.mark.parametrize("at_once", [1, 20, 1000])  # elements: less than an example, some examples, all
@pytest.mark.parametrize(("shape", "options"), [((9, 7), {}), ((9, 7), {"label_smoothing": 0.2}), ((5, 3, 4), {})])
def test_many_scores_are_worked_on_in_pieces(
    at_once: int, shape: tuple[int, ...], options: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classification, "LARGE", 0)
    monkeypatch.setattr(catenary.get_device("@numpy"), "cache_elements", at_once)
    rng = np.random.default_rng(0)
    x, t = Variable(rng.standard_normal(shape)), rng.integers(-1, shape[1], (shape[0], *shape[2:]))
    loss = F.softmax_cross_entropy(x, t, **options)
    loss.backward()
    np.testing.assert_allclose(loss.array, softmax_cross_entropy(x.array, t, **options), rtol=1e-12)
    true = (np.arange(shape[1]) == t[..., None]) * (1 - (smoothing := options.get("label_smoothing", 0)))
    slopes = scipy.special.softmax(x.array, 1) - np.moveaxis(true + smoothing / shape[1], -1, 1)
    expected = slopes * (t != -1)[:, None] / (t != -1).sum()
    np.testing.assert_allclose(x.grad, expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("reduce", ["mean", "no"])
def test_large_scores_neither_overflow_nor_vanish(reduce: str) -> None:
    x = Variable(np.array([[1e4, 0.0], [0.0, 1e4]], np.float32))
    loss = F.softmax_cross_entropy(x, np.array([0, 0]), reduce=reduce)
    np.testing.assert_allclose(loss.array, 5e3 if reduce == "mean" else [0.0, 1e4])
    F.sum(loss).backward()
    np.testing.assert_allclose(x.grad, np.array([[0, 0], [-1, 1]]) / (2 if reduce == "mean" else 1))


def test_equal_embeddings_have_finite_gradients() -> None:
    x, labels = Variable(np.ones((2, 3))), np.array([0, 1])
    F.contrastive(x, np.ones((2, 3)), labels).backward()
    np.testing.assert_array_equal(x.grad, np.zeros((2, 3)))
    zeros = Variable(np.zeros((2, 3)))
    F.sum(F.cosine_similarity(zeros, np.ones((2, 3)))).backward()
    assert np.isfinite(zeros.grad).all()


def test_probabilities_that_underflow_keep_their_focal_loss() -> None:
    x = Variable(np.array([-300.0, 300.0], np.float32))
    F.sum(F.sigmoid_focal_loss(x, np.array([1, 0]), alpha=None, reduce="no")).backward()
    np.testing.assert_allclose(x.grad, [-1, 1])


def test_best_sequences_of_a_random_field() -> None:
    rng = np.random.default_rng(0)
    cost, xs = rng.standard_normal((3, 3)), [rng.standard_normal((n, 3)) for n in (3, 2, 2)]
    _, labels = F.argmax_crf1d(cost, xs)
    best = [max(scores, key=lambda path: scores[path]) for scores in sequences(cost, xs)]
    assert [label.tolist() for label in labels] == [[path[t] for path in best if t < len(path)] for t in range(3)]


def test_negative_samples_come_from_the_sampler() -> None:
    asked = []

    def sampler(shape: tuple[int, int]) -> Array:
        asked.append(shape)
        return np.full(shape, 2)

    x, W = np.ones((2, 3), np.float32), np.ones((4, 3), np.float32)
    loss, samples = F.negative_sampling(x, np.array([0, -1]), W, sampler, 2, return_samples=True)
    assert asked == [(2, 3)]
    assert samples.tolist() == [[0, 2, 2], [-1, 2, 2]]
    np.testing.assert_allclose(loss.array, -np.log(scipy.special.expit([3.0, -3.0, -3.0])).sum(), rtol=1e-6)


def test_labels_that_no_path_has_cost_much_and_spoil_nothing() -> None:
    x = Variable(np.zeros((1, 2, 3), np.float32))
    loss = F.connectionist_temporal_classification(
        x, np.array([[1, 2], [1, 1]]), 0, label_length=np.array([2, 1]), reduce="no"
    )
    assert loss.array[0] > 1e9
    np.testing.assert_allclose(loss.array[1], np.log(3), rtol=1e-6)
    F.sum(loss).backward()
    assert np.isfinite(x.grad).all()


X, T = np.ones((4, 3)), LABELS
STEPS = np.ones((4, 2, 3))
WRONG: list[WrongCall] = [
    *(
        WrongCall(function.__name__, lambda f=function: f(X, X[:2]), ShapeError, "the inputs must have the same shape")
        for function in (
            F.mean_squared_error,
            F.mean_absolute_error,
            F.squared_error,
            F.absolute_error,
            F.smooth_l1_loss,
            F.sigmoid_cross_entropy,
            F.bernoulli_nll,
            F.gaussian_kl_divergence,
            F.sigmoid_focal_loss,
            F.cosine_similarity,
        )
    ),
    WrongCall("squared_error", lambda: F.squared_error(X, 1.0), ArgumentTypeError, "the inputs must be arrays, got"),
    WrongCall("huber_loss", lambda: F.huber_loss(X, X[0], 1.0), ShapeError, "the inputs must have the same shape"),
    WrongCall("huber_loss", lambda: F.huber_loss(X, X, -1.0), ArgumentError, "delta must not be negative, got -1.0"),
    WrongCall(
        "huber_loss", lambda: F.huber_loss(X, X, 1.0, "mean"), ArgumentError, "reduce must be 'sum_along_second_"
    ),
    WrongCall("smooth_l1_loss", lambda: F.smooth_l1_loss(X, X, beta=-1), ArgumentError, "beta must not be negative"),
    WrongCall("softmax_cross_entropy", lambda: F.softmax_cross_entropy(X, T[:2]), ShapeError, "t must have shape (4,)"),
    WrongCall("softmax_cross_entropy", lambda: F.softmax_cross_entropy(X, T + 1), ArgumentError, "t must hold classes"),
    WrongCall("softmax_cross_entropy", lambda: F.softmax_cross_entropy(X, T - 3), ArgumentError, "t must hold classes"),
    WrongCall(
        "softmax_cross_entropy",
        lambda: F.softmax_cross_entropy(X, np.array([-1, 0, 0, 3])),
        ArgumentError,
        "t must hold classes from 0 to 2 (or -1, which is not counted), got -1 to 3",
    ),
    WrongCall(
        "softmax_cross_entropy", lambda: F.softmax_cross_entropy(X, T * 1.0), ArgumentTypeError, "t must hold int"
    ),
    WrongCall(
        "softmax_cross_entropy", lambda: F.softmax_cross_entropy(X, [0]), ArgumentTypeError, "t must be an array"
    ),
    WrongCall(
        "softmax_cross_entropy",
        lambda: F.softmax_cross_entropy(X, T, label_smoothing=1.5),
        ArgumentError,
        "label_smoothing must be from 0 to 1, got 1.5",
    ),
    WrongCall(
        "softmax_cross_entropy",
        lambda: F.softmax_cross_entropy(X, SOFT, soft_target_loss="mse"),
        ArgumentError,
        "soft_target_loss must be 'cross-entropy' or 'kl-divergence', got 'mse'",
    ),
    WrongCall("hinge", lambda: F.hinge(X, T - 1), ArgumentError, "t must hold classes from 0 to 2, got -1 to 1"),
    WrongCall("hinge", lambda: F.hinge(X, T, "L3"), ArgumentError, "norm must be 'L1' or 'L2', got 'L3'"),
    WrongCall(
        "bernoulli_nll", lambda: F.bernoulli_nll(X, X, "all"), ArgumentError, "reduce must be 'sum' or 'mean' or"
    ),
    WrongCall("gaussian_nll", lambda: F.gaussian_nll(X, X, X[0]), ShapeError, "the inputs must have the same shape"),
    WrongCall("cross_covariance", lambda: F.cross_covariance(X, X[0]), ShapeError, "z must have 2 axes"),
    WrongCall("cross_covariance", lambda: F.cross_covariance(X, X[:2]), ShapeError, "y and z must have the same batch"),
    WrongCall("decov", lambda: F.decov(STEPS), ShapeError, "h must have 2 axes (batch, features), got shape (4, 2, 3)"),
    WrongCall(
        "decov", lambda: F.decov(X, "mean"), ArgumentError, "reduce must be 'half_squared_sum' or 'no', got 'mean'"
    ),
    WrongCall(
        "contrastive", lambda: F.contrastive(X, X, ROW, margin=0), ArgumentError, "margin must be positive, got 0"
    ),
    WrongCall(
        "contrastive", lambda: F.contrastive(X, X, ROW[:2]), ShapeError, "y must have shape (4,) for x0 of (4, 3)"
    ),
    WrongCall("triplet", lambda: F.triplet(X, X, X[:2]), ShapeError, "the inputs must have the same shape"),
    WrongCall("triplet", lambda: F.triplet(X, X, X, margin=-1), ArgumentError, "margin must be positive, got -1"),
    WrongCall(
        "cosine_similarity", lambda: F.cosine_similarity(X, X, 2), ArgumentError, "axis must be from -2 to 1, got 2"
    ),
    WrongCall(
        "cosine_embedding_loss", lambda: F.cosine_embedding_loss(X, X, T[:1]), ShapeError, "t must have shape (4,)"
    ),
    WrongCall(
        "discriminative_margin_based_clustering_loss",
        lambda: F.discriminative_margin_based_clustering_loss(X, T, 0.5, 1.5, 1),
        ArgumentError,
        "labels must be from 0 to 1, got 0 to 2",
    ),
    WrongCall(
        "discriminative_margin_based_clustering_loss",
        lambda: F.discriminative_margin_based_clustering_loss(STEPS, T, 0.5, 1.5, 3),
        ShapeError,
        "labels must have shape (4, 3) for embeddings of (4, 2, 3), got (4,)",
    ),
    WrongCall(
        "softmax_focal_loss", lambda: F.softmax_focal_loss(X, T + 1), ArgumentError, "t must hold classes from 0"
    ),
    WrongCall("softmax_focal_loss", lambda: F.softmax_focal_loss(X, T[:2]), ShapeError, "t must have shape (4,)"),
    WrongCall(
        "negative_sampling",
        lambda: F.negative_sampling(X, T, X, lambda shape: np.full(shape, 4), 2),
        ArgumentError,
        "classes must be from 0 to 3, got 0 to 4",
    ),
    WrongCall(
        "negative_sampling",
        lambda: F.negative_sampling(X, T, X, None, 2),
        ArgumentError,
        "sampler must be a function, got None",
    ),
    WrongCall(
        "negative_sampling", lambda: F.negative_sampling(X, T[:1], X, None, 2), ShapeError, "t must have shape (4,)"
    ),
    WrongCall("black_out", lambda: F.black_out(X, T, X, SAMPLES), ShapeError, "samples must have shape (4, samples)"),
    WrongCall(
        "connectionist_temporal_classification",
        lambda: F.connectionist_temporal_classification(STEPS, PATHS, 3),
        ArgumentError,
        "t and blank_symbol must hold classes from 0 to 2",
    ),
    WrongCall(
        "connectionist_temporal_classification",
        lambda: F.connectionist_temporal_classification(STEPS, PATHS[0], 0),
        ShapeError,
        "t must have shape (2, labels), got (2,)",
    ),
    WrongCall(
        "connectionist_temporal_classification",
        lambda: F.connectionist_temporal_classification(STEPS, PATHS, 0, input_length=np.array([4, 5])),
        ArgumentError,
        "input_length must be from 1 to 4, got 4 to 5",
    ),
    WrongCall(
        "connectionist_temporal_classification",
        lambda: F.connectionist_temporal_classification(X, PATHS, 0),
        ShapeError,
        "x must have 3 axes (steps, batch, classes), got shape (4, 3)",
    ),
    WrongCall(
        "crf1d", lambda: F.crf1d(X, [X], [T]), ShapeError, "xs must have shapes (batch, labels) and cost (labels,"
    ),
    WrongCall("crf1d", lambda: F.crf1d(X[:3], [X], [T[:2]]), ShapeError, "ys must have shapes [(4,)], got [(2,)]"),
    WrongCall("crf1d", lambda: F.crf1d(X[:3], [X[:1], X], [T[:1], T]), ShapeError, "the batches in xs must not grow"),
    WrongCall("argmax_crf1d", lambda: F.argmax_crf1d(X, []), ArgumentError, "xs must not be empty"),
]
test_wrong_calls = wrong_call_tests(WRONG)
