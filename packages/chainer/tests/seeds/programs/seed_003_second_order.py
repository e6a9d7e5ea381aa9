gx = x.grad_var
x.cleargrad()
gx.grad = np.ones((2, 3), dtype=np.float32)
gx.backward()
print(x.grad) # array([[ 0., 12., 18.],
              #        [24., 30., 36.]], dtype=float32)
print((x.grad == (6 * x).array).all()) # True
