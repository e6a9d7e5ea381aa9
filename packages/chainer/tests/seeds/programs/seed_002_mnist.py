import numpy as np
from chainer import cuda, Variable, FunctionSet, optimizers
import chainer.functions as F

batchsize = 100
n_epoch = 5
n_units = 100

# Prepare multi-layer perceptron model
model = FunctionSet(l1=F.Linear(64, n_units),
                    l2=F.Linear(n_units, n_units),
                    l3=F.Linear(n_units, 10))

# Neural net architecture
def forward(x_data, y_data, train=True):
    x, t = Variable(x_data, volatile=not train), Variable(y_data, volatile=not train)
    h1 = F.dropout(F.relu(model.l1(x)), ratio=0.1, train=train)
    h2 = F.dropout(F.relu(model.l2(h1)), ratio=0.1, train=train)
    y = model.l3(h2)
    return F.softmax_cross_entropy(y, t), F.accuracy(y, t)

# Setup optimizer
optimizer = optimizers.Adam()
optimizer.setup(model.collect_parameters())

for epoch in range(1, n_epoch + 1):
    perm = np.random.permutation(len(x_train))
    sum_loss = 0
    for i in range(0, len(x_train), batchsize):
        x_batch = x_train[perm[i:i + batchsize]]
        y_batch = y_train[perm[i:i + batchsize]]

        optimizer.zero_grads()
        loss, acc = forward(x_batch, y_batch)
        loss.backward()
        optimizer.update()

        sum_loss += float(cuda.to_cpu(loss.data)) * len(y_batch)
    print('train mean loss={}'.format(sum_loss / len(x_train)))

loss, acc = forward(x_test, y_test, train=False)
print('test  mean loss={}, accuracy={}'.format(loss.data, acc.data))
