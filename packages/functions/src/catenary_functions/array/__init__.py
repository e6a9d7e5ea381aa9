"""Functions that rearrange arrays."""

from catenary_functions.array.choosing import *
from catenary_functions.array.images import *
from catenary_functions.array.joining import *
from catenary_functions.array.moving import *
from catenary_functions.array.padding import *
from catenary_functions.array.repeating import *
from catenary_functions.array.sampling import *
from catenary_functions.array.shapes import *
