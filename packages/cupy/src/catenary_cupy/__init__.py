"""Catenary on NVIDIA GPUs through CuPy."""
