"""A convolutional network with batch normalization and dropout, whose reports come every few iterations."""

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import training
from chainer.training import extensions, triggers


class Block(chainer.Chain):
    def __init__(self, out_channels):
        super(Block, self).__init__()
        with self.init_scope():
            self.conv = L.Convolution2D(None, out_channels, ksize=3, pad=1, nobias=True)
            self.bn = L.BatchNormalization(out_channels)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Net(chainer.Chain):
    def __init__(self):
        super(Net, self).__init__()
        with self.init_scope():
            self.blocks = chainer.Sequential(Block(4), Block(8))
            self.fc1 = L.Linear(None, 16, initialW=chainer.initializers.HeNormal())
            self.fc2 = L.Linear(16, 2)

    def forward(self, x):
        h = F.max_pooling_2d(self.blocks(x), ksize=2, stride=2)
        h = F.dropout(h, ratio=0.25)
        h = F.dropout(F.relu(self.fc1(h)), ratio=0.5)
        return self.fc2(h)


def main(out, stream):
    x = np.random.standard_normal((60, 1, 8, 8)).astype(np.float32)
    t = (x[:, 0, :4].sum(axis=(1, 2)) > x[:, 0, 4:].sum(axis=(1, 2))).astype(np.int32)
    train = chainer.datasets.TransformDataset(
        chainer.datasets.TupleDataset(x, t), lambda pair: (pair[0][:, :, ::-1].copy(), pair[1])
    )

    model = L.Classifier(Net())
    optimizer = chainer.optimizers.NesterovAG(lr=0.05)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer_hooks.GradientClipping(2.0))

    train_iter = chainer.iterators.SerialIterator(train, 12)
    test_iter = chainer.iterators.SerialIterator(train, 20, repeat=False, shuffle=False)
    updater = training.StandardUpdater(train_iter, optimizer)
    trainer = training.Trainer(updater, (3, 'epoch'), out=out)
    trainer.extend(extensions.Evaluator(test_iter, model), trigger=(5, 'iteration'))
    trainer.extend(extensions.LinearShift('lr', (0.05, 0.01), (5, 10)), trigger=(1, 'iteration'))
    trainer.extend(extensions.observe_lr(), trigger=(5, 'iteration'))
    trainer.extend(extensions.observe_value('twice', lambda trainer: trainer.updater.iteration * 2))
    trainer.extend(extensions.FailOnNonNumber())
    trainer.extend(
        extensions.snapshot_object(model, 'best.npz'),
        trigger=triggers.MinValueTrigger('validation/main/loss', (5, 'iteration')),
    )
    trainer.extend(extensions.LogReport(trigger=(5, 'iteration'), filename='log.json'))
    trainer.extend(
        extensions.PrintReport(
            ['epoch', 'iteration', 'main/loss', 'validation/main/loss', 'lr', 'twice', 'not/there'],
            log_report=trainer.get_extension('LogReport'),
            out=stream,
        )
    )
    trainer.run()
