gx.backward()
print(x.grad) # None
