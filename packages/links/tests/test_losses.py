"""Links that are losses, held to NumPy by the conformance kit; what they draw."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, log_softmax, logsumexp

import catenary
import catenary.functions as F
import catenary.links as L
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.testing import LinkCase, WrongCall, link_tests, wrong_call_tests

Array = np.ndarray[Any, Any]
Values = dict[str, Array]

STEPS, LABELS = [(2, 3), (2, 3), (1, 3)], [np.array([0, 2]), np.array([1, 1]), np.array([2])]
TREE = (((0, 4), 3), (1, 2))
#: For each class the nodes on its way, and whether the left branch (1) or the right one (-1) is taken.
WAYS = {0: "0+ 1+ 2+", 4: "0+ 1+ 2-", 3: "0+ 1-", 1: "0- 3+", 2: "0- 3-"}
CLASSES, SAMPLES = np.array([3, 0, 4, 1, 2]), np.array([[0, 1], [1, 1], [2, 0], [4, 3], [3, 0]])


def crf_loss(cost: Array, x: Array, y: Array) -> float:
    """Minus the log likelihood of one sequence, from the scores of all sequences of labels."""

    def score(labels: Any) -> float:
        return sum(x[i, label] for i, label in enumerate(labels)) + sum(
            cost[a, b] for a, b in itertools.pairwise(labels)
        )

    everything = [score(labels) for labels in itertools.product(range(3), repeat=len(x))]
    return float(logsumexp(everything) - score(y))


def crf(v: Values, *given: Array) -> float:
    xs, ys = given[:3], given[3:]
    first = crf_loss(v["cost"], np.array([x[0] for x in xs]), np.array([y[0] for y in ys]))
    second = crf_loss(v["cost"], np.array([x[1] for x in xs[:2]]), np.array([y[1] for y in ys[:2]]))
    return (first + second) / 2


def crf_of_sequences(v: Values, *given: Array) -> float:
    return float(np.mean([crf_loss(v["cost"], x, y) for x, y in zip(given[:2], given[2:], strict=True)]))


def hierarchical_softmax(v: Values, x: Array, t: Array) -> float:
    total = 0.0
    for row, label in zip(x, t, strict=True):
        for node, sign in ((int(part[0]), part[1]) for part in WAYS.get(int(label), "").split()):
            total -= np.log(expit((1 if sign == "+" else -1) * v["W"][node] @ row))
    return total


def negative_sampling(v: Values, x: Array, t: Array) -> float:
    scores = np.einsum("nsi,ni->ns", v["W"][np.hstack([t[:, None], SAMPLES])], x)
    return -np.log(expit(scores * [1, -1, -1])).sum()


def black_out(v: Values, x: Array, t: Array) -> float:
    p = np.exp(log_softmax(np.einsum("nsi,ni->ns", v["W"][np.hstack([t[:, None], SAMPLES])], x), 1))
    return -(np.log(p[:, 0]) + np.log(1 - p[:, 1:]).sum(1)).mean()


class Fixed:
    """A sampler that gives the same classes each time."""

    def __init__(self, device: Any, first: bool) -> None:
        self.device, self.samples = device, np.hstack([SAMPLES[:, :1], SAMPLES]) if first else SAMPLES

    def sample(self, shape: Any) -> Any:
        assert self.samples.shape == shape
        return self.device.send(self.samples)


def with_samples(link: Any, x: Any, t: Any) -> Any:
    drawing = link.sampler
    link.sampler = Fixed(link.device, isinstance(link, L.NegativeSampling))
    try:
        return link(x, t)
    finally:
        link.sampler = drawing


CASES = [
    LinkCase(
        L.CRF1d,
        lambda: L.CRF1d(3),
        [*STEPS, *LABELS],
        crf,
        call=lambda link, *given: link(given[:3], given[3:]),
    ),
    LinkCase(
        L.CRF1d,
        lambda: L.CRF1d(3),
        [(3, 3), (2, 3), np.array([0, 1, 2]), np.array([2, 1])],
        crf_of_sequences,
        call=lambda link, *given: link(given[:2], given[2:], transpose=True),
        name="transposed",
    ),
    LinkCase(
        L.BinaryHierarchicalSoftmax,
        lambda: L.BinaryHierarchicalSoftmax(3, TREE),
        [(6, 3), np.array([0, 1, 2, 3, 4, -1])],
        hierarchical_softmax,
    ),
    LinkCase(
        L.NegativeSampling,
        lambda: L.NegativeSampling(3, [1] * 5, 2),
        [(5, 3), CLASSES],
        negative_sampling,
        call=with_samples,
    ),
    LinkCase(L.BlackOut, lambda: L.BlackOut(3, [1] * 5, 2), [(5, 3), CLASSES], black_out, call=with_samples),
]
test_links = link_tests(CASES)

X, T = np.ones((2, 3), np.float32), np.array([0, 1])
SOFTMAX = "BinaryHierarchicalSoftmax"
WRONG = [
    WrongCall("CRF1d", lambda: L.CRF1d(None), ArgumentTypeError, "n_label must be an integer, got None"),
    WrongCall(
        "BlackOut", lambda: L.BlackOut(3, [1, -1], 2), ArgumentError, "counts must be a number from 0 for each c"
    ),
    WrongCall("BlackOut", lambda: L.BlackOut(3, [1, 1], 0), ArgumentError, "sample_size must be positive, got 0"),
    WrongCall(
        "NegativeSampling",
        lambda: L.NegativeSampling(3, [0, 0], 2),
        ArgumentError,
        "counts must be a number from 0 for each class, not all 0, got [0, 0]",
    ),
    WrongCall(
        SOFTMAX, lambda: L.BinaryHierarchicalSoftmax(3, 0), ArgumentError, "tree must have two leaves or more, got 0"
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, (1, 2, 3))),
        ArgumentError,
        "tree must have pairs as nodes, got (1, 2, 3)",
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, "a")),
        ArgumentTypeError,
        "tree must have integers as leaves, got 'a'",
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, (1, 0))),
        ArgumentError,
        "tree must have each class once, got 0 again",
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, -1)),
        ArgumentError,
        "tree must have classes from 0, got -1",
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, 1))(X, np.array([0, 2])),
        ArgumentError,
        "t must hold classes below 2, or -1, got 0 to 2",
    ),
    WrongCall(
        SOFTMAX,
        lambda: L.BinaryHierarchicalSoftmax(3, (0, 2))(X, T),
        ArgumentError,
        "t holds a class that is no leaf of the tree",
    ),
    WrongCall(
        "create_huffman_tree",
        lambda: L.BinaryHierarchicalSoftmax.create_huffman_tree({}),
        ArgumentError,
        "word_counts must not be empty",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)


@pytest.mark.parametrize(("kind", "power"), [(L.BlackOut, 1.0), (L.NegativeSampling, 0.75)])
@pytest.mark.parametrize("device", ["@numpy", "@tripwire"])
def test_classes_are_drawn_in_proportion_to_a_power_of_their_counts(kind: Any, power: float, device: str) -> None:
    catenary.seed(0)
    counts = np.array([5, 0, 1, 20, 0])
    place = catenary.get_device(device)
    drawn = place.to_host(kind(3, counts, 2).to_device(place).sampler.sample((200, 100)))
    assert drawn.dtype == np.int32
    shares = np.where(counts > 0, counts**power, 0)
    np.testing.assert_allclose(np.bincount(drawn.ravel(), minlength=5) / 20000, shares / shares.sum(), atol=0.01)


def test_a_power_of_its_own_and_samples_returned() -> None:
    catenary.seed(0)
    link = L.NegativeSampling(3, [1, 100], 4, power=0.0)
    loss, samples = link(X, T, reduce="no", return_samples=True)
    assert loss.shape == (2,)
    assert samples.shape == (2, 5)
    assert samples[:, 0].tolist() == [0, 1]
    shares = np.bincount(np.ravel(link.sampler.sample((2000,)))) / 2000
    np.testing.assert_allclose(shares, 0.5, atol=0.05)
    assert L.NegativeSampling(3, [1, 2], 1, dtype=np.float64).W.dtype == np.float64


def test_given_classes_take_the_place_of_drawn_ones() -> None:
    link = L.BlackOut(3, [1, 1, 1], 2)
    link.W.array[...] = np.arange(9).reshape(3, 3)
    link.sample_data = np.array([[1, 2], [2, 0]])
    expected = F.black_out(X, T, link.W, link.sample_data)
    np.testing.assert_array_equal(link(X, T).array, expected.array)


def test_a_moved_copy_leaves_the_tables_of_the_original() -> None:
    for link in (L.BlackOut(3, [1, 1], 2), L.BinaryHierarchicalSoftmax(3, (0, 1))):
        link.copy("share").to_device("@tripwire")
        assert np.isfinite(link(X, T).array)


@pytest.mark.parametrize("counts", [{0: 8, 1: 5, 2: 6, 3: 4}, {3: 2, 1: 2, 2: 2}, {0: 1, 1: 2, 2: 4, 3: 8, 4: 16}])
def test_no_tree_is_shorter_than_the_one_of_huffman(counts: dict[int, int]) -> None:
    def depths(tree: Any, depth: int = 0) -> dict[int, int]:
        if not isinstance(tree, tuple):
            return {tree: depth}
        return depths(tree[0], depth + 1) | depths(tree[1], depth + 1)

    def trees(leaves: list[int]) -> Any:
        if len(leaves) == 1:
            return leaves
        return [
            (left, right)
            for n in range(1, len(leaves))
            for some in itertools.combinations(leaves[1:], n)
            for left in trees([leaf for leaf in leaves if leaf not in some])
            for right in trees(list(some))
        ]

    def cost(tree: Any) -> int:
        return sum(counts[leaf] * depth for leaf, depth in depths(tree).items())

    tree = L.BinaryHierarchicalSoftmax.create_huffman_tree(counts)
    assert sorted(depths(tree)) == sorted(counts)
    assert cost(tree) == min(map(cost, trees(list(counts))))


def test_the_probabilities_of_all_leaves_add_up_to_one() -> None:
    link, x = L.BinaryHierarchicalSoftmax(3, TREE), np.array([[0.5, -1.0, 2.0]], np.float32)
    assert sum(float(np.exp(-link(x, np.array([t])).array)) for t in range(5)) == pytest.approx(1, rel=1e-5)
    assert float(np.abs(link.W.array).max()) <= 1


def test_best_labels() -> None:
    link, (x, y) = L.CRF1d(3), (np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[::-1][:2])
    score, labels = link.argmax([x, y], transpose=True)
    assert score.array.tolist() == [3, 2]
    assert [one.tolist() for one in labels] == [[0, 1, 2], [2, 1]]
    steps = [np.stack([x[0], y[0]]), np.stack([x[1], y[1]]), x[2:]]
    assert [one.tolist() for one in link.argmax(steps)[1]] == [[0, 2], [1, 1], [2]]
