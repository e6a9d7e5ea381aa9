"""The thirty functions that public code uses most, forward and backward, beside PyTorch.

    python -m benchmarks.functions [NAME ...] [--seconds 1.0] [--markdown FILE]

Each runs on about a thousand elements and on about four million, float32. A step is the function and the gradients of
its inputs for a given gradient of the output. The two frameworks take turns; the ratio is the median of the ratios of
neighbouring turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np

Shape = tuple[int, ...]
SQUARE: tuple[Shape, Shape] = ((32, 32), (2048, 2048))
ROWS: tuple[Shape, Shape] = ((32, 32), (4096, 1024))
IMAGES: tuple[Shape, Shape] = ((2, 8, 8, 8), (16, 64, 64, 64))


class Work(NamedTuple):
    """One function, in both frameworks; `F` is `catenary.functions` here and `torch` with its `nn.functional` there.

    Attributes:
        catenary: The call in Catenary.
        torch: The same in PyTorch.
        inputs: For each input its small and its large shape.
        labels: Whether the last argument is an array of classes, one for each row of the first input.
    """

    catenary: Callable[..., Any]
    torch: Callable[..., Any]
    inputs: Sequence[tuple[Shape, Shape]]
    labels: bool = False


def same(name: str, *inputs: tuple[Shape, Shape]) -> Work:
    """Return the work of a function that has one name in both frameworks."""
    return Work(lambda F, *xs: getattr(F, name)(*xs), lambda T, N, *xs: getattr(T, name)(*xs), inputs or (SQUARE,))


WORKS = {
    "relu": same("relu"),
    "concat": Work(lambda F, a, b: F.concat([a, b]), lambda T, N, a, b: T.cat([a, b], 1), [SQUARE, SQUARE]),
    "reshape": Work(lambda F, x: F.reshape(x, (-1, 16)), lambda T, N, x: T.reshape(x, (-1, 16)), [SQUARE]),
    "softmax_cross_entropy": Work(
        lambda F, x, t: F.softmax_cross_entropy(x, t), lambda T, N, x, t: N.cross_entropy(x, t), [ROWS], labels=True
    ),
    "sum": Work(lambda F, x: F.sum(x, 1), lambda T, N, x: T.sum(x, 1), [SQUARE]),
    "softmax": Work(lambda F, x: F.softmax(x), lambda T, N, x: T.softmax(x, 1), [ROWS]),
    "dropout": Work(lambda F, x: F.dropout(x, 0.5), lambda T, N, x: N.dropout(x, 0.5), [SQUARE]),
    "sigmoid": same("sigmoid"),
    "tanh": same("tanh"),
    "average_pooling_2d": Work(lambda F, x: F.average_pooling_2d(x, 2), lambda T, N, x: N.avg_pool2d(x, 2), [IMAGES]),
    "max_pooling_2d": Work(lambda F, x: F.max_pooling_2d(x, 2), lambda T, N, x: N.max_pool2d(x, 2), [IMAGES]),
    "broadcast_to": Work(
        lambda F, x: F.broadcast_to(x, (len(x), x.shape[0])),
        lambda T, N, x: T.broadcast_to(x, (len(x), x.shape[0])),
        [((32, 1), (2048, 1))],
    ),
    "leaky_relu": Work(lambda F, x: F.leaky_relu(x, 0.2), lambda T, N, x: N.leaky_relu(x, 0.2), [SQUARE]),
    "transpose": Work(lambda F, x: F.transpose(x), lambda T, N, x: T.transpose(x, 0, 1), [SQUARE]),
    "split_axis": Work(lambda F, x: F.split_axis(x, 2, 1)[0], lambda T, N, x: T.chunk(x, 2, 1)[0], [SQUARE]),
    "mean_squared_error": Work(
        lambda F, a, b: F.mean_squared_error(a, b), lambda T, N, a, b: N.mse_loss(a, b), [SQUARE, SQUARE]
    ),
    "matmul": same("matmul", ((32, 32), (1024, 1024)), ((32, 32), (1024, 4096))),
    "accuracy": Work(
        lambda F, y, t: F.accuracy(y, t), lambda T, N, y, t: (y.argmax(1) == t).float().mean(), [ROWS], labels=True
    ),
    "softplus": Work(lambda F, x: F.softplus(x), lambda T, N, x: N.softplus(x), [SQUARE]),
    "mean": Work(lambda F, x: F.mean(x, 1), lambda T, N, x: T.mean(x, 1), [SQUARE]),
    "expand_dims": Work(lambda F, x: F.expand_dims(x, 1), lambda T, N, x: T.unsqueeze(x, 1), [SQUARE]),
    "exp": same("exp"),
    "log_softmax": Work(lambda F, x: F.log_softmax(x), lambda T, N, x: T.log_softmax(x, 1), [ROWS]),
    "gaussian": Work(
        lambda F, m, v: F.gaussian(m, v),
        lambda T, N, m, v: m + T.exp(v * 0.5) * T.randn_like(m),
        [SQUARE, SQUARE],
    ),
    "stack": Work(lambda F, a, b: F.stack([a, b]), lambda T, N, a, b: T.stack([a, b]), [SQUARE, SQUARE]),
    "squeeze": Work(lambda F, x: F.squeeze(x, 1), lambda T, N, x: T.squeeze(x, 1), [((32, 1, 32), (2048, 1, 2048))]),
    "sqrt": same("sqrt"),
    "resize_images": Work(
        lambda F, x: F.resize_images(x, (2 * x.shape[2], 2 * x.shape[3])),
        lambda T, N, x: N.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True),
        [((1, 4, 8, 8), (4, 16, 128, 128))],
    ),
    "log": same("log"),
    "linear": Work(
        lambda F, x, W, b: F.linear(x, W, b),
        lambda T, N, x, W, b: N.linear(x, W, b),
        [((32, 32), (1024, 1024)), ((32, 32), (4096, 1024)), ((32,), (4096,))],
    ),
}


def arrays_of(work: Work, large: bool) -> list[np.ndarray[Any, Any]]:
    """Return the inputs of a work; floats are positive, so that logarithms and roots have them."""
    rng = np.random.default_rng(0)
    arrays: list[np.ndarray[Any, Any]] = [rng.uniform(0.1, 2, s[large]).astype(np.float32) for s in work.inputs]
    if work.labels:
        arrays.append(rng.integers(0, arrays[0].shape[1], len(arrays[0])))
    return arrays


def step_of_catenary(work: Work, arrays: list[Any]) -> Callable[[], Any]:
    """Return one step in Catenary."""
    import catenary.functions as F
    from catenary import Variable

    xs = [Variable(a) if a.dtype.kind == "f" else a for a in arrays]
    y = work.catenary(F, *xs)
    gy = np.ones(y.shape, y.dtype)

    def step() -> None:
        for x in xs:
            if isinstance(x, Variable):
                x.cleargrad()
        y = work.catenary(F, *xs)
        if y.creator is not None:
            y.grad = gy
            y.backward()

    return step


def step_of_torch(work: Work, arrays: list[Any]) -> Callable[[], Any]:
    """Return the same step in PyTorch."""
    import torch

    torch.set_num_threads(2)
    xs = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    gy = torch.ones_like(work.torch(torch, torch.nn.functional, *xs))

    def step() -> None:
        for x in xs:
            x.grad = None
        y = work.torch(torch, torch.nn.functional, *xs)
        if y.grad_fn is not None:
            y.backward(gy)

    return step


def one_turn(step: Callable[[], Any], seconds: float) -> float:
    """Return the median time of a step in one turn, after one step that warms up."""
    step()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(work: Work, large: bool, seconds: float) -> tuple[float, float, float]:
    """Return the times of Catenary and PyTorch in seconds, and the median of the ratios of their turns."""
    arrays = arrays_of(work, large)
    steps = step_of_catenary(work, arrays), step_of_torch(work, arrays)
    turns = [[one_turn(step, seconds / 14) for step in steps] for _ in range(7)]
    ours, theirs = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
    return ours, theirs, statistics.median(a / b for a, b in turns)


def main() -> None:
    """Time the functions, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(WORKS), metavar="NAME", help="names of functions")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each function and size")
    parser.add_argument("--markdown", type=Path, help="file for the table")
    arguments = parser.parse_args()
    lines = ["| function | small: us | ratio to PyTorch | large: ms | ratio to PyTorch |", "|---|---|---|---|---|"]
    ratios: list[tuple[float, float]] = []
    for name in arguments.names:
        small, large = (compare(WORKS[name], size, arguments.seconds) for size in (False, True))
        ratios.append((small[2], large[2]))
        lines.append(f"| {name} | {small[0] * 1e6:.1f} | {small[2]:.2f} | {large[0] * 1e3:.2f} | {large[2]:.2f} |")
        print(lines[-1], flush=True)
    lines.append("| median | | {:.2f} | | {:.2f} |".format(*map(statistics.median, zip(*ratios, strict=True))))
    print(lines[-1])
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
