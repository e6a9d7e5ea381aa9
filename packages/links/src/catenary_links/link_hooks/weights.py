"""Hooks that put another weight into a link while it is called."""

from __future__ import annotations

from typing import Any, Self

import catenary.functions as F
from catenary import Link, LinkHook, Parameter, config, no_backprop_mode
from catenary.errors import ArgumentError, LinkError, ShapeError
from catenary.link_hook import ForwardPostprocessArgs, ForwardPreprocessArgs
from catenary.types import Array


class _WeightHook(LinkHook):
    """Puts another weight into one link while it is called.

    A subclass gives `normalized`.
    """

    def __init__(self, weight_name: str, name: str | None) -> None:
        self.weight_name = weight_name
        if name is not None:
            self.name = name
        self._replaced: tuple[Link, Any, Any] | None = None

    def __enter__(self) -> Self:
        raise LinkError(f"{type(self).__name__}: it is for one link; add it with link.add_hook")

    def normalized(self, link: Link, weight: Any) -> Any:
        """Return the weight to be used."""
        raise NotImplementedError(f"{type(self).__name__} gives no normalized")

    def added(self, link: Any) -> None:
        paths = [path.removeprefix("/") for path, _ in link.namedparams()]
        if self.weight_name not in paths:
            raise ArgumentError(
                f"{type(self).__name__}: weight_name must be a parameter of the link ({', '.join(paths) or 'none'}), "
                f"got {self.weight_name!r}"
            )

    def forward_preprocess(self, args: ForwardPreprocessArgs) -> None:
        link = args.link
        self._restore(link)  # after an error in the link
        weight = getattr(link, self.weight_name)
        if weight.array is None:
            with no_backprop_mode():
                link.forward(*args.args, **args.kwargs)
        used = self.normalized(link, weight)
        setattr(link, self.weight_name, used)
        self._replaced = (link, weight, used)

    def forward_postprocess(self, args: ForwardPostprocessArgs) -> None:
        self._restore(args.link)

    def _restore(self, link: Link) -> None:
        if self._replaced is None or self._replaced[0] is not link:
            return
        (_, weight, used), self._replaced = self._replaced, None
        # With two hooks, what the second one has found is gone: the first one has put the parameter back.
        if isinstance(weight, Parameter) or getattr(link, self.weight_name) is used:
            setattr(link, self.weight_name, weight)


class SpectralNormalization(_WeightHook):
    """Divides a weight by its largest singular value at each call of the link.

    The value comes from power iterations that go on from call to call. The weight is a matrix with one row per
    output; the other axes are taken as one. Outputs stand along axis 0, or along the `output_axis` of the link.

    Source: Miyato, Kataoka, Koyama, Yoshida, "Spectral Normalization for Generative Adversarial Networks" (2018).

    Args:
        n_power_iteration: The number of iterations at each call.
        eps: Added to lengths that are divided by.
        use_gamma: Whether the weight is multiplied by a new parameter `gamma` of the link, which begins with the
            largest singular value.
        factor: A constant factor, or None.
        weight_name: The name of the weight.
        name: The key of the hook.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> from catenary.link_hooks import SpectralNormalization
        >>> layer = L.Linear(3, 2).add_hook(SpectralNormalization())
        >>> layer(np.ones((4, 3), np.float32)).shape
        (4, 2)
        >>> layer.W_u.shape  # saved with the layer
        (2,)
    """

    name = "SpectralNormalization"

    def __init__(
        self,
        n_power_iteration: int = 1,
        eps: float = 1e-6,
        use_gamma: bool = False,
        factor: float | None = None,
        weight_name: str = "W",
        name: str | None = None,
    ) -> None:
        super().__init__(weight_name, name)
        if n_power_iteration < 1:
            raise ArgumentError(f"SpectralNormalization: n_power_iteration must be positive, got {n_power_iteration}")
        self.n_power_iteration, self.eps, self.use_gamma, self.factor = n_power_iteration, eps, use_gamma, factor
        self.vector_name = f"{weight_name}_u"

    def added(self, link: Any) -> None:
        super().added(link)
        link.add_persistent(self.vector_name, None)
        if self.use_gamma:
            link.add_param("gamma")
        if getattr(link, self.weight_name).array is not None:
            self._begin(link)

    def deleted(self, link: Any) -> None:
        delattr(link, self.vector_name)
        if self.use_gamma:
            del link.gamma

    def _begin(self, link: Any) -> None:
        """Draw the vector, and set the parameter, unless they have been loaded."""
        matrix = self._matrix(link, getattr(link, self.weight_name)).array
        if getattr(link, self.vector_name) is None:
            vector = link.device.random.standard_normal(len(matrix)).astype(matrix.dtype)
            setattr(link, self.vector_name, vector)
        if self.use_gamma and link.gamma.array is None:
            link.gamma.initializer = float(link.xp.linalg.svd(matrix, compute_uv=False)[0])
            link.gamma.initialize(())

    def _matrix(self, link: Any, weight: Any) -> Any:
        """Return a weight with one row per output."""
        weight = F.moveaxis(weight, getattr(link, "output_axis", 0), 0)
        return weight.reshape((len(weight), -1))

    def normalized(self, link: Any, weight: Any) -> Any:
        """Return the weight, divided by its largest singular value."""
        self._begin(link)
        rows = self._matrix(link, weight)
        matrix, u = rows.array, getattr(link, self.vector_name)
        for _ in range(self.n_power_iteration):
            v = self._unit(matrix.T @ u)
            u = self._unit(matrix @ v)
        if config.train:
            setattr(link, self.vector_name, u)
        largest = F.sum(F.matmul(rows, v) * u)
        weight = weight / F.broadcast_to(largest, weight.shape)
        if self.factor is not None:
            weight = weight * self.factor
        return weight * F.broadcast_to(link.gamma, weight.shape) if self.use_gamma else weight

    def _unit(self, vector: Array) -> Array:
        return vector / ((vector * vector).sum() ** 0.5 + self.eps)


class WeightStandardization(_WeightHook):
    """Brings the part of a weight that belongs to each output to mean 0 and variance 1 at each call of the link.

    Source: Qiao, Wang, Liu, Shen, Yuille, "Weight Standardization" (2019).

    Args:
        eps: Added to the variance.
        weight_name: The name of the weight; outputs stand along its axis 0.
        name: The key of the hook.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> from catenary.link_hooks import WeightStandardization
        >>> layer = L.Convolution2D(3, 2, 3).add_hook(WeightStandardization())
        >>> layer(np.ones((4, 3, 5, 5), np.float32)).shape
        (4, 2, 3, 3)
    """

    name = "WeightStandardization"

    def __init__(self, *, eps: float = 1e-5, weight_name: str = "W", name: str | None = None) -> None:
        super().__init__(weight_name, name)
        self.eps = eps

    def normalized(self, link: Link, weight: Any) -> Any:
        """Return the weight with mean 0 and variance 1 for each output."""
        if weight.ndim < 2:
            raise ShapeError(f"WeightStandardization: the weight must have 2 axes or more, got shape {weight.shape}")
        axes = tuple(range(1, weight.ndim))
        centered = weight - F.mean(weight, axes, keepdims=True)
        return centered / F.sqrt(F.mean(centered * centered, axes, keepdims=True) + self.eps)
