"""Mathematical functions."""

from catenary_functions.math.elementwise import *
from catenary_functions.math.products import *
from catenary_functions.math.reduction import *
from catenary_functions.math.trigonometry import *
