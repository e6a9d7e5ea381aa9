"""Measures of quality; they have no gradient."""

from catenary_functions.evaluation.classification import *
from catenary_functions.evaluation.regression import *
from catenary_functions.evaluation.summary import *
