"""Words of the lines: numbers, and what is done with functions, links, distributions and iterators."""

import contextlib

import numpy as np

import chainer
import chainer.functions as F


def a(*shape):
    """Return normal numbers."""
    return np.random.standard_normal(shape).astype(np.float32)


def p(*shape):
    """Return numbers from 0.2 to 1.2."""
    return (np.random.random_sample(shape) + 0.2).astype(np.float32)


def u(*shape):
    """Return numbers from -0.9 to 0.9."""
    return (np.random.random_sample(shape) * 1.8 - 0.9).astype(np.float32)


def i(n, *shape):
    """Return integers from 0 to below n."""
    return np.random.randint(0, n, shape).astype(np.int32)


def in_test(function):
    """Return what a function returns when nothing is trained."""
    with chainer.using_config("train", False):
        return function()


def twice(link, *inputs):
    """Return the outputs of two calls of a link with a state, or that draws something."""
    return link(*inputs), link(*inputs)


def with_weights(link):
    """Return a link whose weights are no zeros any more."""
    link.W.array[...] = a(*link.W.shape)
    return link


def averages(link, *batches):
    """Return the running averages of a normalization after some batches."""
    for x in batches:
        link(x)
    return link.avg_mean, link.avg_var, link.N


def slope(y, x):
    """Return an output, and the gradient of its input for ones."""
    y.grad = np.ones_like(y.array)
    y.backward()
    return y, x.grad


def user_function():
    """Return a function of the old style, as users write them."""

    class Cube(chainer.Function):
        def check_type_forward(self, in_types):
            chainer.utils.type_check.expect(in_types.size() == 1)

        def forward_cpu(self, inputs):
            return (inputs[0] ** 3,)

        def backward_cpu(self, inputs, grads):
            return (3 * inputs[0] ** 2 * grads[0],)

    return Cube()


def user_node():
    """Return a function of the new style, as users write them."""

    class Cube(chainer.FunctionNode):
        def forward(self, inputs):
            self.retain_inputs((0,))
            return (inputs[0] ** 3,)

        def backward(self, indexes, grads):
            (x,) = self.get_retained_inputs()
            return (3 * x**2 * grads[0],)

    return lambda x: Cube().apply((x,))[0]


def graphs(x):
    """Return which modes make graphs."""
    found = []
    with chainer.no_backprop_mode():
        found.append(F.tanh(x).creator is None)
        with chainer.force_backprop_mode():
            found.append(F.tanh(x).creator is None)
    return found


def filled(initializer, *shape):
    """Return an array that an initializer has filled."""
    array = np.zeros(shape, np.float32)
    initializer(array)
    return array


def batches(iterator, number):
    """Return the first batches of an iterator, as many as there are."""
    found = []
    for _ in range(number):
        with contextlib.suppress(StopIteration):
            found.append(list(iterator.next()))
    return found


def places(iterator, number):
    """Return where an iterator is after each of some batches."""
    found = []
    for _ in range(number):
        iterator.next()
        found.append([iterator.epoch, iterator.is_new_epoch, iterator.epoch_detail, iterator.previous_epoch_detail])
    return found


def told(distribution, x):
    """Return what a distribution tells of itself and of events, as far as it knows."""
    found = {"shapes": [distribution.batch_shape, distribution.event_shape]}
    for name in ("log_prob", "cdf", "icdf"):
        with contextlib.suppress(NotImplementedError, RuntimeError):
            found[name] = getattr(distribution, name)(np.abs(x) % 1 if name == "icdf" else x)
    for name in ("mean", "variance", "stddev", "entropy"):
        with contextlib.suppress(NotImplementedError):
            found[name] = getattr(distribution, name)
    return found
