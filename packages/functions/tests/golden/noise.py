"""Calls of noise functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

MASK = np.array([[[1, 0, 1], [0, 1, 1]]] * 4, np.float32)

CASES = {
    "dropout": [(lambda F, x, m: F.dropout(x, 0.25, mask=2 * m.array), (3, 4), ((3, 4), 0, 1))],
    "gaussian": [
        (lambda F, m, v, e: F.gaussian(m, v, eps=e.array), (3, 4), (3, 4), (3, 4)),
        (lambda F, m, v, e: F.gaussian(m, v, eps=e.array, return_eps=True), (3, 4), (3, 4), (3, 4)),
    ],
    "simplified_dropconnect": [
        (lambda F, x, W, b: F.simplified_dropconnect(x, W, b, 0.25, mask=MASK), (4, 3), (2, 3), (2,)),
        (
            lambda F, x, W: F.simplified_dropconnect(x, W, ratio=0.25, mask=MASK[0], use_batchwise_mask=False),
            (4, 3),
            (2, 3),
        ),
        (lambda F, x, W, b: F.simplified_dropconnect(x, W, b, train=False), (4, 3), (2, 3), (2,)),
    ],
    # Nothing is left to chance.
    "zoneout": [
        (lambda F, h, x: F.zoneout(h, x, ratio=0.0), (3, 4), (3, 4)),
        (lambda F, h, x: F.zoneout(h, x, ratio=1.0), (3, 4), (3, 4)),
    ],
}
