"""Chainer 6: a transformer block that finds out which of two words comes first; trained, interrupted, resumed."""

import argparse
import functools
import os

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import training
from chainer.training import extensions
import chainerx


class Attention(chainer.Chain):
    def __init__(self, units, heads):
        super().__init__()
        self.heads = heads
        with self.init_scope():
            self.qkv = L.Linear(units, 3 * units, nobias=True, initialW=chainer.initializers.GlorotUniform())
            self.out = L.Linear(units, units)

    def forward(self, x):
        b, t, u = x.shape
        h = self.heads
        q, k, v = F.split_axis(self.qkv(x, n_batch_axes=2), 3, axis=2)
        q, k, v = [a.reshape(b, t, h, u // h).transpose(0, 2, 1, 3) for a in (q, k, v)]
        weight = F.softmax(F.matmul(q, k, transb=True) * (u // h) ** -0.5, axis=3)
        y = F.matmul(F.dropout(weight, 0.1), v).transpose(0, 2, 1, 3).reshape(b, t, u)
        return self.out(y, n_batch_axes=2)


class Block(chainer.Chain):
    def __init__(self, units, heads):
        super().__init__()
        with self.init_scope():
            self.attention = Attention(units, heads)
            self.norm1 = L.LayerNormalization(units)
            self.norm2 = L.LayerNormalization(units)
            self.ff = chainer.Sequential(
                L.Linear(units, 2 * units), functools.partial(F.rrelu, l=1.0 / 8, u=1.0 / 3), L.Linear(2 * units, units)
            )

    def _each(self, link, x):
        b, t, u = x.shape
        return link(x.reshape(b * t, u)).reshape(b, t, u)

    def forward(self, x):
        x = self._each(self.norm1, x + F.dropout(self.attention(x), 0.1))
        return self._each(self.norm2, x + F.dropout(self._each(self.ff, x), 0.1))


class Reader(chainer.Chain):
    def __init__(self, words, length, units=16, heads=2, layers=1):
        super().__init__()
        with self.init_scope():
            self.embed = L.EmbedID(words, units, initialW=chainer.initializers.Normal(0.5))
            self.position = chainer.Parameter(chainer.initializers.Normal(0.5), (length, units))
            self.blocks = chainer.Sequential(*[Block(units, heads) for _ in range(layers)])
            self.out = L.Linear(units, 2)

    def forward(self, x):
        h = self.embed(x) + F.broadcast_to(self.position, x.shape + self.position.shape[1:])
        return self.out(F.mean(self.blocks(h), axis=1))


@chainer.dataset.converter()
def convert(batch, device):
    x = np.stack([words for words, _ in batch]).astype(np.int32)
    t = np.array([label for _, label in batch], np.int32)
    return device.send(x), device.send(t)


def make_data(n, length=6, words=8):
    data = []
    for _ in range(n):
        x = np.random.randint(2, words, length)
        i, j = np.random.choice(length, 2, replace=False)
        x[i], x[j] = 0, 1
        data.append((x, int(i < j)))
    return data


def train(epochs, batchsize=32):
    np.random.seed(1)
    device = chainer.get_device('@numpy')
    if chainerx.is_available():
        device = chainer.get_device('native')
    train_data, test_data = make_data(320), make_data(64)
    model = L.Classifier(Reader(8, 6))
    model.to_device(device)
    device.use()
    optimizer = chainer.optimizers.Adam(alpha=0.01).setup(model)
    optimizer.add_hook(chainer.optimizer_hooks.GradientClipping(5))
    train_iter = chainer.iterators.SerialIterator(train_data, batchsize)
    test_iter = chainer.iterators.SerialIterator(test_data, batchsize, repeat=False, shuffle=False)
    updater = training.updaters.StandardUpdater(train_iter, optimizer, converter=convert, device=device)
    trainer = training.Trainer(updater, (epochs, 'epoch'), out='result')
    trainer.extend(extensions.Evaluator(test_iter, model, converter=convert, device=device))
    trainer.extend(extensions.LogReport())
    trainer.extend(
        extensions.PrintReport(
            ['epoch', 'main/loss', 'validation/main/loss', 'validation/main/accuracy', 'elapsed_time']
        )
    )
    trainer.extend(extensions.snapshot(n_retains=1, autoload=True))
    trainer.run()
    return trainer


def main():
    chainer.print_runtime_info()
    train(4)
    assert os.path.exists('result/snapshot_iter_40')
    trainer = train(8)
    assert trainer.updater.iteration == 80
    assert [f for f in os.listdir('result') if f.startswith('snapshot')] == ['snapshot_iter_80']
    log = trainer.get_extension('LogReport').log
    assert [entry['epoch'] for entry in log] == list(range(1, 9))
    for entry in log[:4]:
        print('loss', entry['main/loss'])
        print('loss', entry['validation/main/loss'])
    assert log[-1]['main/loss'] < 0.6 * log[0]['main/loss']


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.parse_args()
    main()
