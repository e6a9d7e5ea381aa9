"""Chainer 4: residual blocks on small colour images, augmented; forward, schedules of the rate, several triggers."""

from __future__ import print_function

import functools
import os

import numpy as np

import chainer
from chainer import training
import chainer.functions as F
import chainer.links as L
from chainer.datasets import TransformDataset
from chainer.training import extensions, triggers


class BasicBlock(chainer.Chain):
    def __init__(self, n_in, n_out, stride=1):
        w = chainer.initializers.HeNormal()
        super(BasicBlock, self).__init__()
        with self.init_scope():
            self.conv1 = L.Convolution2D(n_in, n_out, 3, stride, 1, True, w)
            self.bn1 = L.BatchNormalization(n_out)
            self.conv2 = L.Convolution2D(n_out, n_out, 3, 1, 1, True, w)
            self.bn2 = L.BatchNormalization(n_out)
            if n_in != n_out or stride != 1:
                self.conv3 = L.Convolution2D(n_in, n_out, 1, stride, 0, True, w)

    def forward(self, x):
        h = F.relu(self.bn1(self.conv1(x)))
        h = self.bn2(self.conv2(h))
        shortcut = self.conv3(x) if hasattr(self, 'conv3') else x
        return F.relu(h + shortcut)


class ResNet(chainer.Chain):
    def __init__(self, n_class, ch=4):
        super(ResNet, self).__init__()
        with self.init_scope():
            self.conv = L.Convolution2D(3, ch, 3, pad=1, nobias=True)
            self.bn = L.BatchNormalization(ch)
            self.res = chainer.Sequential(BasicBlock(ch, ch), BasicBlock(ch, 2 * ch, 2), BasicBlock(2 * ch, 2 * ch))
            self.fc = L.Linear(2 * ch, n_class)

    def forward(self, x):
        h = self.res(F.relu(self.bn(self.conv(x))))
        h = F.average_pooling_2d(h, h.shape[2:])
        return self.fc(h)


def transform(in_data, pad=1):
    image, label = in_data
    if np.random.rand() < 0.5:
        image = image[:, :, ::-1]
    padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)), 'constant')
    y, x = np.random.randint(0, 2 * pad + 1, 2)
    return padded[:, y : y + 8, x : x + 8], label


def main():
    np.random.seed(0)
    label = np.random.randint(0, 3, 260).astype(np.int32)
    images = np.random.normal(0, 0.3, (260, 3, 8, 8)).astype(np.float32)
    images[label == 0, 0, 2:6, 2:6] += 1
    images[label == 1, 1, 2:6, 2:6] += 1
    images[label == 2, :, :2] += 0.7
    dataset = chainer.datasets.TupleDataset(images, label)
    train, test = chainer.datasets.split_dataset(dataset, 200)
    train = TransformDataset(train, functools.partial(transform, pad=1))

    model = L.Classifier(ResNet(3))
    optimizer = chainer.optimizers.CorrectedMomentumSGD(lr=0.05)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer_hooks.WeightDecay(5e-4))
    for param in model.params():
        if param.name in ('beta', 'gamma'):
            param.update_rule.hyperparam.momentum = 0.8
    train_iter = chainer.iterators.SerialIterator(train, 25)
    test_iter = chainer.iterators.SerialIterator(test, 25, repeat=False, shuffle=False)
    updater = training.updaters.StandardUpdater(train_iter, optimizer, device=-1)
    stop = triggers.EarlyStoppingTrigger(monitor='validation/main/loss', patients=20, max_trigger=(5, 'epoch'))
    trainer = training.Trainer(updater, stop, out='result')
    trainer.extend(extensions.Evaluator(test_iter, model, device=-1))
    trainer.extend(extensions.ExponentialShift('lr', 0.5), trigger=triggers.ManualScheduleTrigger([3, 4], 'epoch'))
    trainer.extend(extensions.observe_lr())
    trainer.extend(
        extensions.snapshot_object(model, 'best.npz'), trigger=triggers.MinValueTrigger('validation/main/loss')
    )
    trainer.extend(extensions.ParameterStatistics(model.predictor.fc, trigger=(1, 'epoch')))
    trainer.extend(extensions.LogReport())
    trainer.extend(
        extensions.PrintReport(
            ['epoch', 'lr', 'main/loss', 'validation/main/loss', 'main/accuracy', 'validation/main/accuracy']
        )
    )
    trainer.run()
    log = trainer.get_extension('LogReport').log
    for entry in log[:3]:
        print('loss', entry['main/loss'])
        print('loss', entry['validation/main/loss'])
    print('loss', log[-1]['lr'])
    assert log[-1]['main/loss'] < 0.5 * log[0]['main/loss']
    assert os.path.exists('result/best.npz')
    chainer.serializers.load_npz('result/best.npz', model)
    with np.load('result/best.npz') as f:
        assert len([key for key in f.files if key.endswith('conv3/W')]) == 1


if __name__ == '__main__':
    main()
