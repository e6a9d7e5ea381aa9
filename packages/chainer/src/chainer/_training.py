"""Classes for training as older versions had them: converters get numbers of devices."""

from __future__ import annotations

import functools
from typing import Any

import catenary.training
from catenary.dataset import Converter, concat_examples
from chainer._old import deprecated, derived


class Converting:
    """Mixin of what converts batches: a plain function gets the number of a device, -1 for the host."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) > 2:
            args = (*args[:2], _numbered(args[2]), *args[3:])
        elif "converter" in kwargs:
            kwargs["converter"] = _numbered(kwargs["converter"])
        super().__init__(*args, **kwargs)


class CalledByHand(Converting):
    """Mixin of the Evaluator: without a trainer, nothing but a name given to it stands in front of its results."""

    name: str | None

    def _prefix(self, trainer: Any) -> str:
        if trainer is None and self.name is None:
            return ""
        return super()._prefix(trainer)  # type: ignore[misc, no-any-return]


class Patient:
    """Mixin of the trigger that stops early: `patience` was misspelt."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "patients" in kwargs:
            deprecated("EarlyStoppingTrigger(patients=...)", "EarlyStoppingTrigger(patience=...)")
            kwargs["patience"] = kwargs.pop("patients")
        super().__init__(*args, **kwargs)


def _numbered(converter: Any) -> Any:
    """Return a converter that is called with a number of a device; those made for devices stay as they are."""
    if converter is concat_examples or isinstance(converter, Converter):
        return converter

    def convert(batch: Any, device: Any = None) -> Any:
        return converter(batch, None if device is None else int(getattr(device, "id", -1)))

    return functools.update_wrapper(convert, converter)


#: Name -> class.
OLDER = {
    "StandardUpdater": derived(catenary.training.StandardUpdater, Converting, "chainer.training.updaters"),
    "Evaluator": derived(catenary.training.extensions.Evaluator, CalledByHand, "chainer.training.extensions"),
    "EarlyStoppingTrigger": derived(
        catenary.training.triggers.EarlyStoppingTrigger, Patient, "chainer.training.triggers"
    ),
}
