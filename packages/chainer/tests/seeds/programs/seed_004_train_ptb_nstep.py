from __future__ import division
from __future__ import print_function

import copy

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import cuda, reporter, training
from chainer.training import extensions


# Model: all words are embedded at once, and each element of a sequence goes through a Linear.
class RNNForLM(chainer.Chain):
    def __init__(self, n_vocab, n_layer, n_units, train=True):
        super(RNNForLM, self).__init__(
            embed=L.EmbedID(n_vocab, n_units),
            l1=L.NStepLSTM(n_layer, n_units, n_units, 0.5, True),
            l2=L.Linear(n_units, n_vocab),
        )
        for param in self.params():
            param.data[...] = np.random.uniform(-0.1, 0.1, param.data.shape)
        self.n_layer = n_layer
        self.n_units = n_units
        self.train = train

    def __call__(self, xs):
        xp = self.xp
        sections = np.cumsum([len(x.data) for x in xs[:-1]])
        xs = F.split_axis(self.embed(F.concat(xs, axis=0)), sections, axis=0)
        hx = chainer.Variable(xp.zeros(
            (self.n_layer, len(xs), self.n_units), dtype=xp.float32), volatile='auto')
        cx = chainer.Variable(xp.zeros(
            (self.n_layer, len(xs), self.n_units), dtype=xp.float32), volatile='auto')
        hy, cy, ys = self.l1(hx, cx, xs, train=self.train)
        return [self.l2(y) for y in ys]


# Iterator: it knows bprop_len, and gives batches of sequences with the words that follow.
class SequenceIterator(chainer.dataset.Iterator):
    def __init__(self, dataset, batch_size, bprop_len, repeat=True):
        self.dataset = dataset
        self.batch_size = batch_size
        self.bprop_len = bprop_len
        self.repeat = repeat
        self.epoch = 0
        self.is_new_epoch = False
        self.position = 0
        self.offsets = [i * len(dataset) // batch_size for i in range(batch_size)]

    def __next__(self):
        length = (len(self.dataset) - 1) // self.batch_size
        if not self.repeat and self.position >= length:
            raise StopIteration
        n = min(self.bprop_len, length - self.position)
        starts = [offset + self.position for offset in self.offsets]
        self.position += n
        self.is_new_epoch = self.repeat and self.position >= length
        if self.is_new_epoch:
            self.epoch += 1
            self.position = 0
        return [(self.dataset[i:i + n], self.dataset[i + 1:i + n + 1]) for i in starts]

    @property
    def epoch_detail(self):
        return self.epoch + self.position * self.batch_size / len(self.dataset)

    def serialize(self, serializer):
        self.position = serializer('position', self.position)
        self.epoch = serializer('epoch', self.epoch)


# Converter: lists of arrays, which may have different lengths.
def convert(batch, device):
    def to_device(arrays):
        if device is None:
            return arrays
        if device < 0:
            return [cuda.to_cpu(array) for array in arrays]
        return [cuda.to_gpu(array, device) for array in arrays]

    return {'xs': to_device([x for x, t in batch]), 'ts': to_device([t for x, t in batch])}


# Updater: the sequences go into the model as they are.
class SequenceUpdater(training.StandardUpdater):
    def __init__(self, train_iter, optimizer, device):
        super(SequenceUpdater, self).__init__(train_iter, optimizer, converter=convert, device=device)

    def update_core(self):
        batch = self.get_iterator('main').next()
        optimizer = self.get_optimizer('main')
        arrays = self.converter(batch, self.device)
        xs = [chainer.Variable(x) for x in arrays['xs']]
        ts = [chainer.Variable(t) for t in arrays['ts']]
        optimizer.update(optimizer.target, xs, ts)


# Evaluator: as the Updater.
class SequenceEvaluator(extensions.Evaluator):
    def __init__(self, iterator, target, device):
        super(SequenceEvaluator, self).__init__(iterator, target, converter=convert, device=device)

    def evaluate(self):
        target = self.get_target('main')
        summary = reporter.DictSummary()
        for batch in copy.copy(self.get_iterator('main')):
            observation = {}
            with reporter.report_scope(observation):
                arrays = self.converter(batch, self.device)
                xs = [chainer.Variable(x, volatile='on') for x in arrays['xs']]
                ts = [chainer.Variable(t, volatile='on') for t in arrays['ts']]
                target(xs, ts)
            summary.add(observation)
        return summary.compute_mean()


# Lossfun: softmax_cross_entropy of each sequence, added up.
def sum_softmax_cross_entropy(ys, ts):
    loss = 0
    for y, t in zip(ys, ts):
        loss += F.softmax_cross_entropy(y, t)
    return loss / len(ys)


def compute_perplexity(result):
    result['perplexity'] = np.exp(result['main/loss'])
    if 'validation/main/loss' in result:
        result['val_perplexity'] = np.exp(result['validation/main/loss'])


train, val, test = chainer.datasets.get_ptb_words()
n_vocab = max(train) + 1
train_iter = SequenceIterator(train, args.batchsize, args.bproplen)
val_iter = SequenceIterator(val, 1, args.bproplen, repeat=False)
test_iter = SequenceIterator(test, 1, args.bproplen, repeat=False)

rnn = RNNForLM(n_vocab, args.layer, args.unit)
model = L.Classifier(rnn, lossfun=sum_softmax_cross_entropy)
model.compute_accuracy = False

optimizer = chainer.optimizers.Adam(args.alpha)
optimizer.setup(model)
optimizer.add_hook(chainer.optimizer.GradientClipping(args.gradclip))

updater = SequenceUpdater(train_iter, optimizer, args.gpu)
trainer = training.Trainer(updater, (args.epoch, 'epoch'), out=args.out)

eval_model = model.copy()
eval_model.predictor.train = False
trainer.extend(SequenceEvaluator(val_iter, eval_model, args.gpu))
trainer.extend(extensions.LogReport(postprocess=compute_perplexity))
trainer.extend(extensions.PrintReport(['epoch', 'iteration', 'perplexity', 'val_perplexity']))
trainer.extend(extensions.ProgressBar(update_interval=10))
trainer.extend(extensions.snapshot(), trigger=(args.epoch, 'epoch'))
trainer.run()

evaluator = SequenceEvaluator(test_iter, eval_model, args.gpu)
result = evaluator()
print('test perplexity:', np.exp(float(result['main/loss'])))
