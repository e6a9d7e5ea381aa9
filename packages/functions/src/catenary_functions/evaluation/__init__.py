"""Measures of quality; they have no gradient."""

from catenary_functions.evaluation.classification import *
