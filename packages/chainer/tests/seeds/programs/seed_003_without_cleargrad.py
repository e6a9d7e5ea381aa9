gx = x.grad_var
print(x.grad) # array([[  0.  12.  27.]
              #        [ 48.  75. 108.]], dtype=float32)
#x.cleargrad()
gx.grad = np.ones((2, 3), dtype=np.float32)
gx.backward()
print(x.grad) # array([[  0.  24.  45.]
              #        [ 72. 105. 144.]], dtype=float32)
