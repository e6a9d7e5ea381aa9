"""Chainer 1.15: word vectors by negative sampling, with an own iterator and converter."""

from __future__ import print_function

import collections

import numpy as np

import chainer
from chainer import cuda, reporter, training
import chainer.initializers as I
import chainer.links as L
import chainer.optimizers as O
from chainer.training import extensions


class SkipGram(chainer.Chain):
    def __init__(self, n_vocab, n_units, loss_func):
        super(SkipGram, self).__init__(
            embed=L.EmbedID(n_vocab, n_units, initialW=I.Uniform(1.0 / n_units)),
            loss_func=loss_func,
        )

    def __call__(self, x, context):
        n, width = context.data.shape
        x = chainer.functions.broadcast_to(x[:, None], (n, width))
        e = self.embed(chainer.functions.reshape(context, (n * width,)))
        loss = self.loss_func(e, chainer.functions.reshape(x, (n * width,)))
        reporter.report({'loss': loss}, self)
        return loss


class WindowIterator(chainer.dataset.Iterator):
    def __init__(self, dataset, window, batch_size, repeat=True):
        self.dataset = np.array(dataset, np.int32)
        self.window = window
        self.batch_size = batch_size
        self._repeat = repeat
        self.order = np.random.permutation(len(dataset) - window * 2).astype(np.int32) + window
        self.current_position = 0
        self.epoch = 0
        self.is_new_epoch = False

    def __next__(self):
        if not self._repeat and self.epoch > 0:
            raise StopIteration
        i = self.current_position
        i_end = i + self.batch_size
        position = self.order[i:i_end]
        offset = np.concatenate([np.arange(-self.window, 0), np.arange(1, self.window + 1)])
        context = self.dataset.take(position[:, None] + offset[None, :])
        center = self.dataset.take(position)
        if i_end >= len(self.order):
            np.random.shuffle(self.order)
            self.epoch += 1
            self.is_new_epoch = True
            self.current_position = 0
        else:
            self.is_new_epoch = False
            self.current_position = i_end
        return center, context

    next = __next__

    @property
    def epoch_detail(self):
        return self.epoch + float(self.current_position) / len(self.order)

    def serialize(self, serializer):
        self.current_position = serializer('current_position', self.current_position)
        self.epoch = serializer('epoch', self.epoch)
        self.is_new_epoch = serializer('is_new_epoch', self.is_new_epoch)
        self.order = serializer('order', self.order)


def convert(batch, device):
    center, context = batch
    if device is not None and device >= 0:
        center, context = cuda.to_gpu(center), cuda.to_gpu(context)
    return chainer.Variable(center), chainer.Variable(context)


def main():
    np.random.seed(0)
    # Words come in two topics: a word stands among words of its own.
    words = np.concatenate([np.random.randint(0, 6, 25) + 6 * (i % 2) for i in range(24)]).astype(np.int32)
    counts = collections.Counter(words.tolist())
    cs = [counts[w] for w in range(12)]
    model = SkipGram(12, 6, L.NegativeSampling(6, cs, 3))
    model.loss_func.W.data[...] = 0
    optimizer = O.Adam(alpha=0.02)
    optimizer.setup(model)
    updater = training.StandardUpdater(WindowIterator(words, 2, 50), optimizer, converter=convert, device=-1)
    trainer = training.Trainer(updater, (8, 'epoch'), out='result')
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(['epoch', 'main/loss']))
    trainer.extend(extensions.snapshot(filename='last'), trigger=(8, 'epoch'))
    trainer.run()
    log = trainer.get_extension('LogReport').log
    assert log[-1]['main/loss'] < 0.85 * log[0]['main/loss'], log

    with open('word2vec.model', 'w') as f:
        f.write('%d %d\n' % (12, 6))
        for i, w in enumerate(cuda.to_cpu(model.embed.W.data)):
            f.write('%d %s\n' % (i, ' '.join('%f' % v for v in w)))
    vectors = np.loadtxt('word2vec.model', skiprows=1)[:, 1:]
    vectors /= np.sqrt((vectors * vectors).sum(1))[:, None]
    similarity = vectors.dot(vectors.T)
    nearest = (similarity - 2 * np.eye(12)).argmax(1)
    assert ((nearest < 6) == (np.arange(12) < 6)).all(), nearest


if __name__ == '__main__':
    main()
