"""Adam with weight decay; the run is stopped, and another one goes on from its snapshot."""

import os

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import training
from chainer.training import extensions


class Regression(chainer.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.l1 = L.Linear(3, 16)
            self.l2 = L.Linear(16, 1)

    def forward(self, x, t):
        loss = F.mean_squared_error(self.l2(F.sigmoid(self.l1(x))), t)
        chainer.report({'loss': loss, 'root': F.sqrt(loss)}, self)
        return loss


def make(x, t, epochs, out, stream):
    model = Regression()
    optimizer = chainer.optimizers.Adam(alpha=0.01, beta1=0.8)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer_hooks.WeightDecay(5e-4))
    iterator = chainer.iterators.SerialIterator(chainer.datasets.TupleDataset(x, t), 10, shuffle=False)
    updater = training.updaters.StandardUpdater(iterator, optimizer)
    trainer = training.Trainer(updater, (epochs, 'epoch'), out=out)
    trainer.extend(extensions.LogReport(trigger=(4, 'iteration')))
    trainer.extend(extensions.observe_lr(observation_key='rate'))
    trainer.extend(extensions.snapshot(), trigger=(1, 'epoch'))

    @training.make_extension(trigger=(4, 'iteration'), priority=training.PRIORITY_EDITOR)
    def square(trainer):
        trainer.observation['square'] = float(trainer.observation['main/loss'].array) ** 2

    trainer.extend(square)
    trainer.extend(extensions.PrintReport(['iteration', 'main/loss', 'main/root', 'square', 'rate'], out=stream))
    return trainer


def main(out, stream):
    x = np.random.uniform(-1, 1, (40, 3)).astype(np.float32)
    t = np.sin(x.sum(axis=1, keepdims=True)).astype(np.float32)
    make(x, t, 1, out, stream).run()

    trainer = make(x, t, 3, out, stream)
    chainer.serializers.load_npz(os.path.join(out, 'snapshot_iter_4'), trainer)
    trainer.run()
