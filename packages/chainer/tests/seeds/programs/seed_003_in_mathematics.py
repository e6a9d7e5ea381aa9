gx = x.grad_var

gxx = gx.backward()
