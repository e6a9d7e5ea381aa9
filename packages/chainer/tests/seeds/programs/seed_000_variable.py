import numpy
from chainer import Variable

x = Variable(numpy.array([[1, 2, 3], [4, 5, 6]], dtype = numpy.float32))
y = x ** 2 + 5 * x
y.grad = numpy.ones((2, 3), dtype=numpy.float32) #勾配の次元を定義
y.backward() #微分の計算 (y' = 2 * x + 5)
print(x.grad) #xでの勾配
