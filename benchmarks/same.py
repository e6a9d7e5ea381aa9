"""Check that the networks of the works are the same in Catenary and in PyTorch.

    python -m benchmarks.same [NETWORK ...]

The parameters of the one are copied into the other; then both have to give the same, in evaluation and in training
mode. Layers of one kind stand in the same order on both sides.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks.frameworks import library

TOLERANCE = 2e-3  # of the largest number that a network gives
#: Network -> its work, the function that makes it, and its data.
NETWORKS = {
    "mlp": ("mlp", "network", "X"),
    "cnn": ("cnn", "network", "X"),
    "ptb": ("ptb", "network", "X"),
    "resnet18": ("resnet18", "network", "X"),
    "transformer": ("transformer", "network", "X"),
    "dcgan_generator": ("dcgan", "generator", "Z"),
    "dcgan_discriminator": ("dcgan", "discriminator", "X"),
}
#: Link -> module of PyTorch.
KINDS = {
    "Linear": "Linear",
    "Convolution2D": "Conv2d",
    "Deconvolution2D": "ConvTranspose2d",
    "BatchNormalization": "BatchNorm2d",
    "LayerNormalization": "LayerNorm",
    "EmbedID": "Embedding",
}
Layers = dict[str, list[list[Any]]]


class Comparison(NamedTuple):
    """What was found of a network.

    Attributes:
        parameters: The number of its numbers, here and in PyTorch.
        differences: The largest difference of the outputs in evaluation and in training mode, over the largest output.
    """

    parameters: tuple[int, int]
    differences: tuple[float, float]


def compare(name: str) -> Comparison:
    """Return how a network, made twice with the same parameters, differs on the first two rows of its data."""
    import torch

    ct = library("catenary")
    work, function, data = NETWORKS[name]
    module = importlib.import_module(f"benchmarks.works.{work}")
    ours, theirs = getattr(module, function)(ct), getattr(module, f"torch_{function}")()
    with torch.no_grad():
        copy(layers(ours), torch_layers(theirs))
    counts = sum(p.size for p in ours.params()), sum(p.numel() for p in theirs.parameters())
    x, differences = getattr(module, data)[:2], []
    for train in (False, True):
        with ct.using_config("train", train), torch.no_grad():
            y, wanted = ours(x).array, theirs.train(train)(torch.tensor(x)).numpy()
        differences.append(float(np.abs(y.reshape(wanted.shape) - wanted).max() / np.abs(wanted).max()))
    return Comparison(counts, (differences[0], differences[1]))


def copy(ours: Layers, theirs: Layers) -> None:
    """Copy parameters to PyTorch."""
    for kind in ours.keys() | theirs.keys():
        for here, there in zip(ours[kind], theirs[kind], strict=True):
            for param, tensor in zip(here, there, strict=True):
                tensor.numpy()[...] = param


def layers(network: Any) -> Layers:
    """Return the arrays of all layers by kind, as PyTorch has them."""
    found: Layers = {}
    for link in walk(network):
        params = {name: param.array for name, param in link.namedparams() if name.count("/") == 1}
        if "/w0" in params:  # a layer of NStepLSTM: input, forget, new, output; of the input, then of the state
            halves = [[f"/{letter}{i}" for i in four] for letter in "wb" for four in (range(4), range(4, 8))]
            found.setdefault("LSTM", []).append([np.concatenate([params[name] for name in half]) for half in halves])
        elif params:
            order = [params[name] for name in ("/W", "/b", "/gamma", "/beta") if name in params]
            found.setdefault(KINDS[type(link).__name__], []).append(order)
    return found


def walk(link: Any) -> Iterator[Any]:
    """Yield a link and those below it in the order in which they were made; `links` follows names and numbers."""
    import catenary as ct

    yield link
    for part in list(link) if isinstance(link, ct.ChainList) else vars(link).values():
        if isinstance(part, ct.Link):
            yield from walk(part)


def torch_layers(network: Any) -> Layers:
    """Return the tensors of all layers by kind."""
    found: Layers = {}
    for kind, params in (layer for module in network.modules() for layer in torch_parts(module)):
        found.setdefault(kind, []).append(params)
    return found


def torch_parts(module: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield a module's own parameters by kind; attention has three linear layers in one, an LSTM all its layers."""
    from torch import nn

    params = list(module.parameters(recurse=False))
    if isinstance(module, nn.MultiheadAttention):
        for weight, bias in zip(*(param.chunk(3) for param in params), strict=True):
            yield "Linear", [weight, bias]
    elif isinstance(module, nn.LSTM):
        for start in range(0, len(params), 4):
            yield "LSTM", params[start : start + 4]
    elif params:
        yield next(kind.__name__ for kind in type(module).mro() if kind.__name__ in KINDS.values()), params


def main() -> None:
    """Compare networks; fail if one differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(NETWORKS), metavar="NETWORK", help=", ".join(NETWORKS))
    print("| network | parameters | in PyTorch | difference in evaluation | in training |\n|---|---|---|---|---|")
    bad = []
    for name in parser.parse_args().networks:
        (ours, theirs), (evaluation, training) = found = compare(name)
        print(f"| {name} | {ours:,} | {theirs:,} | {evaluation:.1e} | {training:.1e} |", flush=True)
        if ours != theirs or max(found.differences) > TOLERANCE:
            bad.append(name)
    if bad:
        sys.exit(f"benchmarks.same: other in PyTorch: {', '.join(bad)}")


if __name__ == "__main__":
    main()
