"""Kernels in CUDA C++, compiled for the host."""
