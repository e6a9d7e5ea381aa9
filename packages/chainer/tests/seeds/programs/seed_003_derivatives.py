import numpy as np
import chainer
from chainer.backends import cuda
from chainer import Function, gradient_check, report, training, utils, Variable
from chainer import datasets, iterators, optimizers, serializers
from chainer import Link, Chain, ChainList
import chainer.functions as F
import chainer.links as L
from chainer.training import extensions

x = Variable(np.array([5], dtype=np.float32))

y = x**2 - 2 * x + 1

y.array # array([16.], dtype=float32)

y.data # array([16.], dtype=float32)

y.backward()

x.grad # array([8.], dtype=float32)

z = 2*x
y = x**2 - z + 1
y.backward()
print(z.grad) # None

z = 2*x
y = x**2 - z + 1
y.backward(retain_grad=True)
z.grad # array([-1.], dtype=float32)

x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
y = x**2 - 2*x + 1
y.grad = np.ones((2, 3), dtype=np.float32)
y.backward()
x.grad # array([[ 0.,  2.,  4.],
       #        [ 6.,  8., 10.]], dtype=float32)

x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
y = x**2 - 2*x + 1
y.grad = np.array([[0, 0, 0],[1,2,3]], dtype=np.float32)
y.backward()
x.grad # array([[ 0.,  0.,  0.],
       #        [ 6., 16., 30.]], dtype=float32)
