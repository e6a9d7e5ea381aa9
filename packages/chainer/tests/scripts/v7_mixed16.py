"""Chainer 7: a convolution in half precision, optimizer.update(lossfun, ...), optional libraries guarded."""

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
import chainerx
from chainer import static_graph
from chainer.backends import cuda

try:
    import chainermn

    comm = chainermn.create_communicator('naive')
except Exception:
    comm = None


class Net(chainer.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.conv1 = L.Convolution2D(None, 8, 3, pad=1)
            self.norm1 = L.GroupNormalization(2)
            self.conv2 = L.Convolution2D(8, 8, ksize=3, stride=2, pad=1)
            self.norm2 = L.BatchNormalization(8)
            self.fc = L.Linear(None, 2)

    def forward(self, x):
        h = F.leaky_relu(self.norm1(self.conv1(x)))
        h = F.max_pooling_2d(h, 2)
        h = F.relu(self.norm2(self.conv2(h)))
        return self.fc(F.dropout(F.average(h, axis=(2, 3)), 0.2))


def make_images(n, size=8):
    """Return noise with a bright bar, upright for label 0 and lying for 1."""
    x = 0.3 * np.random.standard_normal((n, 1, size, size))
    t = np.random.randint(0, 2, n).astype(np.int32)
    for image, label in zip(x, t):
        k = np.random.randint(size)
        image[0, k, :] += label
        image[0, :, k] += 1 - label
    return x, t


def main():
    np.random.seed(2)
    rank = comm.rank if comm is not None else 0
    assert rank == 0
    print('chainerx', chainerx.is_available(), 'cuda', cuda.available)
    chainer.global_config.dtype = chainer.mixed16
    assert chainer.get_dtype() == np.float16
    assert chainer.get_dtype(map_mixed16=np.float32) == np.float32
    x, t = make_images(256)
    train = chainer.datasets.TupleDataset(x.astype(chainer.get_dtype()), t)
    model = Net()
    model.to_device('@numpy')
    optimizer = chainer.optimizers.MomentumSGD(lr=0.05)
    optimizer.setup(model)
    optimizer.use_fp32_update()
    optimizer.loss_scaling(interval=100)
    losses = []

    def lossfun(x, t):
        loss = F.softmax_cross_entropy(model(x), t)
        losses.append(float(loss.array))
        return loss

    for epoch in range(8):
        for batch in chainer.iterators.SerialIterator(train, 32, repeat=False):
            xb, tb = chainer.dataset.concat_examples(batch, device=model.device)
            assert not isinstance(xb, chainerx.ndarray)
            optimizer.update(lossfun, xb, tb)
    assert model.conv1.W.dtype == np.float16
    assert model.norm2.gamma.dtype == np.float32
    for loss in losses[:6]:
        print('loss', loss)
    with chainer.using_config('train', False), chainer.using_config('enable_backprop', False):
        y = model(x.astype(np.float16))
    assert float(F.accuracy(y, t).array) > 0.8
    assert np.mean(losses[-8:]) < 0.5 * np.mean(losses[:8]), losses


if __name__ == '__main__':
    main()
