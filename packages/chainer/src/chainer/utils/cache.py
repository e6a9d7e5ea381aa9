"""Values that are computed once for each object."""

from functools import cached_property as cached_property
