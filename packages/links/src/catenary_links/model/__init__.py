"""Models with names of their own, ready to take the files of Chainer."""
