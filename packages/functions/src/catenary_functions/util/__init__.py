"""Functions about functions."""

from catenary_functions.util.forgetting import *
