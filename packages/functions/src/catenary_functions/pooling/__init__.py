"""Pooling over windows and regions of images, and back."""

from catenary_functions.pooling.maxima import *
from catenary_functions.pooling.means import *
from catenary_functions.pooling.pyramid import *
from catenary_functions.pooling.regions import *
