"""Functions that connect layers: products with weights, convolutions, look-up tables, attention."""

from catenary_functions.connection.affine_maps import *
from catenary_functions.connection.attention import *
from catenary_functions.connection.convolution import *
from catenary_functions.connection.deconvolution import *
from catenary_functions.connection.shifting import *
from catenary_functions.connection.tables import *
from catenary_functions.connection.uneven import *
