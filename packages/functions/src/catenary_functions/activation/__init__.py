"""Activation functions."""

from catenary_functions.activation.probabilities import *
from catenary_functions.activation.rectifiers import *
from catenary_functions.activation.smooth import *
