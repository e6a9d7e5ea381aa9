import numpy as np
from chainer import Variable, FunctionSet, optimizers
import chainer.functions as F

model = FunctionSet(
    embed=F.EmbedID(2, 8),
    x_to_h=F.Linear(8, 8),
    h_to_h=F.Linear(8, 8),
    h_to_y=F.Linear(8, 2),
)
optimizer = optimizers.Adam(alpha=0.01)
optimizer.setup(model.collect_parameters())

def forward_one_step(h, word):
    word = Variable(np.array([word], dtype=np.int32))
    return F.tanh(model.x_to_h(model.embed(word)) + model.h_to_h(h))

losses = []
for words in sentences:
    h = Variable(np.zeros((1, 8), dtype=np.float32))
    for word in words:
        h = forward_one_step(h, word)
    t = Variable(np.array([words[0]], dtype=np.int32))
    optimizer.zero_grads()
    loss = F.softmax_cross_entropy(model.h_to_y(h), t)
    loss.backward()
    optimizer.update()
    losses.append(float(loss.data))
