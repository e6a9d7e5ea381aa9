"""Error functions, gamma functions and the normal distribution, from `scipy.special` or its equal on a device."""

from __future__ import annotations

import math
from typing import Any

from catenary import function, get_device_from_array
from catenary.errors import MissingLibraryError
from catenary.types import Array, ArrayModule
from catenary_functions.math.elementwise import exp

__all__ = [
    "digamma",
    "erf",
    "erfc",
    "erfcinv",
    "erfcx",
    "erfinv",
    "lgamma",
    "log_ndtr",
    "ndtr",
    "ndtri",
    "polygamma",
    "zeta",
]


def special_of(x: Array) -> Any:
    """Return the module with special functions for an array.

    Raises:
        MissingLibraryError: If it is not installed.
    """
    try:
        return get_device_from_array(x).library("scipy.special")
    except ModuleNotFoundError:
        raise MissingLibraryError(
            "this function needs SciPy, which is not installed; run: pip install catenary-functions[special]"
        ) from None


@function(widens_half=True)
def erf(_: ArrayModule, x: Array) -> Array:
    """Return the error function: 2/√π times the integral of exp(-t²) from 0 to x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.erf(np.ones(1)).array.round(3)
        array([0.843])
    """
    return special_of(x).erf(x)


@function(widens_half=True)
def erfc(_: ArrayModule, x: Array) -> Array:
    """Return 1 - erf(x), exact for large x, too.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.erfc(np.ones(1)).array.round(3)
        array([0.157])
    """
    return special_of(x).erfc(x)


@function(widens_half=True)
def erfcx(_: ArrayModule, x: Array) -> Array:
    """Return exp(x²) erfc(x), which does not vanish for large x.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.erfcx(np.ones(1)).array.round(3)
        array([0.428])
    """
    return special_of(x).erfcx(x)


@function(widens_half=True)
def erfinv(_: ArrayModule, x: Array) -> Array:
    """Return the inverse of erf.

    Args:
        x: Input of any shape, from -1 to 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.erfinv(np.array([0.5])).array.round(3)
        array([0.477])
    """
    return special_of(x).erfinv(x)


@function(widens_half=True)
def erfcinv(_: ArrayModule, x: Array) -> Array:
    """Return the inverse of erfc.

    Args:
        x: Input of any shape, from 0 to 2.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.erfcinv(np.array([0.5])).array.round(3)
        array([0.477])
    """
    return special_of(x).erfcinv(x)


@function(widens_half=True)
def ndtr(_: ArrayModule, x: Array) -> Array:
    """Return the distribution function of the standard normal distribution.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.ndtr(np.zeros(1)).array
        array([0.5])
    """
    return special_of(x).ndtr(x)


@function(widens_half=True)
def log_ndtr(_: ArrayModule, x: Array) -> Array:
    """Return the logarithm of ndtr, exact for very negative x, too.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.log_ndtr(np.array([-100.0])).array.round(1)
        array([-5005.5])
    """
    return special_of(x).log_ndtr(x)


@function(widens_half=True)
def ndtri(_: ArrayModule, x: Array) -> Array:
    """Return the inverse of ndtr: the quantiles of the standard normal distribution.

    Args:
        x: Input of any shape, from 0 to 1.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.ndtri(np.array([0.975])).array.round(2)
        array([1.96])
    """
    return special_of(x).ndtri(x)


@function(widens_half=True)
def lgamma(_: ArrayModule, x: Array) -> Array:
    """Return the logarithm of the absolute value of the gamma function.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.lgamma(np.array([1.0, 4.0])).array.round(3)
        array([0.   , 1.792])
    """
    return special_of(x).gammaln(x)


@function(widens_half=True)
def digamma(_: ArrayModule, x: Array) -> Array:
    """Return the derivative of lgamma.

    Args:
        x: Input of any shape.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.digamma(np.ones(1)).array.round(3)
        array([-0.577])
    """
    return special_of(x).digamma(x)


@function
def polygamma(_: ArrayModule, n: Array, x: Array) -> Array:
    """Return derivatives of digamma, with broadcasting.

    Args:
        n: The orders of the derivatives, integers of any shape, not negative; they have no gradient.
        x: Input of a shape that broadcasts.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.polygamma(np.array(1), np.ones(1)).array.round(3)
        array([1.645])
    """
    return special_of(x).polygamma(n, x).astype(x.dtype, copy=False)


@function
def zeta(_: ArrayModule, x: Array, q: Array) -> Array:
    """Return the Hurwitz zeta function: the sum of (k + q) to the power -x over all k from 0.

    Args:
        x: The powers, any shape, above 1; they have no gradient.
        q: Input of a shape that broadcasts, positive.

    Example:
        >>> import numpy as np, catenary.functions as F
        >>> F.zeta(np.array(2.0), np.ones(1)).array.round(3)
        array([1.645])
    """
    return special_of(q).zeta(x.astype(q.dtype, copy=False), q).astype(q.dtype, copy=False)


_ROOT_PI = math.sqrt(math.pi)
_ROOT_2_PI = math.sqrt(2 * math.pi)

erf.gradient(x=lambda gy, x: gy * (exp(-x * x) * (2 / _ROOT_PI)))
erfc.gradient(x=lambda gy, x: gy * (exp(-x * x) * (-2 / _ROOT_PI)))
erfcx.gradient(x=lambda gy, x, y: gy * (2 * x * y - 2 / _ROOT_PI))
erfinv.gradient(x=lambda gy, y: gy * (exp(y * y) * (_ROOT_PI / 2)))
erfcinv.gradient(x=lambda gy, y: gy * (exp(y * y) * (-_ROOT_PI / 2)))
ndtr.gradient(x=lambda gy, x: gy * (exp(x * x * -0.5) / _ROOT_2_PI))
log_ndtr.gradient(x=lambda gy, x, y: gy * (exp(x * x * -0.5 - y) / _ROOT_2_PI))
ndtri.gradient(x=lambda gy, y: gy * (exp(y * y * 0.5) * _ROOT_2_PI))
lgamma.gradient(x=lambda gy, x: gy * digamma(x))
digamma.gradient(x=lambda gy, x, xp: gy * polygamma(xp.asarray(1), x))
polygamma.gradient(x=lambda gy, n, x: gy * polygamma(n + 1, x))
zeta.gradient(q=lambda gy, x, q: -gy * (x * zeta(x + 1, q)))
