"""Recurrent links of one step whose results in Chainer 7.8.1 are stored; see `make.py`."""


def steps(link, *xs):
    return [link(x) for x in xs]


def stateful(name, *shapes, **options):
    return {"make": lambda L: getattr(L, name)(3, 2, **options), "inputs": list(shapes), "call": steps}


THREE = [(4, 3)] * 3
SHORTER = [(4, 3), (3, 3), (3, 3), (1, 3)]


def with_state(count):
    """Return a call that sets the state to the first inputs."""

    def call(link, *given):
        link.set_state(*given[:count])
        return steps(link, *given[count:])

    return call


def continued(*arguments):
    """Return a call with some arguments in place of the inputs, by number or None."""
    return lambda link, *given: link(*(None if i is None else given[i] for i in arguments))


def tree(name, children, *arguments, **options):
    """Return a case of a node: cell states and outputs of the children, and the input of the node."""
    inputs = [(4, 2)] * (2 * children) + [(4, 3)]
    every = arguments or tuple(range(len(inputs)))
    return {"make": lambda L: getattr(L, name)(3, 2, **options), "inputs": inputs, "call": continued(*every)}


CASES = {
    "ChildSumTreeLSTM": [
        tree("ChildSumTreeLSTM", 2),
        tree("ChildSumTreeLSTM", 3, 0, None, 2, 3, 4, None, 6),
        tree("ChildSumTreeLSTM", 0),
        tree("ChildSumTreeLSTM", 2, 0, 1, 2, 3, None),
    ],
    "GRU": [stateful("GRU", *THREE)],
    "LSTM": [
        stateful("LSTM", *THREE),
        stateful("LSTM", *SHORTER),
        {"make": lambda L: L.LSTM(3, 2), "inputs": [(4, 2), (4, 2), *THREE], "call": with_state(2)},
    ],
    "NaryTreeLSTM": [
        tree("NaryTreeLSTM", 2),
        tree("NaryTreeLSTM", 3, 0, None, 2, None, 4, 5, 6, n_ary=3),
        tree("NaryTreeLSTM", 2, 0, 1, 2, 3, None),
    ],
    "StatefulGRU": [
        stateful("StatefulGRU", *THREE),
        {"make": lambda L: L.StatefulGRU(3, 2), "inputs": [(4, 2), *THREE], "call": with_state(1)},
    ],
    "StatefulMGU": [
        stateful("StatefulMGU", *THREE),
        {"make": lambda L: L.StatefulMGU(3, 2), "inputs": [(4, 2), *THREE], "call": with_state(1)},
    ],
    "StatefulPeepholeLSTM": [stateful("StatefulPeepholeLSTM", *THREE)],
    # Nothing is left to chance.
    "StatefulZoneoutLSTM": [
        stateful("StatefulZoneoutLSTM", *THREE, c_ratio=0.0, h_ratio=0.0),
        stateful("StatefulZoneoutLSTM", *THREE, c_ratio=1.0, h_ratio=0.0),
        {"make": lambda L: L.StatefulZoneoutLSTM(3, 2), "inputs": THREE, "call": steps, "train": False},
        {
            "make": lambda L: L.StatefulZoneoutLSTM(3, 2, c_ratio=0.0, h_ratio=0.0),
            "inputs": [(4, 2), (4, 2), *THREE],
            "call": with_state(2),
        },
    ],
    "StatelessGRU": [{"make": lambda L: L.StatelessGRU(3, 2), "inputs": [(4, 2), (4, 3)]}],
    "StatelessLSTM": [
        {"make": lambda L: L.StatelessLSTM(3, 2), "inputs": [(4, 2), (4, 2), (4, 3)]},
        {"make": lambda L: L.StatelessLSTM(2), "inputs": [(4, 3)], "call": continued(None, None, 0)},
        {"make": lambda L: L.StatelessLSTM(3, 2), "inputs": [(4, 2), (4, 3)], "call": continued(None, 0, 1)},
    ],
    "StatelessMGU": [{"make": lambda L: L.StatelessMGU(3, 2), "inputs": [(4, 2), (4, 3)]}],
}
