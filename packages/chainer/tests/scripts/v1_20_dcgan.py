"""Chainer 1.20: a DCGAN with an updater of its own and two optimizers, neither of them called main."""

from __future__ import print_function

import os

import numpy as np

import chainer
from chainer import Variable, training
import chainer.functions as F
import chainer.links as L
from chainer.training import extensions


class Generator(chainer.Chain):
    def __init__(self, n_hidden, bottom_width=2, ch=8, wscale=0.5):
        self.n_hidden = n_hidden
        self.ch = ch
        self.bottom_width = bottom_width
        super(Generator, self).__init__(
            l0=L.Linear(n_hidden, bottom_width * bottom_width * ch, wscale=wscale),
            dc1=L.Deconvolution2D(ch, ch // 2, 4, 2, 1, wscale=wscale),
            dc2=L.Deconvolution2D(ch // 2, 1, 4, 2, 1, wscale=wscale),
            bn0=L.BatchNormalization(bottom_width * bottom_width * ch),
            bn1=L.BatchNormalization(ch // 2),
        )

    def make_hidden(self, batchsize):
        return np.random.uniform(-1, 1, (batchsize, self.n_hidden, 1, 1)).astype(np.float32)

    def __call__(self, z, train=True):
        h = F.reshape(
            F.relu(self.bn0(self.l0(z), test=not train)),
            (z.data.shape[0], self.ch, self.bottom_width, self.bottom_width),
        )
        h = F.relu(self.bn1(self.dc1(h), test=not train))
        return F.sigmoid(self.dc2(h))


class Discriminator(chainer.Chain):
    def __init__(self, ch=8, wscale=0.5):
        super(Discriminator, self).__init__(
            c0=L.Convolution2D(1, ch // 2, 3, stride=1, pad=1, wscale=wscale),
            c1=L.Convolution2D(ch // 2, ch, 4, stride=2, pad=1, wscale=wscale),
            l2=L.Linear(4 * 4 * ch, 1, wscale=wscale),
            bn1=L.BatchNormalization(ch, use_gamma=False),
        )

    def __call__(self, x, train=True):
        h = F.leaky_relu(self.c0(x))
        h = F.leaky_relu(self.bn1(self.c1(h), test=not train))
        return self.l2(h)


class DCGANUpdater(chainer.training.StandardUpdater):
    def __init__(self, *args, **kwargs):
        self.gen, self.dis = kwargs.pop('models')
        super(DCGANUpdater, self).__init__(*args, **kwargs)

    def loss_dis(self, dis, y_fake, y_real):
        batchsize = y_fake.data.shape[0]
        loss = F.sum(F.softplus(-y_real)) / batchsize + F.sum(F.softplus(y_fake)) / batchsize
        chainer.report({'loss': loss}, dis)
        return loss

    def loss_gen(self, gen, y_fake):
        loss = F.sum(F.softplus(-y_fake)) / y_fake.data.shape[0]
        chainer.report({'loss': loss}, gen)
        return loss

    def update_core(self):
        gen_optimizer = self.get_optimizer('gen')
        dis_optimizer = self.get_optimizer('dis')
        batch = self.get_iterator('main').next()
        x_real = Variable(self.converter(batch, self.device))
        xp = chainer.cuda.get_array_module(x_real.data)
        y_real = self.dis(x_real, train=True)
        z = Variable(xp.asarray(self.gen.make_hidden(len(batch))))
        x_fake = self.gen(z, train=True)
        y_fake = self.dis(x_fake, train=True)
        dis_optimizer.update(self.loss_dis, self.dis, y_fake, y_real)
        gen_optimizer.update(self.loss_gen, self.gen, y_fake)


def out_generated_image(gen, seed, dst):
    @chainer.training.make_extension(trigger=(1, 'epoch'))
    def make_image(trainer):
        np.random.seed(seed)
        z = Variable(np.asarray(gen.make_hidden(9)), volatile='on')
        x = chainer.cuda.to_cpu(gen(z, train=False).data)
        np.random.seed()
        x = np.asarray(np.clip(x * 255, 0, 255), dtype=np.uint8).reshape(3, 3, 8, 8).transpose(0, 2, 1, 3)
        np.save('%s/image%04d.npy' % (dst, trainer.updater.epoch), x.reshape(24, 24))

    return make_image


def main():
    np.random.seed(0)
    images = np.zeros((200, 1, 8, 8), np.float32)
    images[:, :, 2:6, 2:6] = np.random.uniform(0.7, 1, (200, 1, 1, 1))
    gen, dis = Generator(10), Discriminator()

    def make_optimizer(model, alpha=0.01, beta1=0.5):
        optimizer = chainer.optimizers.Adam(alpha=alpha, beta1=beta1)
        optimizer.setup(model)
        optimizer.add_hook(chainer.optimizer.WeightDecay(0.00001), 'hook_dec')
        return optimizer

    optimizers = {'gen': make_optimizer(gen), 'dis': make_optimizer(dis, 0.002)}
    train_iter = chainer.iterators.SerialIterator(images, 20)
    updater = DCGANUpdater(models=(gen, dis), iterator=train_iter, optimizer=optimizers, device=-1)
    trainer = training.Trainer(updater, (6, 'epoch'), out='result')
    trainer.extend(extensions.snapshot(filename='snapshot_iter_{.updater.iteration}.npz'), trigger=(3, 'epoch'))
    trainer.extend(extensions.snapshot_object(gen, 'gen_iter_{.updater.iteration}.npz'), trigger=(3, 'epoch'))
    trainer.extend(extensions.LogReport(trigger=(10, 'iteration')))
    trainer.extend(extensions.PrintReport(['epoch', 'iteration', 'gen/loss', 'dis/loss']), trigger=(10, 'iteration'))
    trainer.extend(out_generated_image(gen, 0, 'result'))
    trainer.run()

    first, last = [np.load('result/image%04d.npy' % epoch).astype(float) for epoch in (1, 6)]
    wanted = np.tile(images[0, 0] > 0, (3, 3)) * 217.0
    assert abs(last - wanted).mean() < 0.6 * abs(first - wanted).mean(), (
        abs(first - wanted).mean(),
        abs(last - wanted).mean(),
    )
    for name in ('snapshot_iter_30.npz', 'snapshot_iter_60.npz', 'gen_iter_60.npz', 'log'):
        assert os.path.exists(os.path.join('result', name)), name


if __name__ == '__main__':
    main()
