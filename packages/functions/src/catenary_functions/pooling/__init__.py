"""Pooling: one number for each window or region."""

from catenary_functions.pooling.windowed import *
