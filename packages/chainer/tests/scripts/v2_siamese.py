"""Chainer 2: a siamese network with the contrastive loss, and the Q network of a small DQN; loops by hand."""

from __future__ import print_function

import copy
import random

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import Variable, optimizers, serializers


class Branch(chainer.Chain):
    def __init__(self):
        initializer = chainer.initializers.HeNormal()
        super(Branch, self).__init__()
        with self.init_scope():
            self.conv1 = L.Convolution2D(None, 4, ksize=3, initialW=initializer)
            self.bn1 = L.BatchNormalization(4)
            self.fc = L.Linear(None, 2, initialW=initializer)

    def __call__(self, x):
        h = F.max_pooling_2d(F.relu(self.bn1(self.conv1(x))), 2, stride=2)
        return self.fc(h)


class Siamese(chainer.Chain):
    def __init__(self):
        super(Siamese, self).__init__()
        with self.init_scope():
            self.branch = Branch()

    def __call__(self, x0, x1, t):
        return F.contrastive(self.branch(x0), self.branch(x1), t, margin=1)


def siamese():
    label = np.random.randint(0, 2, 120)
    images = np.random.normal(0, 0.2, (120, 1, 6, 6)).astype(np.float32)
    images[label == 1, :, :, 3:] += 1
    model = Siamese()
    optimizer = optimizers.MomentumSGD(lr=0.02, momentum=0.9)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer.WeightDecay(1e-4))
    losses = []
    for i in range(30):
        perm = np.random.permutation(120)
        a, b = perm[:40], perm[40:80]
        t = (label[a] == label[b]).astype(np.int32)
        loss = model(Variable(images[a]), Variable(images[b]), Variable(t))
        model.cleargrads()
        loss.backward()
        optimizer.update()
        losses.append(float(loss.data))
    for loss in losses[:10]:
        print('loss', loss)
    assert np.mean(losses[-5:]) < 0.4 * np.mean(losses[:5])
    serializers.save_npz('siamese.model', model)
    other = Siamese()
    serializers.load_npz('siamese.model', other)
    with chainer.using_config('train', False), chainer.using_config('enable_backprop', False):
        y, z = model.branch(images), other.branch(images)
    np.testing.assert_array_equal(y.data, z.data)


class QFunction(chainer.Chain):
    def __init__(self, obs_size, n_actions, n_hidden=16):
        super(QFunction, self).__init__(
            l0=L.Linear(obs_size, n_hidden),
            l1=L.Linear(n_hidden, n_hidden),
            advantage=L.Linear(n_hidden, n_actions),
            value=L.Linear(n_hidden, 1),
        )

    def __call__(self, x):
        h = F.tanh(self.l1(F.tanh(self.l0(x))))
        a = self.advantage(h)
        a -= F.broadcast_to(F.expand_dims(F.sum(a, axis=1) / a.shape[1], axis=1), a.shape)
        return a + F.broadcast_to(self.value(h), a.shape)


def dqn(length=6, gamma=0.9):
    """Walk to the right end of a corridor."""
    q = QFunction(length, 2)
    target = copy.deepcopy(q)
    optimizer = optimizers.RMSpropGraves(lr=0.003)
    optimizer.setup(q)
    optimizer.add_hook(chainer.optimizer.GradientClipping(10))
    eye = np.eye(length, dtype=np.float32)
    memory, losses = [], []
    for step in range(300):
        s = random.randrange(length - 1)
        a = random.randrange(2)
        s1 = max(0, s + 2 * a - 1)
        memory.append((eye[s], a, float(s1 == length - 1), eye[s1], s1 == length - 1))
    for step in range(400):
        s, a, r, s1, end = [np.array(v) for v in zip(*random.sample(memory, 32))]
        with chainer.no_backprop_mode():
            best = q(s1).data.argmax(axis=1).astype(np.int32)
            future = F.select_item(target(s1), best).data
        y = (r + gamma * np.where(end, 0, future)).astype(np.float32)
        loss = F.sum(F.huber_loss(F.select_item(q(s), a.astype(np.int32)), y, delta=1.0, reduce='no')) / len(y)
        q.cleargrads()
        loss.backward()
        optimizer.update()
        if step % 20 == 0:
            target.copyparams(q)
        losses.append(float(loss.data))
    for loss in losses[:10]:
        print('loss', loss)
    assert (q(eye[:-1]).data.argmax(axis=1) == 1).all()


if __name__ == '__main__':
    np.random.seed(0)
    siamese()
    random.seed(0)
    np.random.seed(1)
    dqn()
