"""Mathematical functions."""

from catenary_functions.math.channels import *
from catenary_functions.math.cumulative import *
from catenary_functions.math.elementwise import *
from catenary_functions.math.fourier import *
from catenary_functions.math.linear_algebra import *
from catenary_functions.math.logarithms import *
from catenary_functions.math.pairs import *
from catenary_functions.math.products import *
from catenary_functions.math.reduction import *
from catenary_functions.math.rounding import *
from catenary_functions.math.sparse import *
from catenary_functions.math.special import *
from catenary_functions.math.trigonometry import *
