"""Activation functions."""

from catenary_functions.activation.bounded import *
from catenary_functions.activation.channels import *
from catenary_functions.activation.gates import *
from catenary_functions.activation.probabilities import *
from catenary_functions.activation.rectifiers import *
from catenary_functions.activation.smooth import *
