"""Write the files in data/ with Chainer 7.8.1 (Python <= 3.10, NumPy < 1.24):  python make_chainer_files.py

Every number in them is given by a formula that test_chainer_files.py repeats.
"""

from pathlib import Path

import numpy as np

import chainer
import chainer.links as L
from chainer import serializers

DATA = Path(__file__).resolve().parent / "data"


class Model(chainer.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.l1 = L.Linear(3, 2)
            self.lazy = L.Linear(None, 4)
            self.bn = L.BatchNormalization(2)
        self.add_persistent("rate", 0.5)
        self.add_persistent("flag", True)
        self.add_persistent("nothing", None)
        self.add_persistent("half", np.arange(3, dtype=np.float16))


def fill(model):
    for name, param in sorted(model.namedparams()):
        if param.array is not None:
            param.array[...] = np.arange(param.size).reshape(param.shape) + len(name)
    model.bn.avg_mean[...] = [0.25, -0.25]
    model.bn.N = 7


def main():
    model = Model()
    fill(model)
    DATA.mkdir(exist_ok=True)
    serializers.save_npz(DATA / "model.npz", model)
    serializers.save_npz(DATA / "model_stored.npz", model, compression=False)
    serializers.save_hdf5(str(DATA / "model.h5"), model)

    link = L.Linear(3, 2)
    link.W.array[...], link.b.array[...] = 1, 0
    optimizer = chainer.optimizers.Adam().setup(link)
    for param in link.params():
        param.grad = np.full_like(param.array, 2)
    optimizer.update()
    serializers.save_npz(DATA / "optimizer.npz", optimizer)


if __name__ == "__main__":
    main()
