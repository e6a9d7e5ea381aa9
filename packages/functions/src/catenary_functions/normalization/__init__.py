"""Normalization."""

from catenary_functions.normalization.batch import *
