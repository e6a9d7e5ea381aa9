"""Calls of functions about functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

CASES = {
    "forget": [(lambda F, x, y: F.forget(lambda x, y: F.exp(x) * F.sin(y), x, y), (3, 4), (3, 4))],
}
