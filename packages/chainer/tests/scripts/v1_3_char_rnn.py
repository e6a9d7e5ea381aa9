"""Chainer 1.3: a character model with F.EmbedID and F.lstm, states in a dict, backpropagation cut off by hand."""

from __future__ import print_function

import argparse

import numpy as np

from chainer import Variable, FunctionSet, optimizers
import chainer.functions as F

parser = argparse.ArgumentParser()
parser.add_argument('--rnn_size', type=int, default=20)
parser.add_argument('--seq_length', type=int, default=8)
parser.add_argument('--batchsize', type=int, default=6)
parser.add_argument('--grad_clip', type=int, default=5)
args = parser.parse_args([])


class CharRNN(FunctionSet):
    def __init__(self, n_vocab, n_units):
        super(CharRNN, self).__init__(
            embed=F.EmbedID(n_vocab, n_units),
            l1_x=F.Linear(n_units, 4 * n_units),
            l1_h=F.Linear(n_units, 4 * n_units),
            l2=F.Linear(n_units, n_vocab),
        )
        for param in self.parameters:
            param[:] = np.random.uniform(-0.2, 0.2, param.shape)

    def forward_one_step(self, x_data, y_data, state, train=True, dropout_ratio=0.1):
        x = Variable(x_data, volatile=not train)
        t = Variable(y_data, volatile=not train)
        h0 = self.embed(x)
        h1_in = self.l1_x(F.dropout(h0, ratio=dropout_ratio, train=train)) + self.l1_h(state['h1'])
        c1, h1 = F.lstm(state['c1'], h1_in)
        y = self.l2(F.dropout(h1, ratio=dropout_ratio, train=train))
        state = {'c1': c1, 'h1': h1}
        if train:
            return state, F.softmax_cross_entropy(y, t)
        return state, F.softmax(y)


def make_initial_state(n_units, batchsize, train=True):
    return {
        name: Variable(np.zeros((batchsize, n_units), dtype=np.float32), volatile=not train) for name in ('c1', 'h1')
    }


np.random.seed(0)
text = 'the quick brown fox jumps over the lazy dog. ' * 40
chars = sorted(set(text))
vocab = {ch: i for i, ch in enumerate(chars)}
train_data = np.array([vocab[ch] for ch in text], dtype=np.int32)

model = CharRNN(len(vocab), args.rnn_size)
optimizer = optimizers.RMSprop(lr=0.01, alpha=0.95, eps=1e-8)
optimizer.setup(model.collect_parameters())
jump = train_data.shape[0] // args.batchsize
state = make_initial_state(args.rnn_size, args.batchsize)
accum_loss = Variable(np.zeros((), dtype=np.float32))
losses = []
for i in range(jump - 1):
    x_batch = np.array([train_data[jump * j + i] for j in range(args.batchsize)])
    y_batch = np.array([train_data[jump * j + i + 1] for j in range(args.batchsize)])
    state, loss_i = model.forward_one_step(x_batch, y_batch, state)
    accum_loss += loss_i
    if (i + 1) % args.seq_length == 0:
        optimizer.zero_grads()
        accum_loss.backward()
        accum_loss.unchain_backward()
        losses.append(float(accum_loss.data) / args.seq_length)
        accum_loss = Variable(np.zeros((), dtype=np.float32))
        optimizer.clip_grads(args.grad_clip)
        optimizer.update()
print('per character:', losses[0], losses[-1])
assert losses[-1] < 0.6 * losses[0], losses

state = make_initial_state(args.rnn_size, 1, train=False)
prev, written = train_data[:1], []
for i in range(20):
    state, prob = model.forward_one_step(prev, prev, state, train=False)
    assert state['c1'].creator is None
    prev = prob.data.argmax(axis=1).astype(np.int32)
    written.append(chars[prev[0]])
print(''.join(written))
