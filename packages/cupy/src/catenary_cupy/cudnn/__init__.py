"""Bodies of functions by cuDNN, for arrays of CuPy."""
