"""Recurrent layers over sequences whose results in Chainer 7.8.1 are stored; see `make.py`."""

XS = [(2, 3), (4, 3), (1, 3), (4, 3)]  # of any lengths, in no order


def cases(name, states, directions=1, layers=2):
    def from_zero(link, *xs):
        return link(*[None] * states, list(xs))

    def from_states(link, *inputs):
        return link(*inputs[:states], list(inputs[states:]))

    first = [(layers * directions, len(XS), 2)] * states
    return [
        {"make": lambda L: getattr(L, name)(layers, 3, 2, 0.0), "inputs": XS, "call": from_zero},
        {"make": lambda L: getattr(L, name)(layers, 3, 2, 0.0), "inputs": first + XS, "call": from_states},
        {"make": lambda L: getattr(L, name)(1, 3, 2, 0.5), "inputs": XS, "call": from_zero, "train": False},
    ]


CASES = {
    "NStepBiGRU": cases("NStepBiGRU", 1, 2),
    "NStepBiLSTM": cases("NStepBiLSTM", 2, 2),
    "NStepBiRNNReLU": cases("NStepBiRNNReLU", 1, 2),
    "NStepBiRNNTanh": cases("NStepBiRNNTanh", 1, 2),
    "NStepGRU": cases("NStepGRU", 1),
    "NStepLSTM": cases("NStepLSTM", 2),
    "NStepRNNReLU": cases("NStepRNNReLU", 1),
    "NStepRNNTanh": cases("NStepRNNTanh", 1),
}
