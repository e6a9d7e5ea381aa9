"""Chainer 1.0 to 1.4: a perceptron as a FunctionSet, volatile variables, the graph written to a file."""

from __future__ import print_function

import pickle

import numpy as np

import chainer.computational_graph as c
from chainer import Variable, FunctionSet, cuda, optimizers
import chainer.functions as F

np.random.seed(0)
cuda.init()
xp = np
batchsize, n_epoch, n_units = 50, 30, 30

x_all = np.random.rand(500, 16).astype(np.float32)
y_all = (x_all.dot(np.arange(16)) > 60).astype(np.int32)
x_train, x_test = np.split(x_all, [400])
y_train, y_test = np.split(y_all, [400])

model = FunctionSet(
    l1=F.Linear(16, n_units, wscale=np.sqrt(2)),
    l2=F.Linear(n_units, n_units),
    prelu=F.PReLU(),
    l3=F.Linear(n_units, 2, bias=0.1),
)
assert len(model.parameters) == len(model.gradients) == 7


def forward(x_data, y_data, train=True):
    x, t = Variable(x_data, volatile=not train), Variable(y_data, volatile=not train)
    h1 = F.dropout(F.relu(model.l1(x)), ratio=0.1, train=train)
    h2 = F.dropout(model.prelu(model.l2(h1)), ratio=0.1, train=train)
    y = model.l3(h2)
    return F.softmax_cross_entropy(y, t), F.accuracy(y, t)


optimizer = optimizers.Adam(alpha=0.01)
optimizer.setup(model.collect_parameters())

losses = []
for epoch in range(1, n_epoch + 1):
    perm = np.random.permutation(len(x_train))
    sum_loss = 0
    for i in range(0, len(x_train), batchsize):
        x_batch = xp.asarray(x_train[perm[i : i + batchsize]])
        y_batch = xp.asarray(y_train[perm[i : i + batchsize]])
        optimizer.zero_grads()
        loss, acc = forward(x_batch, y_batch)
        loss.backward()
        optimizer.weight_decay(1e-5)
        optimizer.clip_grads(5.0)
        optimizer.update()
        if epoch == 1 and i == 0:
            with open('graph.dot', 'w') as o:
                o.write(c.build_computational_graph((loss,), False).dump())
        sum_loss += float(cuda.to_cpu(loss.data)) * len(y_batch)
    losses.append(sum_loss / len(x_train))
    print('epoch', epoch, 'mean loss', losses[-1])

loss, acc = forward(x_test, y_test, train=False)
assert loss.creator is None
print('test', loss.data, acc.data)
assert losses[-1] < 0.6 * losses[0]
assert float(acc.data) > 0.85
with open('graph.dot') as f:
    dot = f.read()
assert dot.startswith('digraph')
assert 'relu' in dot.lower() and 'softmax' in dot.lower()

with open('model.pickle', 'wb') as f:
    pickle.dump(model, f, -1)
with open('model.pickle', 'rb') as f:
    loaded = pickle.load(f)
for a, b in zip(model.parameters, loaded.parameters):
    np.testing.assert_array_equal(a, b)
loaded.copy_parameters_from([np.zeros_like(a) for a in model.parameters])
assert not any(a.any() for a in loaded.parameters)
