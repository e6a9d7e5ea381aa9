"""Where arrays live: `chainer.backends.cuda` for CuPy, and what has no successor."""

from chainer.backends import cuda as cuda, intel64 as intel64
