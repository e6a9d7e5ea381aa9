"""Chainer 1.5 to 1.16: truncated backpropagation by hand, then NStepLSTM with train=; models in NPZ and HDF5."""

from __future__ import division, print_function

import math
import os

import numpy as np

import chainer
from chainer import cuda, Variable, optimizers, serializers
import chainer.functions as F
import chainer.links as L


class RNNLM(chainer.Chain):
    def __init__(self, n_vocab, n_units, train=True):
        super(RNNLM, self).__init__(
            embed=L.EmbedID(n_vocab, n_units),
            l1=L.LSTM(n_units, n_units),
        )
        self.add_link('l2', L.Linear(n_units, n_vocab))
        for param in self.params():
            param.data[...] = np.random.uniform(-0.2, 0.2, param.data.shape)
        self.train = train

    def reset_state(self):
        self.l1.reset_state()

    def __call__(self, x):
        h = self.l1(F.dropout(self.embed(x), ratio=0.1, train=self.train))
        return self.l2(F.dropout(h, 0.1, self.train))


class Tagger(chainer.ChainList):
    def __init__(self, n_vocab, n_units, n_tags):
        super(Tagger, self).__init__(
            L.EmbedID(n_vocab, n_units),
            L.NStepLSTM(1, n_units, n_units, 0.1, False),
        )
        self.add_link(L.Linear(n_units, n_tags))
        self.n_units = n_units

    def __call__(self, xs, train=True):
        hx = Variable(self.xp.zeros((1, len(xs), self.n_units), 'f'), volatile='auto')
        cx = Variable(self.xp.zeros((1, len(xs), self.n_units), 'f'), volatile='auto')
        xs = [self[0](x) for x in xs]
        _, _, ys = self[1](hx, cx, xs, train=train)
        return [self[2](y) for y in ys]


def language_model():
    text = np.array(list('abracadabra simsalabim ' * 60))
    vocab = {c: i for i, c in enumerate(sorted(set(text)))}
    data = np.array([vocab[c] for c in text], dtype=np.int32)
    batchsize, bprop_len = 5, 8
    model = L.Classifier(RNNLM(len(vocab), 24))
    model.compute_accuracy = False
    optimizer = optimizers.Adam(alpha=0.03)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer.GradientClipping(5))
    jump = len(data) // batchsize
    model.predictor.reset_state()
    accum, perplexities = 0, []
    for i in range(jump - 1):
        x = Variable(np.array([data[jump * j + i] for j in range(batchsize)], np.int32))
        t = Variable(np.array([data[jump * j + i + 1] for j in range(batchsize)], np.int32))
        accum += model(x, t)
        if (i + 1) % bprop_len == 0:
            model.zerograds()
            accum.backward()
            accum.unchain_backward()
            optimizer.update()
            perplexities.append(math.exp(float(accum.data) / bprop_len))
            accum = 0
    print('perplexity', perplexities[0], perplexities[-1])
    assert perplexities[-1] < 0.5 * perplexities[0]

    evaluator = model.copy()
    evaluator.predictor.train = False
    evaluator.predictor.reset_state()
    x = Variable(data[:1], volatile='on')
    t = Variable(data[1:2], volatile='on')
    loss = evaluator(x, t)
    assert loss.creator is None
    assert loss.data.shape == ()

    for save, load in ((serializers.save_npz, serializers.load_npz), (serializers.save_hdf5, serializers.load_hdf5)):
        save('rnnlm.model', model)
        save('rnnlm.state', optimizer)
        assert os.path.exists('rnnlm.model')
        other = L.Classifier(RNNLM(len(vocab), 24))
        load('rnnlm.model', other)
        other_optimizer = optimizers.Adam()
        other_optimizer.setup(other)
        load('rnnlm.state', other_optimizer)
        assert other_optimizer.t == optimizer.t
        np.testing.assert_array_equal(other.predictor.l1.upward.W.data, model.predictor.l1.upward.W.data)


def tagger():
    """Tag each word with the parity of the sum up to there."""
    model = Tagger(2, 12, 2)
    optimizer = optimizers.Adam(0.02)
    optimizer.use_cleargrads()
    optimizer.setup(model)

    def lossfun(xs, ts):
        ys = model([Variable(x) for x in xs])
        loss = sum([F.softmax_cross_entropy(y, Variable(t)) for y, t in zip(ys, ts)]) / len(xs)
        losses.append(float(loss.data))
        return loss

    losses = []
    for _ in range(70):
        xs = [np.random.randint(0, 2, np.random.randint(3, 6)).astype(np.int32) for _ in range(20)]
        ts = [(np.cumsum(x) % 2).astype(np.int32) for x in xs]
        optimizer.update(lossfun, xs, ts)
    print('tagger', losses[0], losses[-1])
    assert losses[-1] < 0.5 * losses[0]
    ys = model([Variable(x, volatile=True) for x in xs], train=False)
    assert ys[0].volatile == 'on'
    assert [len(y.data) for y in ys] == [len(x) for x in xs]


if __name__ == '__main__':
    np.random.seed(0)
    assert cuda.get_array_module(np.zeros(1)) is np
    language_model()
    tagger()
