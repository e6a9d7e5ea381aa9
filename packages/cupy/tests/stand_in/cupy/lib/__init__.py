"""Less used parts of CuPy."""

from cupy.lib import stride_tricks as stride_tricks
