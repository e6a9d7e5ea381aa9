"""What a snapshot is of: told before it is loaded, so that a message says what differs in a few words."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catenary.errors import LoadMismatchError
from catenary_training.serialization import optional

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer
    from catenary_training.trainer import Trainer

#: The description of what fits anything: a parameter that gets its shape from the first batch.
UNKNOWN = "of any shape"
#: How many differences a message names.
MOST = 10


def describe_contents(iterators: Mapping[str, Any], optimizers: Mapping[str, Any]) -> dict[str, str]:
    """Describe in a few words what an updater saves, by the first part of the names of its entries."""
    contents = {}
    for name, iterator in iterators.items():
        if hasattr(iterator, "dataset"):
            contents[f"iterator:{name}"] = f"{len(iterator.dataset)} examples"
    for name, optimizer in optimizers.items():
        contents[f"optimizer:{name}"] = type(optimizer).__name__
        for path, param in getattr(optimizer.target, "namedparams", dict)():
            contents[f"model:{name}{path}"] = UNKNOWN if param.array is None else f"shape {tuple(param.shape)}"
    return contents


def find_differences(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return for each part that differs what the file has and what is here."""
    differences = {}
    for key in {**then, **now}:
        before, after = then.get(key), now.get(key)
        if before != after and UNKNOWN not in (before, after):
            differences[key] = f"{before or 'nothing'} in the file, {after or 'nothing'} here"
    return differences


class _Manifest:
    """Reads the manifest of a snapshot and nothing else."""

    text = ""

    def serialize(self, serializer: AbstractSerializer) -> None:
        self.text = optional(serializer, "manifest", self.text)


def fit_contents(load: Callable[..., Any], path: Path, trainer: Trainer, options: dict[str, Any]) -> dict[str, Any]:
    """Compare what a snapshot is of with a trainer.

    Args:
        load: The function that loads the file. One without an argument `strict` is not asked.
        path: The snapshot.
        trainer: The trainer that it is for.
        options: The options for `load`.

    Returns:
        The options; with `strict=False`, `ignore_names` leaves out what differs.

    Raises:
        LoadMismatchError: If something differs and `strict` is not False.
    """
    if "strict" not in inspect.signature(load).parameters:
        return options
    manifest = _Manifest()
    load(path, manifest, strict=False)
    then = json.loads(manifest.text or "{}").get("contents")
    differences = {} if then is None else find_differences(then, trainer.updater.contents())
    if not differences:
        return options
    if options.get("strict", True):
        raise LoadMismatchError(_explain(path, differences))
    return {"ignore_names": _below(list(differences)), **options}


def _explain(path: Path, differences: Mapping[str, str]) -> str:
    lines = [f"  updater/{key}: {text}" for key, text in differences.items()]
    if len(lines) > MOST:
        lines[MOST:] = [f"  and {len(lines) - MOST} more"]
    return "\n".join(
        [
            f"resume: {str(path)!r} does not fit the Trainer, which stays as it was:",
            *lines,
            "resume(trainer, strict=False) takes over all the rest, and lets these begin anew",
        ]
    )


def _below(keys: list[str]) -> Callable[[str], bool]:
    """Return whether an entry belongs to one of these parts; the state of an optimizer belongs to its parameter."""
    keys += [key.replace("model:", "optimizer:", 1) for key in keys if key.startswith("model:")]
    parts = tuple(f"updater/{key}/" for key in keys)
    return lambda name: f"{name}/".startswith(parts)
