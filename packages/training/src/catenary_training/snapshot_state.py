"""What a saved trainer holds besides the state of its parts: versions, observed values, random numbers."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from catenary import get_random_state, set_random_state
from catenary.errors import LoadMismatchError
from catenary_training.serialization import lacks, optional

if TYPE_CHECKING:
    from catenary.serializer import AbstractSerializer

#: Number of the layout of snapshots. A file with a larger one is refused.
FORMAT = 1


def serialize_manifest(serializer: AbstractSerializer, contents: Mapping[str, str]) -> None:
    """Save what the snapshot is of and what wrote it, or check that the one being loaded can be read.

    Raises:
        LoadMismatchError: If the file is no snapshot of a trainer, or was written by a later version, in a layout
            that is unknown here.
    """
    if lacks(serializer, "updater"):
        raise LoadMismatchError(
            "Trainer.serialize: the file is no snapshot of a trainer, which has entries updater/...; the file of a "
            "model is loaded into the model, with serializers.load_npz(file, model) for one"
        )
    own = {
        "format": FORMAT,
        "catenary-core": version("catenary-core"),
        "catenary-training": version("catenary-training"),
        "numpy": version("numpy"),
        "python": platform.python_version(),
        "contents": dict(contents),
    }
    found = json.loads(optional(serializer, "manifest", json.dumps(own)))
    if found["format"] > FORMAT:
        raise LoadMismatchError(
            f"Trainer.serialize: the snapshot has format {found['format']} (catenary-training "
            f"{found['catenary-training']}); this version reads up to format {FORMAT}. "
            "Update with:  pip install -U catenary-training"
        )


def serialize_observation(serializer: AbstractSerializer, observation: dict[str, Any]) -> dict[str, Any]:
    """Save or load observed numbers with their dtypes; return the observation to keep.

    The stop trigger is asked after a snapshot, so after a resume it has to see the values of that iteration.
    """
    found = {key: _describe(value) for key, value in observation.items()}
    own = json.dumps({key: number for key, number in found.items() if number is not None})
    loaded = optional(serializer, "observation", own)
    if loaded == own:
        return observation
    return {key: _restore(*number) for key, number in json.loads(loaded).items()}


def _describe(value: Any) -> tuple[Any, str | None] | None:
    """Return a number and its dtype (None for Python's own), or None for what is no number."""
    dtype = getattr(value, "dtype", None)
    if dtype is not None and value.size == 1 and np.dtype(dtype).kind in "biuf":
        return value.item(), np.dtype(dtype).name
    return (value, None) if isinstance(value, int | float) else None


def _restore(value: Any, dtype: str | None) -> Any:
    return value if dtype is None else np.asarray(value, dtype)


def serialize_random_state(serializer: AbstractSerializer) -> None:
    """Save or load the state of the random generators of all devices."""
    text = optional(serializer, "random_state", json.dumps(get_random_state()))
    set_random_state(json.loads(text))
