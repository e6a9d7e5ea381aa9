"""Chainer 5: a GAN with a gradient penalty; an own FunctionNode takes part in the second derivative."""

import numpy as np

import chainer
from chainer import backend, training
import chainer.functions as F
from chainer.link_hooks import SpectralNormalization
import chainer.links as L
from chainer.training import extensions


class Softened(chainer.FunctionNode):
    """y = x / sqrt(1 + x^2)."""

    def check_type_forward(self, in_types):
        chainer.utils.type_check.expect(in_types.size() == 1)
        chainer.utils.type_check.expect(in_types[0].dtype.kind == 'f')

    def forward(self, inputs):
        xp = backend.get_array_module(*inputs)
        self.retain_inputs((0,))
        (x,) = inputs
        return ((x / xp.sqrt(1 + x * x)).astype(x.dtype, copy=False),)

    def backward(self, indexes, grad_outputs):
        (x,) = self.get_retained_inputs()
        (gy,) = grad_outputs
        return (gy * (1 + x * x) ** -1.5,)


def softened(x):
    return Softened().apply((x,))[0]


class Generator(chainer.Chain):
    def __init__(self, n_hidden=8):
        super(Generator, self).__init__()
        self.n_hidden = n_hidden
        with self.init_scope():
            self.l0 = L.Linear(n_hidden, 16)
            self.bn0 = L.BatchNormalization(16)
            self.l1 = L.Linear(16, 2)

    def make_hidden(self, batchsize):
        z = np.random.uniform(-1, 1, (batchsize, self.n_hidden)).astype(np.float32)
        return self.device.send(z)

    def forward(self, z):
        return self.l1(F.relu(self.bn0(self.l0(z))))


class Critic(chainer.Chain):
    def __init__(self):
        super(Critic, self).__init__()
        with self.init_scope():
            self.l0 = L.Linear(2, 16)
            self.l1 = L.Linear(16, 16).add_hook(SpectralNormalization())
            self.l2 = L.Linear(16, 1)

    def forward(self, x):
        return self.l2(softened(self.l1(softened(self.l0(x)))))


class Updater(training.updaters.StandardUpdater):
    def __init__(self, *args, **kwargs):
        self.gen, self.cri = kwargs.pop('models')
        self.n_cri = kwargs.pop('n_cri', 2)
        self.lam = kwargs.pop('lam', 10)
        super(Updater, self).__init__(*args, **kwargs)

    def update_core(self):
        optimizer_gen = self.get_optimizer('main')
        optimizer_cri = self.get_optimizer('cri')
        for k in range(self.n_cri):
            x_real = self.converter(self.get_iterator('main').next(), self.device)
            n = len(x_real)
            xp = self.gen.xp
            x_fake = self.gen(self.gen.make_hidden(n))
            eps = self.gen.device.send(np.random.rand(n, 1).astype(np.float32))
            x_mid = chainer.Variable(eps * x_real + (1 - eps) * x_fake.array)
            y_mid = self.cri(x_mid)
            (grad,) = chainer.grad([y_mid], [x_mid], enable_double_backprop=True)
            norm = F.sqrt(F.batch_l2_norm_squared(grad))
            loss_gp = self.lam * F.mean_squared_error(norm, xp.ones_like(norm.array))
            loss_cri = F.sum(self.cri(x_fake) - self.cri(x_real)) / n + loss_gp
            x_fake.unchain_backward()
            self.cri.cleargrads()
            loss_cri.backward()
            optimizer_cri.update()
            chainer.report({'loss': loss_cri, 'gp': loss_gp}, self.cri)
        loss_gen = -F.average(self.cri(self.gen(self.gen.make_hidden(n))))
        self.gen.cleargrads()
        loss_gen.backward()
        optimizer_gen.update()
        chainer.report({'loss': loss_gen}, self.gen)


def main():
    np.random.seed(0)
    device = chainer.get_device('@numpy')
    device.use()
    angle = np.random.uniform(0, 2 * np.pi, 400)
    points = np.stack([1 + np.cos(angle) / 2, 1 + np.sin(angle) / 2], 1).astype(np.float32)
    gen, cri = Generator(), Critic()
    gen.to_device(device)
    cri.to_device(device)
    optimizers = {
        'main': chainer.optimizers.Adam(alpha=0.01, beta1=0.0, beta2=0.9).setup(gen),
        'cri': chainer.optimizers.Adam(alpha=0.01, beta1=0.0, beta2=0.9).setup(cri),
    }
    train_iter = chainer.iterators.SerialIterator(points, 40)
    updater = Updater(train_iter, optimizers, models=(gen, cri), device=device)
    trainer = training.Trainer(updater, (80, 'iteration'), out='result')
    trainer.extend(extensions.LogReport(trigger=(10, 'iteration')))
    trainer.extend(
        extensions.PrintReport(['iteration', 'main/loss', 'cri/loss', 'cri/gp', 'elapsed_time']),
        trigger=(10, 'iteration'),
    )
    trainer.extend(extensions.snapshot_object(gen, 'gen_{.updater.iteration}.npz'), trigger=(80, 'iteration'))
    trainer.run()

    log = trainer.get_extension('LogReport').log
    for entry in log[:3]:
        print('loss', entry['main/loss'])
        print('loss', entry['cri/loss'])
    assert log[-1]['cri/gp'] < 0.5 * log[0]['cri/gp']
    other = Generator()
    chainer.serializers.load_npz('result/gen_80.npz', other)
    z = gen.make_hidden(5)
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        np.testing.assert_array_equal(other(z).array, gen(z).array)


if __name__ == '__main__':
    main()
