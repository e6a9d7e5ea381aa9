"""Functions that rearrange arrays."""

from catenary_functions.array.choosing import *
from catenary_functions.array.joining import *
from catenary_functions.array.shapes import *
