"""Recurrent networks."""

from catenary_functions.rnn.cells import *
from catenary_functions.rnn.sequences import *
