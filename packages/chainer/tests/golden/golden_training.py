"""Words of the lines: optimizers, extensions and triggers at work."""

import numpy as np

import chainer
import chainer.functions as F
import chainer.links as L
import chainer.optimizers as O
from chainer import testing

from golden_words import a, i


def classifier():
    """Return a perceptron, and its data from now on."""
    return L.Classifier(chainer.Sequential(L.Linear(4, 8), F.tanh, L.Linear(8, 3)))


def trained(optimizer, *hooks):
    """Return the losses and the weights of a perceptron that an optimizer trains."""
    model = classifier()
    optimizer.setup(model)
    for hook in hooks:
        optimizer.add_hook(hook)
    x, t, losses = a(16, 4), i(3, 16), []
    for _ in range(20):
        loss = model(x, t)
        losses.append(float(loss.array))
        model.cleargrads()
        loss.backward()
        optimizer.update()
    return losses, [param.array for _, param in sorted(model.namedparams())]


def rates(optimizer):
    """Return the step sizes of an optimizer like Adam."""
    optimizer.setup(classifier())
    found = []
    for _ in range(3):
        for param in optimizer.target.params():
            param.grad = np.ones_like(param.array)
        optimizer.update()
        found.append([optimizer.lr, optimizer.alpha_t])
    return found


def user_optimizer():
    """Return a class of optimizers as users write them."""
    optimizer = chainer.optimizer

    class Rule(optimizer.UpdateRule):
        def init_state(self, param):
            with chainer.using_device(param.device):
                self.state["last"] = param.device.xp.zeros_like(param.data)

        def update_core_cpu(self, param):
            if param.grad is not None:
                self.state["last"] = 0.5 * self.state["last"] + np.sign(param.grad)
                param.data -= self.hyperparam.lr * self.state["last"]

    class User(optimizer.GradientMethod):
        lr = optimizer.HyperparameterProxy("lr")

        def __init__(self, lr=0.01):
            super().__init__()
            self.hyperparam.lr = lr

        def create_update_rule(self):
            return Rule(self.hyperparam)

    return User


def mock_trainer():
    """Return a trainer of twelve iterations, whose observation has a value that goes up and down."""
    made = testing.get_trainer_with_mock_updater((12, "iteration"), 5)
    made.updater.optimizer = made.updater.get_optimizer.return_value = O.SGD(1.0).setup(L.Linear(2, 3))

    def observe(trainer):
        values = {"value": float(np.cos(trainer.updater.iteration) * trainer.updater.iteration), "one": 1.0}
        chainer.reporter.report(values)

    made.extend(observe, name="observe", trigger=(1, "iteration"), priority=1000)
    return made


def shifted(extension):
    """Return the learning rates under an extension that changes them."""
    made, rates = mock_trainer(), []
    made.extend(extension, trigger=(1, "iteration"), priority=200)
    made.extend(lambda t: rates.append(t.updater.optimizer.lr), name="look", trigger=(1, "iteration"), priority=100)
    made.run()
    return rates


def fired(trigger):
    """Return the iterations at which a trigger fires."""
    made, found = mock_trainer(), []
    made.extend(lambda t: found.append(t.updater.iteration), name="look", trigger=trigger)
    made.run()
    return found


def observed(extension):
    """Return what an extension adds to the observation of each iteration."""
    made, found = mock_trainer(), []
    made.extend(extension, trigger=(1, "iteration"))
    made.extend(lambda t: found.append(dict(t.observation)), name="look", trigger=(1, "iteration"), priority=1)
    made.run()
    return found
