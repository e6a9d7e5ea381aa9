"""Normalization."""

from catenary_functions.normalization.batch import *
from catenary_functions.normalization.decorrelation import *
from catenary_functions.normalization.features import *
from catenary_functions.normalization.lengths import *
from catenary_functions.normalization.renormalization import *
