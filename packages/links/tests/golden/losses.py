"""Links that are losses whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

STEPS = [(3, 4), (3, 4), (2, 4), (1, 4)]
LABELS = [[0, 3, 1], [2, 2, 1], [3, 0], [1]]
#: The same the other way round: one sequence each.
SEQUENCES = [(4, 4), (3, 4), (2, 4)]
LABELS_OF_SEQUENCES = [[0, 2, 3, 1], [3, 2, 0], [1, 1]]
TREE = (((0, 4), 3), (1, 2))


class Drawn:
    """Stands for what draws classes."""

    def sample(self, shape):
        return (np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape) * 7 + 2) % 5


def crf1d(count, **options):
    return lambda link, *given: link(list(given[:count]), list(given[count:]), **options)


def best(**options):
    return lambda link, *xs: link.argmax(list(xs), **options)[1]


def with_samples(link, x, t, **options):
    link.sampler = Drawn()
    return link(x, t, **options)


def with_sample_data(link, x, t):
    link.sample_data = Drawn().sample((4, 3))
    return link(x, t)


CASES = {
    "BinaryHierarchicalSoftmax": [
        {"make": lambda L: L.BinaryHierarchicalSoftmax(3, TREE), "inputs": [(6, 3), [0, 1, 2, 3, 4, 1]]},
        {
            "make": lambda L: L.BinaryHierarchicalSoftmax(
                3, L.BinaryHierarchicalSoftmax.create_huffman_tree({0: 8, 1: 5, 2: 6, 3: 4, 4: 6, 5: 100})
            ),
            "inputs": [(6, 3), [5, 4, 3, 2, 1, 0]],
        },
    ],
    "BlackOut": [
        {
            "make": lambda L: L.BlackOut(3, [1, 2, 3, 4, 5], 3),
            "inputs": [(4, 3), [0, 4, 1, 1]],
            "call": with_sample_data,
        },
        {"make": lambda L: L.BlackOut(3, [1, 2, 3, 4, 5], 2), "inputs": [(4, 3), [0, 4, 1, 1]], "call": with_samples},
    ],
    "CRF1d": [
        {"make": lambda L: L.CRF1d(4), "inputs": STEPS + LABELS, "call": crf1d(4)},
        {"make": lambda L: L.CRF1d(4), "inputs": STEPS + LABELS, "call": crf1d(4, reduce="no")},
        {"make": lambda L: L.CRF1d(4), "inputs": SEQUENCES + LABELS_OF_SEQUENCES, "call": crf1d(3, transpose=True)},
        {"make": lambda L: L.CRF1d(4), "inputs": STEPS, "call": best()},
        {"make": lambda L: L.CRF1d(4), "inputs": SEQUENCES, "call": best(transpose=True)},
    ],
    "NegativeSampling": [
        {"make": lambda L: L.NegativeSampling(3, [1] * 5, 2), "inputs": [(4, 3), [0, 4, -1, 1]], "call": with_samples},
        {
            "make": lambda L: L.NegativeSampling(3, [1] * 5, 2),
            "inputs": [(4, 3), [0, 4, 1, 1]],
            "call": lambda *given: with_samples(*given, reduce="no", return_samples=True),
        },
    ],
}
