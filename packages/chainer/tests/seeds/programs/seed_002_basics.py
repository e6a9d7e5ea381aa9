import numpy as np
from chainer import Variable, FunctionSet, optimizers
import chainer.functions as F
import chainer.computational_graph as c

# Variable
x = Variable(np.array([5], dtype=np.float32))
y = x ** 2 + x + 1
y.backward()
print(x.grad)

# gradients in between
z = x ** 2
y = z + x + 1
y.backward()
print(z.grad)
y.backward(retain_grad=True)
print(z.grad)

# several elements
x = Variable(np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32))
y = x ** 2 + x + 1
y.grad = np.ones((2, 3), dtype=np.float32)
y.backward()
print(x.grad)

# parameterized functions in a FunctionSet
model = FunctionSet(
    l1=F.Linear(3, 4),
    l2=F.Linear(4, 2),
)
for param in model.parameters:
    param[:] = np.random.uniform(-0.5, 0.5, param.shape)

def forward(x_data, y_data):
    x, t = Variable(x_data), Variable(y_data)
    h = F.relu(model.l1(x))
    return F.softmax_cross_entropy(model.l2(h), t)

# Optimizer
before = [param.copy() for param in model.parameters]
optimizer = optimizers.SGD(lr=0.1)
optimizer.setup(model.collect_parameters())
optimizer.zero_grads()
print(any(gradient.any() for gradient in model.gradients))
loss = forward(x.data, np.array([0, 1], dtype=np.int32))
loss.backward()
optimizer.update()

# the graph
with open('graph.dot', 'w') as o:
    o.write(c.build_computational_graph((loss,), False).dump())
