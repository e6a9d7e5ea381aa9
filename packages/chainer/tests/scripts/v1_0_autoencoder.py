"""Chainer 1.0: a convolutional autoencoder; functions as classes, gradients of several models added up."""

from __future__ import print_function

import copy

import numpy as np

import chainer
import chainer.functions as F
from chainer import cuda, optimizers


class Encoder(chainer.FunctionSet):
    def __init__(self):
        super(Encoder, self).__init__(
            conv=F.Convolution2D(1, 6, 3, pad=1, wscale=1.0),
            bn=F.BatchNormalization(6),
            code=F.Linear(6 * 4 * 4, 4),
            decode=F.Linear(4, 64),
        )

    def forward(self, x_data, train=True):
        x = chainer.Variable(x_data.reshape(-1, 1, 8, 8), volatile=not train)
        h = F.relu(self.bn(self.conv(x), test=not train), use_cudnn=False)
        h = F.MaxPooling2D(2, 2)(h)
        h = F.tanh(self.code(h))
        return F.sigmoid(self.decode(h))

    def loss(self, x_data):
        t = chainer.Variable(x_data)
        return F.mean_squared_error(self.forward(x_data), t)


def main():
    np.random.seed(0)
    row, column = np.random.randint(0, 8, (2, 200))
    data = np.zeros((200, 8, 8), np.float32)
    for image, i, j in zip(data, row // 4, column // 4):
        image[4 * i : 4 * i + 4, 4 * j : 4 * j + 4] = 1
    data = data.reshape(200, 64)

    model = Encoder()
    optimizer = optimizers.MomentumSGD(lr=3.0, momentum=0.9)
    optimizer.setup(model.collect_parameters())
    losses = []
    for i in range(60):
        batch = data[np.random.randint(0, 200, 40)]
        optimizer.zero_grads()
        # Two halves, as they were computed on two GPUs: a copy of the model has gradients of its own.
        other = copy.deepcopy(model)
        loss = model.loss(batch[:20])
        loss.backward()
        loss_other = other.loss(batch[20:])
        for g in other.gradients:
            g.fill(0)
        loss_other.backward()
        optimizer.accumulate_grads([cuda.to_cpu(g) for g in other.gradients])
        assert optimizer.compute_grads_norm() > 0
        optimizer.update()
        losses.append((float(loss.data) + float(loss_other.data)) / 2)
    print('mean squared error', losses[0], losses[-1])
    assert losses[-1] < 0.3 * losses[0]
    y = model.forward(data[:20], train=False)
    assert y.volatile == 'on'
    assert ((y.data > 0.5) == (data[:20] > 0.5)).mean() > 0.9


if __name__ == '__main__':
    main()
