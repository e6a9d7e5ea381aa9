x = chainer.Variable(np.array([[0, 2, 3], [4, 5, 6]], dtype=np.float32))
y = x ** 3
y.grad = np.ones((2, 3), dtype=np.float32)
y.backward(enable_double_backprop=True)
print(x.grad_var) # variable([[  0.  12.  27.]
                  #           [ 48.  75. 108.]])
print(x.grad_var.array is x.grad) # True
print((x.grad == (3 * x**2).array).all()) # True
