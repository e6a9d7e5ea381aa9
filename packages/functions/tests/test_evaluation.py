"""The functions of the family evaluation, held to NumPy and loops by the conformance kit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
LABELS = np.array([2, 0, 1, 0])
PLACES = np.array([[2, 0], [1, 1], [0, -1]])
SOME = np.array([[1, 0, -1], [1, 1, 0]])


def accuracy(y: Array, t: Array, ignore_label: int | None = None) -> Any:
    right, counted = y.argmax(1) == t, t != ignore_label
    return np.float64((right & counted).sum() / counted.sum())


def top_k_accuracy(y: Array, t: Array, k: int = 5, ignore_label: int | None = None) -> Any:
    best = np.argsort(-y, 1)[:, :k]
    counted = [place for place in np.ndindex(t.shape) if t[place] != ignore_label]
    return np.float64(np.mean([t[n, *rest] in best[(n, slice(None), *rest)] for n, *rest in counted]))


def binary_accuracy(y: Array, t: Array) -> Any:
    return np.float64(np.mean([(score >= 0) == label for score, label in zip(y.ravel(), t.ravel()) if label != -1]))


def summary(
    y: Array, t: Array, label_num: int | None = None, beta: float = 1.0, ignore_label: int = -1
) -> tuple[Array, ...]:
    pairs = [(a, b) for a, b in zip(t.ravel(), y.argmax(1).ravel()) if a != ignore_label]
    rows = []
    for c in range(t.max() + 1 if label_num is None else label_num):
        hits = sum(a == b == c for a, b in pairs)
        missed, wrong = sum(a == c != b for a, b in pairs), sum(b == c != a for a, b in pairs)
        b2 = beta**2
        wholes = hits + wrong, hits + missed, (1 + b2) * hits + b2 * missed + wrong
        shares = [part / whole if whole else np.nan for part, whole in zip((hits, hits, (1 + b2) * hits), wholes)]
        rows.append((*shares, hits + missed))
    *shares, support = zip(*rows)
    return *(np.array(s, np.float64) for s in shares), np.array(support)


def measure(number: int) -> Any:
    def reference(y: Array, t: Array, **options: Any) -> tuple[Array, Array]:
        found = summary(y, t, **options)
        return found[number], found[3]

    return reference


def r2_score(pred: Array, true: Array, *weight: Array, multioutput: str = "uniform_average") -> Any:
    w = weight[0] if weight else np.ones(len(true))
    mean = np.average(true, 0, w)
    unexplained = np.tensordot(w, (true - pred) ** 2, 1)
    scores = 1 - unexplained / np.tensordot(w, (true - mean) ** 2, 1)
    return scores if multioutput == "raw_values" else np.mean(scores)


CASES = [
    case(F.accuracy, [(4, 3), LABELS], accuracy, order=0),
    case(F.accuracy, [(4, 3), LABELS], accuracy, {"ignore_label": 0}, order=0),
    case(F.accuracy, [(3, 3, 2), PLACES], accuracy, {"ignore_label": -1}, order=0),
    *(
        case(F.top_k_accuracy, [(4, 3), LABELS], top_k_accuracy, options, order=0)
        for options in [{"k": 1}, {"k": 2}, {"k": 2, "ignore_label": 0}, {}]
    ),
    case(F.top_k_accuracy, [(3, 3, 2), PLACES], top_k_accuracy, {"k": 2, "ignore_label": -1}, order=0),
    case(F.top_k_accuracy, [(3, 3, 2), PLACES], top_k_accuracy, {"k": 3}, order=0),
    case(F.binary_accuracy, [(2, 3), SOME], binary_accuracy, order=0),
    *(
        # Without label_num, the largest class says how many there are.
        case(
            F.classification_summary,
            [(4, 3), LABELS],
            summary,
            options,
            order=0,
            reads_values="label_num" not in options,
        )
        for options in [{}, {"label_num": 4}, {"beta": 2.0, "ignore_label": 0}, {"label_num": 2}]
    ),
    case(F.classification_summary, [(3, 3, 2), PLACES], summary, order=0, reads_values=True),
    *(
        case(f, [shape, t], reference, options, order=0, reads_values=not options)
        for f, reference in [(F.precision, measure(0)), (F.recall, measure(1)), (F.f1_score, measure(2))]
        for shape, t, options in [((4, 3), LABELS, {}), ((3, 3, 2), PLACES, {"label_num": 4, "ignore_label": 1})]
    ),
    case(F.r2_score, [(5,), (5,)], r2_score, order=0, tolerance=3.0),
    case(F.r2_score, [(5, 2), (5, 2)], r2_score, order=0, tolerance=3.0),
    case(F.r2_score, [(5, 2), (5, 2)], r2_score, {"multioutput": "raw_values"}, order=0, tolerance=3.0),
    case(F.r2_score, [(5, 2), (5, 2), (5,)], r2_score, order=0, domain=(0.1, 1), tolerance=3.0),
]
test_functions = function_tests(CASES)

Y = np.ones((4, 3))
WRONG: list[WrongCall] = [
    *(
        WrongCall(
            f.__name__, lambda f=f: f(Y, LABELS[:3]), ShapeError, "t must have shape (4,) for y of (4, 3), got (3,)"
        )
        for f in (F.accuracy, F.top_k_accuracy, F.classification_summary, F.precision, F.recall, F.f1_score)
    ),
    WrongCall("top_k_accuracy", lambda: F.top_k_accuracy(Y, LABELS, 0), ArgumentError, "k must be positive, got 0"),
    WrongCall(
        "precision", lambda: F.precision(Y, LABELS * 1.0), ArgumentTypeError, "t must hold integers, got float64"
    ),
    WrongCall(
        "binary_accuracy", lambda: F.binary_accuracy(Y, LABELS), ShapeError, "the inputs must have the same shape"
    ),
    WrongCall("r2_score", lambda: F.r2_score(Y, Y[:, :1]), ShapeError, "the inputs must have the same shape"),
    WrongCall("r2_score", lambda: F.r2_score(Y, Y, Y[0]), ShapeError, "sample_weight must have shape (4,), got (3,)"),
    WrongCall(
        "r2_score",
        lambda: F.r2_score(Y, Y, None, "mean"),
        ArgumentError,
        "multioutput must be 'uniform_average' or 'raw_values', got 'mean'",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


def test_a_true_class_that_has_no_score_is_not_among_the_first() -> None:
    assert F.top_k_accuracy(Y, np.array([0, 1, 3, -1]), k=3).array == 0.5


@pytest.mark.parametrize("name", ["accuracy", "top_k_accuracy", "binary_accuracy"])
def test_nothing_counted_gives_0(name: str) -> None:
    options = {} if name == "binary_accuracy" else {"ignore_label": -1}
    y = Y[:, 0] if name == "binary_accuracy" else Y
    assert getattr(F, name)(y, np.full(4, -1), **options).array == 0


def test_r2_score_is_0_where_nothing_varies() -> None:
    true = np.array([[1.0, 1.0], [1.0, 2.0]])
    np.testing.assert_allclose(F.r2_score(true, true, multioutput="raw_values").array, [0, 1])
