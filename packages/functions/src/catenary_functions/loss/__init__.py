"""Loss functions."""

from catenary_functions.loss.classification import *
from catenary_functions.loss.regression import *
