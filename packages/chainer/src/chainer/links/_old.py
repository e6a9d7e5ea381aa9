"""Links that also take the arguments of older versions."""

from __future__ import annotations

import inspect
import math
import numbers
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

import catenary.links
from catenary import initializers
from chainer._old import OLD, deprecated, derived, drop_idle, translated
from chainer.configuration import config, mixed16, using_config
from chainer.utils.walker_alias import WalkerAlias

#: Links whose arguments from a position on, where `nobias` stands today, were others up to Chainer 1.24.
OLD_ORDER = {
    "Linear": (2, ("wscale", "bias", "nobias", "initialW", "initial_bias")),
    "Convolution2D": (5, ("wscale", "bias", "nobias", "use_cudnn", "initialW", "initial_bias")),
    "Deconvolution2D": (5, ("wscale", "bias", "nobias", "outsize", "use_cudnn", "initialW", "initial_bias")),
    "DilatedConvolution2D": (6, ("wscale", "bias", "nobias", "use_cudnn", "initialW", "initial_bias")),
}


def _in_old_order(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Return the positional arguments of a link; those in the old order are put among the ones by name.

    A number where `nobias` stands today is a scale of weights; a flag would be True or False.
    """
    if name in OLD_ORDER:
        first, names = OLD_ORDER[name]
        if len(args) > first and isinstance(args[first], numbers.Real) and not isinstance(args[first], bool):
            kwargs.update(zip(names, args[first:]))
            return args[:first]
    return args


class OldLink:
    """Mixin of links: takes old arguments out when a link is made and when it is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        args = _in_old_order(name, args, kwargs)
        drop_idle(name, kwargs)
        if "wscale" in kwargs:
            scale = kwargs.pop("wscale")
            deprecated(f"{name}(wscale=...)", f"{name}(initialW=chainer.initializers.HeNormal(scale))")
            if kwargs.get("initialW") is None and scale != 1:
                kwargs["initialW"] = initializers.HeNormal(scale / math.sqrt(2))
            elif isinstance(kwargs.get("initialW"), np.ndarray):
                kwargs["initialW"] = kwargs["initialW"] * scale
        if "bias" in kwargs and not isinstance(self, catenary.links.Scale):
            deprecated(f"{name}(bias=...)", f"{name}(initial_bias=...)")
            kwargs["initial_bias"] = (
                kwargs.pop("bias") if kwargs.get("initial_bias") is None else kwargs["initial_bias"]
            )
        super().__init__(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the link.

        Args:
            args: Its arguments.
            kwargs: Its arguments by name, old ones among them.
        """
        if kwargs and not OLD.isdisjoint(kwargs):
            with translated(type(self).__name__, kwargs):
                return super().__call__(*args, **kwargs)  # type: ignore[misc]
        return super().__call__(*args, **kwargs)  # type: ignore[misc]


class Normalizing(OldLink):
    """Mixin of links whose parameters are of float32 when the setting `dtype` is `mixed16`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with _without_mixed16():
            super().__init__(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the link, which may fill its parameters only now.

        Args:
            args: Its arguments.
            kwargs: Its arguments by name, old ones among them.
        """
        with _without_mixed16():
            return super().__call__(*args, **kwargs)


def _without_mixed16() -> AbstractContextManager[Any]:
    return using_config("dtype", np.float32) if config.dtype is mixed16 else nullcontext()


class GateByGate(OldLink):
    """Mixin of cells whose weights are drawn gate by gate: first those from outputs, then those from inputs."""

    def __init__(
        self,
        in_size: int | None,
        out_size: int | None = None,
        lateral_init: Any = None,
        upward_init: Any = None,
        bias_init: Any = None,
        forget_bias_init: Any = None,
        **kwargs: Any,
    ) -> None:
        if out_size is None:
            in_size, out_size = None, in_size
        super().__init__(None, out_size, 0, 0, bias_init, forget_bias_init, **kwargs)
        self._inits = lateral_init, upward_init
        self.upward.W.initializer = self._draw
        if in_size is not None:
            self.upward._initialize_params(in_size)

    upward: Any
    lateral: Any

    def _draw(self, upward: Any) -> None:
        """Fill the weights of both layers, once it is known how many inputs there are."""
        lateral = self.lateral.W.array
        units = lateral.shape[1]
        for i in range(4):
            rows = slice(i * units, (i + 1) * units)
            for array, init in zip((lateral, upward), self._inits):
                fill = initializers.LeCunNormal() if init is None else init
                (fill if callable(fill) else initializers.Constant(fill))(array[rows])


class HostSampler:
    """Draws classes on the host, by Walker's table, for a link that may be elsewhere.

    Args:
        link: The link.
        weights: How often each class comes.
    """

    def __init__(self, link: Any, weights: Any) -> None:
        self._link = link
        self._table = WalkerAlias(weights)

    def sample(self, shape: Any) -> Any:
        """Return classes, on the device of the link.

        Args:
            shape: The shape of the result.
        """
        return self._link.device.send(self._table.sample(shape))


class Sampling(OldLink):
    """Mixin of losses that draw classes."""

    def __init__(self, in_size: int, counts: Any, sample_size: int) -> None:
        super().__init__(in_size, counts, sample_size)
        self.sampler = HostSampler(self, counts)


class SamplingByPower(OldLink):
    """Mixin of losses that draw classes by a power of their counts."""

    def __init__(self, in_size: int, counts: Any, sample_size: int, power: float = 0.75, dtype: Any = None) -> None:
        super().__init__(in_size, counts, sample_size, power, dtype)
        self.sampler = HostSampler(self, np.power(np.array(counts, np.float32), np.float32(power)))


class Deforming(OldLink):
    """Mixin of the deformable convolution, whose own filters begin with zeros if nothing else is said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(catenary.links.DeformableConvolution2D).bind(*args, **kwargs)
        if bound.arguments.get("deform_initialW") is None:
            bound.arguments["deform_initialW"] = 0
        super().__init__(*bound.args, **bound.kwargs)


class OldRecurrent(OldLink):
    """Mixin of links for sequences: a flag for cuDNN could stand after the ratio of dropout."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) == 5:
            *rest, flag = args
            kwargs["use_cudnn"], args = flag, tuple(rest)
        super().__init__(*args, **kwargs)


_PLAIN = (
    *("Linear", "Convolution2D", "ConvolutionND", "Deconvolution2D", "DeconvolutionND", "DilatedConvolution2D"),
    *("DepthwiseConvolution2D", "Inception", "InceptionBN", "MLPConvolution2D", "Maxout"),
)
_RECURRENT = ("NStepLSTM", "NStepBiLSTM", "NStepGRU", "NStepBiGRU", "NStepRNNTanh", "NStepRNNReLU")


#: Name -> class.
OLDER = {
    name: derived(getattr(catenary.links, name), mixin, "chainer.links")
    for names, mixin in (
        (_PLAIN, OldLink),
        (("BatchNormalization", "BatchRenormalization", "GroupNormalization"), Normalizing),
        (("LSTM", "StatelessLSTM"), GateByGate),
        (_RECURRENT, OldRecurrent),
        (("BlackOut",), Sampling),
        (("NegativeSampling",), SamplingByPower),
        (("DeformableConvolution2D",), Deforming),
    )
    for name in names
}
