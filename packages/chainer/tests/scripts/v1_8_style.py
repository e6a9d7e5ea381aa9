"""Chainer 1.8: fast style transfer - a residual network that repaints, judged by a fixed network's features."""

from __future__ import print_function

import math

import numpy as np

import chainer
from chainer import cuda, Variable, optimizers, serializers
import chainer.functions as F
import chainer.links as L


class ResidualBlock(chainer.Chain):
    def __init__(self, n_in, n_out, stride=1, ksize=3):
        w = math.sqrt(2)
        super(ResidualBlock, self).__init__(
            c1=L.Convolution2D(n_in, n_out, ksize, stride, 1, w),
            c2=L.Convolution2D(n_out, n_out, ksize, 1, 1, w),
            b1=L.BatchNormalization(n_out),
            b2=L.BatchNormalization(n_out),
        )

    def __call__(self, x, test):
        h = F.relu(self.b1(self.c1(x), test=test))
        h = self.b2(self.c2(h), test=test)
        if x.data.shape != h.data.shape:
            xp = chainer.cuda.get_array_module(x.data)
            n, c, hh, ww = x.data.shape
            pad_c = h.data.shape[1] - c
            p = Variable(xp.zeros((n, pad_c, hh, ww), dtype=xp.float32), volatile=x.volatile)
            x = F.concat((p, x))
        return h + x


class FastStyleNet(chainer.Chain):
    def __init__(self):
        super(FastStyleNet, self).__init__(
            c1=L.Convolution2D(3, 8, 5, stride=1, pad=2),
            c2=L.Convolution2D(8, 12, 4, stride=2, pad=1),
            r1=ResidualBlock(12, 12),
            r2=ResidualBlock(12, 16),
            d1=L.Deconvolution2D(16, 8, 4, stride=2, pad=1),
            d2=L.Deconvolution2D(8, 3, 5, stride=1, pad=2),
            b1=L.BatchNormalization(8),
            b2=L.BatchNormalization(12),
            b3=L.BatchNormalization(8),
        )

    def __call__(self, x, test=False):
        h = self.b1(F.elu(self.c1(x)), test=test)
        h = self.b2(F.elu(self.c2(h)), test=test)
        h = self.r1(h, test=test)
        h = self.r2(h, test=test)
        h = self.b3(F.elu(self.d1(h)), test=test)
        y = self.d2(h)
        return (F.tanh(y) + 1) * 127.5


class Features(chainer.Chain):
    def __init__(self):
        super(Features, self).__init__(
            conv1=L.Convolution2D(3, 8, 3, stride=1, pad=1),
            conv2=L.Convolution2D(8, 12, 3, stride=1, pad=1),
        )
        self.mean = np.asarray(120, dtype=np.float32)

    def __call__(self, x, stop_at=None):
        y1 = F.relu(self.conv1((x - self.mean) / 60))
        h = F.average_pooling_2d(y1, 2, stride=2)
        y2 = F.relu(self.conv2(h))
        return [y1, y2]


def gram_matrix(y):
    b, ch, h, w = y.data.shape
    features = F.reshape(y, (b, ch, w * h))
    return F.batch_matmul(features, features, transb=True) / np.float32(ch * w * h)


def total_variation(x):
    xp = cuda.get_array_module(x.data)
    b, ch, h, w = x.data.shape
    wh = Variable(
        xp.asarray(
            [
                [[[1], [-1]], [[0], [0]], [[0], [0]]],
                [[[0], [0]], [[1], [-1]], [[0], [0]]],
                [[[0], [0]], [[0], [0]], [[1], [-1]]],
            ],
            dtype=np.float32,
        ),
        volatile=x.volatile,
    )
    ww = Variable(
        xp.asarray(
            [[[[1, -1]], [[0, 0]], [[0, 0]]], [[[0, 0]], [[1, -1]], [[0, 0]]], [[[0, 0]], [[0, 0]], [[1, -1]]]],
            dtype=np.float32,
        ),
        volatile=x.volatile,
    )
    return F.sum(F.convolution_2d(x, W=wh) ** 2) + F.sum(F.convolution_2d(x, W=ww) ** 2)


def main():
    np.random.seed(0)
    style = np.zeros((1, 3, 16, 16), dtype=np.float32)
    style[:, :, ::4], style[:, 0] = 220, 160
    contents = np.random.uniform(0, 255, (20, 3, 16, 16)).astype(np.float32)
    contents = np.sort(contents, axis=3)

    model, vgg = FastStyleNet(), Features()
    O = optimizers.Adam(alpha=0.01)
    O.setup(model)
    feature_s = vgg(Variable(np.repeat(style, 4, 0), volatile=True))
    gram_s = [gram_matrix(y) for y in feature_s]
    history = []
    for epoch in range(8):
        for i in range(0, 20, 4):
            model.zerograds()
            vgg.zerograds()
            xc = Variable(contents[i : i + 4].copy(), volatile=True)
            x = Variable(contents[i : i + 4])
            y = model(x)
            feature = vgg(xc)
            feature_hat = vgg(y)
            L_feat = 0.02 * F.mean_squared_error(Variable(feature[1].data), feature_hat[1])
            L_style = Variable(np.zeros((), dtype=np.float32))
            for f_hat, g_s in zip(feature_hat, gram_s):
                L_style += 20 * F.mean_squared_error(gram_matrix(f_hat), Variable(g_s.data))
            L_tv = 1e-9 * total_variation(y)
            loss = L_feat + L_style + L_tv
            loss.backward()
            O.update()
            history.append((float(loss.data), float(L_style.data)))
    first, last = np.mean(history[:5], axis=0), np.mean(history[-5:], axis=0)
    assert last[0] < 0.7 * first[0], (first, last)
    assert last[1] < 0.5 * first[1], (first, last)
    serializers.save_npz('style.model', model)
    serializers.save_npz('style.state', O)

    again = FastStyleNet()
    serializers.load_npz('style.model', again)
    x = Variable(contents[:2], volatile='on')
    one, other = [m(x, test=True).data for m in (model, again)]
    np.testing.assert_array_equal(one, other)
    assert one.min() >= 0 and one.max() <= 255
    assert x.volatile == 'on'


if __name__ == '__main__':
    main()
