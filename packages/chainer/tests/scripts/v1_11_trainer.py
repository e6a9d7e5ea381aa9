"""Chainer 1.11: the trainer, an own Function with checks of types, batch normalization with test=."""

from __future__ import print_function

import argparse
import os

import numpy as np

import chainer
from chainer import cuda, function, training
import chainer.functions as F
import chainer.links as L
from chainer.training import extensions
from chainer.utils import type_check


class Swish(function.Function):
    def check_type_forward(self, in_types):
        type_check.expect(in_types.size() == 1)
        (x_type,) = in_types
        type_check.expect(x_type.dtype == np.float32, x_type.ndim == 2)

    def forward_cpu(self, x):
        self.gate = 1 / (1 + np.exp(-x[0]))
        return (x[0] * self.gate,)

    def forward_gpu(self, x):
        self.gate, y = cuda.elementwise('T x', 'T gate, T y', 'gate = 1 / (1 + exp(-x)); y = x * gate', 'swish_fwd')(
            x[0]
        )
        return (y,)

    def backward(self, x, gy):
        return (gy[0] * (self.gate + x[0] * self.gate * (1 - self.gate)),)


def swish(x):
    return Swish()(x)


class MLP(chainer.Chain):
    def __init__(self, n_in, n_units, n_out):
        super(MLP, self).__init__(
            l1=L.Linear(n_in, n_units, wscale=0.9),
            bn1=L.BatchNormalization(n_units),
            l2=L.Linear(n_units, n_units),
            l3=L.Linear(n_units, n_out, bias=0.01),
        )
        self.add_persistent('seen', 0)
        self.train = True

    def __call__(self, x):
        self.seen += len(x.data)
        h = F.relu(self.bn1(self.l1(x), test=not self.train), use_cudnn=False)
        h = F.dropout(swish(self.l2(h)), ratio=0.2, train=self.train)
        return self.l3(h)


class TestModeEvaluator(extensions.Evaluator):
    def evaluate(self):
        model = self.get_target('main')
        model.predictor.train = False
        ret = super(TestModeEvaluator, self).evaluate()
        model.predictor.train = True
        return ret


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--gpu', '-g', type=int, default=-1)
    parser.add_argument('--out', '-o', default='result')
    args = parser.parse_args([])
    np.random.seed(0)
    x = np.random.rand(600, 20).astype(np.float32)
    t = (x[:, :10].sum(1) > x[:, 10:].sum(1)).astype(np.int32)
    train = chainer.datasets.TupleDataset(x[:500], t[:500])
    test = chainer.datasets.TupleDataset(x[500:], t[500:])

    def build(epoch):
        model = L.Classifier(MLP(20, 30, 2))
        if args.gpu >= 0:
            cuda.get_device(args.gpu).use()
            model.to_gpu()
        optimizer = chainer.optimizers.Adam()
        optimizer.setup(model)
        optimizer.add_hook(chainer.optimizer.WeightDecay(1e-5))
        train_iter = chainer.iterators.SerialIterator(train, 50)
        test_iter = chainer.iterators.SerialIterator(test, 50, repeat=False, shuffle=False)
        updater = training.StandardUpdater(train_iter, optimizer, device=args.gpu)
        trainer = training.Trainer(updater, (epoch, 'epoch'), out=args.out)
        trainer.extend(TestModeEvaluator(test_iter, model, device=args.gpu))
        trainer.extend(extensions.dump_graph('main/loss'))
        trainer.extend(extensions.snapshot(), trigger=(epoch, 'epoch'))
        trainer.extend(extensions.snapshot_object(model, 'model_{.updater.epoch}'), trigger=(5, 'epoch'))
        trainer.extend(extensions.ExponentialShift('alpha', 0.9), trigger=(2, 'epoch'))
        trainer.extend(extensions.LogReport())
        trainer.extend(
            extensions.PrintReport(
                ['epoch', 'main/loss', 'validation/main/loss', 'main/accuracy', 'validation/main/accuracy']
            )
        )
        trainer.extend(extensions.ProgressBar(update_interval=100))
        return trainer, model

    trainer, model = build(10)
    trainer.run()
    log = trainer.get_extension('LogReport').log
    assert log[-1]['main/loss'] < 0.7 * log[0]['main/loss']
    assert log[-1]['validation/main/accuracy'] > 0.75, log[-1]
    for name in ('log', 'cg.dot', 'snapshot_iter_100', 'model_5', 'model_10'):
        assert os.path.exists(os.path.join(args.out, name)), name
    with open(os.path.join(args.out, 'cg.dot')) as f:
        assert 'Swish' in f.read()

    resumed, model2 = build(12)
    chainer.serializers.load_npz(os.path.join(args.out, 'snapshot_iter_100'), resumed)
    assert model2.predictor.seen == model.predictor.seen > 5000
    resumed.run()
    assert resumed.updater.iteration == 120
    assert len(resumed.get_extension('LogReport').log) == 12


if __name__ == '__main__':
    main()
