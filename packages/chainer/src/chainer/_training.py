"""Classes for training as older versions had them: converters get numbers of devices, optimizers have any names."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import catenary.training
from catenary.dataset import Converter, concat_examples
from chainer._old import deprecated, derived


class Converting:
    """Mixin of what converts batches: a plain function gets the number of a device, -1 for the host."""

    def __init__(self, iterator: Any, target: Any, converter: Any = concat_examples, *args: Any, **kwargs: Any) -> None:
        known = converter is concat_examples or isinstance(converter, Converter)
        super().__init__(iterator, target, converter if known else _numbered(converter), *args, **kwargs)  # type: ignore[call-arg]


class Updating(Converting):
    """Mixin of updaters: where `update_core` is overridden, no optimizer has to be called `main`."""

    _optimizers: dict[str, Any]

    def __init__(self, iterator: Any, optimizer: Any, *args: Any, **kwargs: Any) -> None:
        own = type(self).update_core is not catenary.training.StandardUpdater.update_core  # type: ignore[attr-defined]
        if own and isinstance(optimizer, Mapping) and optimizer and "main" not in optimizer:
            super().__init__(iterator, {"main": next(iter(optimizer.values())), **optimizer}, *args, **kwargs)
            del self._optimizers["main"]
        else:
            super().__init__(iterator, optimizer, *args, **kwargs)


class Patient:
    """Mixin of the trigger that stops early: `patience` was misspelt."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "patients" in kwargs:
            deprecated("EarlyStoppingTrigger(patients=...)", "EarlyStoppingTrigger(patience=...)")
            kwargs["patience"] = kwargs.pop("patients")
        super().__init__(*args, **kwargs)


def _numbered(converter: Any) -> Any:
    def convert(batch: Any, device: Any = None) -> Any:
        return converter(batch, None if device is None else int(getattr(device, "id", -1)))

    return functools.update_wrapper(convert, converter)


#: Name -> class.
OLDER = {
    "StandardUpdater": derived(catenary.training.StandardUpdater, Updating, "chainer.training.updaters"),
    "Evaluator": derived(catenary.training.extensions.Evaluator, Converting, "chainer.training.extensions"),
    "EarlyStoppingTrigger": derived(
        catenary.training.triggers.EarlyStoppingTrigger, Patient, "chainer.training.triggers"
    ),
}
