import numpy
from chainer import Variable, links

h = links.Linear(4, 2)  #2×4の重み行列を作成
print(h.W.data)  #hの重み行列
print(h.b.data)  #hのバイアス

x = Variable(numpy.array([[1, 2, 3, 4]]).astype(numpy.float32))
y = h(x)
print(y.data)  #重み行列を通してできた新しいVariable
