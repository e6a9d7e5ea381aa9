cuda.get_device(GPU番号).use()
model.to_gpu()
