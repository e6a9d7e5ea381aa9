"""Normalization layers."""

from __future__ import annotations

from typing import Any

import numpy as np

import catenary.functions as F
from catenary import Link, Parameter, Variable, config, using_config
from catenary.errors import ArgumentError
from catenary.types import DType, Shape
from catenary_links.sizes import checked_shape


class BatchNormalization(Link):
    """Batch normalization, with running statistics for use outside of training.

    Args:
        size: The shape of the axes that are not averaged over: the number of channels, usually. If None, it is
            taken from the first call.
        decay: What the running statistics keep of themselves at each call.
        eps: Added to the variance.
        dtype: The dtype of parameters and statistics; None for the setting `dtype`.
        use_gamma: Whether there is a parameter `gamma`; otherwise ones.
        use_beta: Whether there is a parameter `beta`; otherwise zeros.
        initial_gamma: The initializer of `gamma`; one by default.
        initial_beta: The initializer of `beta`; zero by default.
        axis: The axes to average over; the batch and all axes after the channels if None.
        initial_avg_mean: The first running mean; zero by default.
        initial_avg_var: The first running variance; one by default.

    Attributes:
        gamma: Standard deviations.
        beta: Means.
        avg_mean: The running mean.
        avg_var: The running variance.
        N: The number of calls with `finetune`.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> y = L.BatchNormalization(3)(np.random.default_rng(0).random((8, 3), np.float32))
        >>> abs(y.array.mean(0)).max() < 1e-6
        np.True_
    """

    def __init__(
        self,
        size: int | Shape | None = None,
        decay: float = 0.9,
        eps: float = 2e-5,
        dtype: DType | None = None,
        use_gamma: bool = True,
        use_beta: bool = True,
        initial_gamma: Any = None,
        initial_beta: Any = None,
        axis: int | Shape | None = None,
        initial_avg_mean: Any = None,
        initial_avg_var: Any = None,
    ) -> None:
        super().__init__()
        self.decay, self.eps = decay, eps
        self.axis = (axis,) if isinstance(axis, int) else axis
        self.dtype = config.dtype if dtype is None else np.dtype(dtype)
        self._first = {
            "gamma": 1.0 if initial_gamma is None else initial_gamma,
            "beta": 0.0 if initial_beta is None else initial_beta,
            "avg_mean": 0.0 if initial_avg_mean is None else initial_avg_mean,
            "avg_var": 1.0 if initial_avg_var is None else initial_avg_var,
        }
        self.avg_mean: Any = None
        self.avg_var: Any = None
        self.N = 0
        for name in ("avg_mean", "avg_var", "N"):
            self.register_persistent(name)
        with self.init_scope():
            self.gamma = Parameter(self._first["gamma"]) if use_gamma else None
            self.beta = Parameter(self._first["beta"]) if use_beta else None
        if size is not None:
            self._initialize(checked_shape(type(self).__name__, "size", size))

    def _initialize(self, shape: Shape) -> None:
        with using_config("dtype", self.dtype):
            for param in (self.gamma, self.beta):
                if param is not None:
                    param.initialize(shape)
            for name in ("avg_mean", "avg_var"):
                made = Parameter(self._first[name])
                made.to_device(self.device)
                made.initialize(shape)
                setattr(self, name, made.array)

    def forward(self, x: Any, finetune: bool = False) -> Variable:
        """Return the normalized input.

        Args:
            x: Input, shape (batch, channels, ...).
            finetune: Whether the running statistics become plain means over all calls with this flag since
                `start_finetuning`.
        """
        if self.avg_mean is None:
            over = (0, *range(2, x.ndim)) if self.axis is None else {a % x.ndim for a in self.axis}
            self._initialize(tuple(n for i, n in enumerate(x.shape) if i not in over))
        xp = self.xp
        shape = self.avg_mean.shape
        gamma = xp.ones(shape, self.dtype) if self.gamma is None else self.gamma
        beta = xp.zeros(shape, self.dtype) if self.beta is None else self.beta
        if not config.train:
            return F.fixed_batch_normalization(x, gamma, beta, self.avg_mean, self.avg_var, self.eps, self.axis)
        decay = self.decay
        if finetune:
            self.N += 1
            decay = 1.0 - 1.0 / self.N
        return self._normalized(x, gamma, beta, decay)

    def _normalized(self, x: Any, gamma: Any, beta: Any, decay: float) -> Variable:
        """Do what training does."""
        return F.batch_normalization(x, gamma, beta, self.eps, self.avg_mean, self.avg_var, decay, self.axis)

    def start_finetuning(self) -> None:
        """Begin to count the calls with `finetune` anew."""
        self.N = 0

    @property
    def printable_specs(self) -> Any:
        """The settings, for `repr`."""
        size = None if self.avg_mean is None else self.avg_mean.shape
        yield from (("size", size), ("decay", self.decay), ("eps", self.eps))


class BatchRenormalization(BatchNormalization):
    """Batch normalization that comes close to what is done outside of training, for small batches.

    Source: Ioffe, "Batch Renormalization: Towards Reducing Minibatch Dependence in Batch-Normalized Models" (2017).

    Args:
        size: The number of channels, or the shape of the axes that are not averaged over; if None, it is taken from
            the first call.
        rmax: The largest factor by which a batch may be stretched, and the inverse of the smallest one.
        dmax: The largest shift of a batch to both sides.
        decay: What the running statistics keep of themselves at each call.
        eps: Added to the variance.
        dtype: The dtype of parameters and statistics; None for the setting `dtype`.
        use_gamma: Whether there is a parameter `gamma`; otherwise ones.
        use_beta: Whether there is a parameter `beta`; otherwise zeros.
        initial_gamma: The initializer of `gamma`; one by default.
        initial_beta: The initializer of `beta`; zero by default.
        initial_avg_mean: The first running mean; zero by default.
        initial_avg_var: The first running variance; one by default.

    Attributes:
        rmax: As above; change it while learning goes on.
        dmax: As above.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> L.BatchRenormalization(3, rmax=3, dmax=5)(np.ones((8, 3), np.float32)).shape
        (8, 3)
    """

    def __init__(
        self,
        size: int | Shape | None,
        rmax: float = 1,
        dmax: float = 0,
        decay: float = 0.9,
        eps: float = 2e-5,
        dtype: DType | None = None,
        use_gamma: bool = True,
        use_beta: bool = True,
        initial_gamma: Any = None,
        initial_beta: Any = None,
        initial_avg_mean: Any = None,
        initial_avg_var: Any = None,
    ) -> None:
        if rmax < 1 or dmax < 0:
            raise ArgumentError(f"BatchRenormalization: rmax must be at least 1 and dmax 0, got {rmax} and {dmax}")
        super().__init__(
            size,
            decay,
            eps,
            dtype,
            use_gamma,
            use_beta,
            initial_gamma,
            initial_beta,
            None,
            initial_avg_mean,
            initial_avg_var,
        )
        self.rmax, self.dmax = rmax, dmax

    def _normalized(self, x: Any, gamma: Any, beta: Any, decay: float) -> Variable:
        bounds = (self.rmax, self.dmax)
        running = (self.avg_mean, self.avg_var)
        return F.batch_renormalization(x, gamma, beta, *bounds, self.eps, *running, decay, update_statistics=True)
