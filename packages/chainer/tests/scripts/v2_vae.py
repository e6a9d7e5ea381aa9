"""Chainer 2: a variational autoencoder, using_config and no_backprop_mode, the loss as a closure of the model."""

from __future__ import print_function

import numpy as np

import chainer
from chainer import training
import chainer.functions as F
from chainer.functions.loss.vae import gaussian_kl_divergence
import chainer.links as L
from chainer.training import extensions


class VAE(chainer.Chain):
    def __init__(self, n_in, n_latent, n_h):
        super(VAE, self).__init__()
        with self.init_scope():
            self.le1 = L.Linear(n_in, n_h)
            self.le2_mu = L.Linear(n_h, n_latent)
            self.le2_ln_var = L.Linear(n_h, n_latent)
            self.ld1 = L.Linear(n_latent, n_h)
            self.ld2 = L.Linear(n_h, n_in)

    def __call__(self, x, sigmoid=True):
        return self.decode(self.encode(x)[0], sigmoid)

    def encode(self, x):
        h1 = F.tanh(self.le1(x))
        return self.le2_mu(h1), self.le2_ln_var(h1)

    def decode(self, z, sigmoid=True):
        h2 = self.ld2(F.tanh(self.ld1(z)))
        return F.sigmoid(h2) if sigmoid else h2

    def get_loss_func(self, C=1.0, k=1):
        def lf(x):
            mu, ln_var = self.encode(x)
            batchsize = len(mu.data)
            rec_loss = 0
            for l in range(k):
                z = F.gaussian(mu, ln_var)
                rec_loss += F.bernoulli_nll(x, self.decode(z, sigmoid=False)) / (k * batchsize)
            self.rec_loss = rec_loss
            self.loss = self.rec_loss + C * gaussian_kl_divergence(mu, ln_var) / batchsize
            chainer.report({'rec_loss': rec_loss, 'loss': self.loss}, observer=self)
            return self.loss

        return lf


def main():
    np.random.seed(0)
    kind = np.random.randint(0, 4, 400)
    prototypes = np.random.rand(4, 30) > 0.5
    data = (prototypes[kind] ^ (np.random.rand(400, 30) < 0.05)).astype(np.float32)
    train, test = chainer.datasets.split_dataset_random(data, 300, seed=0)

    model = VAE(30, 2, 20)
    optimizer = chainer.optimizers.Adam(0.01)
    optimizer.setup(model)
    train_iter = chainer.iterators.SerialIterator(train, 50)
    test_iter = chainer.iterators.SerialIterator(test, 50, repeat=False, shuffle=False)
    updater = training.StandardUpdater(train_iter, optimizer, device=-1, loss_func=model.get_loss_func())
    trainer = training.Trainer(updater, (12, 'epoch'), out='result')
    trainer.extend(extensions.Evaluator(test_iter, model, device=-1, eval_func=model.get_loss_func(k=3)))
    trainer.extend(extensions.dump_graph('main/loss'))
    trainer.extend(extensions.snapshot(), trigger=(6, 'epoch'))
    trainer.extend(extensions.LogReport())
    trainer.extend(
        extensions.PrintReport(
            ['epoch', 'main/loss', 'validation/main/loss', 'main/rec_loss', 'validation/main/rec_loss', 'elapsed_time']
        )
    )
    trainer.run()
    log = trainer.get_extension('LogReport').log
    for entry in log:
        print('loss', entry['main/loss'])
        print('loss', entry['validation/main/loss'])
    assert log[-1]['main/loss'] < 0.7 * log[0]['main/loss']

    x = chainer.Variable(np.asarray(data[:9]))
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        x1 = model(x)
    assert x1.creator is None
    assert ((x1.data > 0.5) == (x.data > 0.5)).mean() > 0.8


if __name__ == '__main__':
    main()
