"""Calls of recurrent cells whose results in Chainer 7.8.1 are stored; see `make.py`."""

CASES = {
    "lstm": [
        (lambda F, c, x: F.lstm(c, x), (3, 2), (3, 8)),
        (lambda F, c, x: F.lstm(c, x), (3, 2), (2, 8)),
        (lambda F, c, x: F.lstm(c, x), (3, 2, 4), (3, 8, 4)),
    ],
    "slstm": [
        (lambda F, *given: F.slstm(*given), (3, 2), (3, 2), (3, 8), (3, 8)),
        (lambda F, *given: F.slstm(*given), (3, 2, 4), (3, 2, 4), (3, 8, 4), (3, 8, 4)),
    ],
    "tree_lstm": [
        (lambda F, *given: F.tree_lstm(*given), (3, 2), (3, 8)),
        (lambda F, *given: F.tree_lstm(*given), (3, 2), (3, 2), (3, 10)),
        (lambda F, *given: F.tree_lstm(*given), (3, 2), (3, 2), (3, 2), (3, 12)),
    ],
}
