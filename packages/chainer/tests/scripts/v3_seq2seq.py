"""Chainer 3: sequence to sequence with NStepLSTM and lists of arrays; words are to be turned round."""

from __future__ import print_function

import numpy as np

import chainer
from chainer import training
import chainer.functions as F
import chainer.links as L
from chainer.training import extensions

EOS = 1


def sequence_embed(embed, xs):
    x_len = [len(x) for x in xs]
    x_section = np.cumsum(x_len[:-1])
    ex = embed(F.concat(xs, axis=0))
    return F.split_axis(ex, x_section, 0, force_tuple=True)


class Seq2seq(chainer.Chain):
    def __init__(self, n_layers, n_vocab, n_units):
        super(Seq2seq, self).__init__()
        with self.init_scope():
            self.embed_x = L.EmbedID(n_vocab, n_units)
            self.embed_y = L.EmbedID(n_vocab, n_units)
            self.encoder = L.NStepLSTM(n_layers, n_units, n_units, 0.1)
            self.decoder = L.NStepLSTM(n_layers, n_units, n_units, 0.1)
            self.W = L.Linear(n_units, n_vocab)
        self.n_layers = n_layers
        self.n_units = n_units

    def __call__(self, xs, ys):
        xs = [x[::-1] for x in xs]
        eos = self.xp.array([EOS], np.int32)
        ys_in = [F.concat([eos, y], axis=0) for y in ys]
        ys_out = [F.concat([y, eos], axis=0) for y in ys]
        exs = sequence_embed(self.embed_x, xs)
        eys = sequence_embed(self.embed_y, ys_in)
        batch = len(xs)
        hx, cx, _ = self.encoder(None, None, exs)
        _, _, os = self.decoder(hx, cx, eys)
        concat_os = F.concat(os, axis=0)
        concat_ys_out = F.concat(ys_out, axis=0)
        loss = F.sum(F.softmax_cross_entropy(self.W(concat_os), concat_ys_out, reduce='no')) / batch
        chainer.report({'loss': loss.data}, self)
        n_words = concat_ys_out.shape[0]
        chainer.report({'perp': self.xp.exp(loss.data * batch / n_words)}, self)
        return loss

    def translate(self, xs, max_length=8):
        batch = len(xs)
        with chainer.no_backprop_mode(), chainer.using_config('train', False):
            exs = sequence_embed(self.embed_x, [x[::-1] for x in xs])
            h, c, _ = self.encoder(None, None, exs)
            ys = self.xp.full(batch, EOS, np.int32)
            result = []
            for i in range(max_length):
                eys = F.split_axis(self.embed_y(ys), batch, 0)
                h, c, ys = self.decoder(h, c, eys)
                wy = self.W(F.concat(ys, axis=0))
                ys = self.xp.argmax(wy.data, axis=1).astype(np.int32)
                result.append(ys)
        result = chainer.cuda.to_cpu(self.xp.stack(result)).T
        outs = []
        for y in result:
            inds = np.argwhere(y == EOS)
            if len(inds) > 0:
                y = y[: inds[0, 0]]
            outs.append(y)
        return outs


def convert(batch, device):
    def to_device_batch(batch):
        if device is None:
            return batch
        elif device < 0:
            return [chainer.dataset.to_device(device, x) for x in batch]
        raise RuntimeError('no GPU is expected here')

    return {'xs': to_device_batch([x for x, _ in batch]), 'ys': to_device_batch([y for _, y in batch])}


class CountRight(chainer.training.Extension):
    trigger = (5, 'epoch')
    priority = training.PRIORITY_WRITER

    def __init__(self, model, test_data):
        self.model = model
        self.test_data = test_data

    def __call__(self, trainer):
        xs, ys = zip(*self.test_data)
        hypotheses = self.model.translate(xs)
        right = np.mean([list(h) == list(y) for h, y in zip(hypotheses, ys)])
        chainer.report({'validation/main/right': right})


def main():
    np.random.seed(0)
    data = []
    for _ in range(360):
        x = np.random.randint(2, 6, np.random.randint(1, 4)).astype(np.int32)
        data.append((x, x[::-1].copy()))
    model = Seq2seq(1, 6, 24)
    optimizer = chainer.optimizers.Adam(0.02)
    optimizer.setup(model)
    optimizer.add_hook(chainer.optimizer.GradientClipping(5))
    train_iter = chainer.iterators.SerialIterator(data[:320], 40)
    updater = training.StandardUpdater(train_iter, optimizer, converter=convert, device=-1)
    trainer = training.Trainer(updater, (10, 'epoch'))
    trainer.extend(extensions.LogReport(trigger=(1, 'epoch')))
    trainer.extend(
        extensions.PrintReport(
            ['epoch', 'iteration', 'main/loss', 'main/perp', 'validation/main/right', 'elapsed_time']
        ),
        trigger=(1, 'epoch'),
    )
    trainer.extend(CountRight(model, data[320:]))
    trainer.run()
    log = trainer.get_extension('LogReport').log
    for entry in log[:6]:
        print('loss', entry['main/loss'])
        print('loss', entry['main/perp'])
    assert log[-1]['main/loss'] < 0.3 * log[0]['main/loss']
    assert log[-1]['validation/main/right'] > 0.5, log[-1]


if __name__ == '__main__':
    main()
