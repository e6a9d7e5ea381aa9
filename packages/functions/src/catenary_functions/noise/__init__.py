"""Functions that add noise."""

from catenary_functions.noise.drawing import *
from catenary_functions.noise.dropping import *
