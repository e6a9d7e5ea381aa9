"""A cuDNN over host memory: called by ctypes as the real one is, it computes from the descriptors that it was given."""

from cudnn_double.library import Double as Double, Refusal as Refusal
