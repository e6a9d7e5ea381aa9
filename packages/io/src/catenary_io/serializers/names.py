"""Other names for what a file holds: those of PyTorch, or a user's own."""

from __future__ import annotations

from collections.abc import Mapping

from catenary.errors import ArgumentError
from catenary.serializer import AbstractSerializer
from catenary_io.serializers.values import Entry

#: The last part of names of links and of modules of PyTorch that mean the same.
TORCH = {
    "W": "weight",
    "b": "bias",
    "gamma": "weight",
    "beta": "bias",
    "avg_mean": "running_mean",
    "avg_var": "running_var",
    "N": "num_batches_tracked",
}


class Entries:
    """Named arrays that can be saved like any object.

    Args:
        entries: Full name -> array or None.

    Example:
        >>> import numpy as np
        >>> from catenary.serializers import Entries, collect
        >>> collect(Entries({"l1/W": np.ones(1)}))
        {'l1/W': array([1.])}
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self.entries = entries

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save all of them."""
        for name in self.entries:
            serializer(name, self.entries[name])


def renamed(entries: Mapping[str, Entry], names: Mapping[str, str]) -> dict[str, Entry]:
    """Return what a file holds under other names.

    Args:
        entries: Full name -> array.
        names: Old name -> new name; other entries keep theirs.

    Raises:
        ArgumentError: If an old name is not there, or a new one is there twice.
    """
    if missing := sorted(names.keys() - set(entries)):
        raise ArgumentError(f"renamed: there is no entry {', '.join(map(repr, missing))}")
    found: dict[str, Entry] = {}
    for name in entries:
        new = names.get(name, name)
        if new in found:
            raise ArgumentError(f"renamed: two entries would have the name {new!r}")
        found[new] = entries[name]
    return found


def to_torch(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the arrays of links under the names of PyTorch's modules: `l1/W` becomes `l1.weight`.

    Shapes are the same for linear and convolutional layers, embeddings and normalizations. Recurrent layers have other
    parameters there, and keep the names of theirs.

    Args:
        entries: What `collect` gives of a link, or a file holds.

    Example:
        >>> import catenary.links as L
        >>> from catenary.serializers import collect, to_torch
        >>> sorted(to_torch(collect(L.Linear(3, 2))))
        ['bias', 'weight']
    """
    names = {}
    for name in entries:
        *path, last = name.split("/")
        names[name] = ".".join([*path, TORCH.get(last, last)])
    return renamed(entries, names)


def from_torch(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return the arrays of PyTorch's modules under the names of links: `l1.weight` becomes `l1/W`.

    A weight without rows and columns is one of a normalization: `gamma`.

    Args:
        entries: What a file of a `state_dict` holds, such as one in the safetensors format.

    Example:
        >>> import numpy as np
        >>> from catenary.serializers import from_torch
        >>> list(from_torch({"l1.weight": np.ones((2, 3)), "bn.weight": np.ones(2), "bn.bias": np.ones(2)}))
        ['l1/W', 'bn/gamma', 'bn/beta']
    """
    layers = {theirs: ours for ours, theirs in TORCH.items() if ours not in ("gamma", "beta")}
    normalizations = {theirs: ours for ours, theirs in TORCH.items() if ours not in ("W", "b")}
    names = {}
    for name in entries:
        path, _, last = name.rpartition(".")
        weight = entries.get(f"{path}.weight" if path else "weight")
        words = normalizations if weight is not None and weight.ndim == 1 else layers
        names[name] = "/".join([*path.split("."), words.get(last, last)]).lstrip("/")
    return renamed(entries, names)
