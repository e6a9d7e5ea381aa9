"""Loss functions."""

from catenary_functions.loss.classification import *
from catenary_functions.loss.covariance import *
from catenary_functions.loss.distances import *
from catenary_functions.loss.focal import *
from catenary_functions.loss.likelihood import *
from catenary_functions.loss.random_fields import *
from catenary_functions.loss.regression import *
from catenary_functions.loss.sampling import *
from catenary_functions.loss.temporal import *
