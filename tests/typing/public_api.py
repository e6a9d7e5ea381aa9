"""Checked by pyright: the interface as users spell it. Never run."""

from typing import assert_type

import numpy as np

import catenary as ct
import catenary.functions as F
import catenary.links as L
from catenary import Chain, Parameter, Variable, datasets, optimizers, serializers, training
from catenary.iterators import SerialIterator
from catenary.training import extensions, triggers, updaters


class Network(Chain):
    def __init__(self, n_units: int, n_out: int) -> None:
        super().__init__()
        with self.init_scope():
            self.l1 = L.Linear(None, n_units)
            self.l2 = L.Linear(n_units, n_out)
            self.scale = Parameter(1.0, ())

    def forward(self, x: Variable) -> Variable:
        return self.l2(F.relu(self.l1(x))) * self.scale


x = Variable(np.zeros((1, 3), np.float32))
assert_type(x + 1, Variable)
assert_type(1 - x * x, Variable)
assert_type(x[0], Variable)
assert_type(F.relu(x), Variable)
F.sum(x, axis=0).backward()
with ct.using_config("train", False), ct.no_backprop_mode():
    y: Variable = L.Linear(3, 2)(x)

model = L.Classifier(Network(16, 10))
optimizer = optimizers.Adam(alpha=0.001)
optimizer.setup(model)
assert_type(optimizer, optimizers.Adam)

train, test = datasets.get_digits()
updater = updaters.StandardUpdater(SerialIterator(train, 100), optimizer)
trainer = training.Trainer(updater, (20, "epoch"), out="result")
trainer.extend(extensions.Evaluator(SerialIterator(test, 100, repeat=False, shuffle=False), model))
trainer.extend(extensions.LogReport(), trigger=triggers.IntervalTrigger(1, "epoch"))

serializers.save_npz("my.model", model)
serializers.load("my.model", model, strict=False)
ct.get_device("@numpy").send(np.zeros(3))
