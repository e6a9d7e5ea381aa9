"""Bodies of functions by oneDNN, for arrays on the host."""
