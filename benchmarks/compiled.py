"""What a compiled kernel would gain: Adam's sweep by Numba beside the one in NumPy, and its part of a training step.

    pip install numba
    python -m benchmarks.compiled [--seconds 6]

The packages do not use Numba; this is what the decision rests on.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.works import adam, mlp


def compiled() -> Callable[[], object]:
    """Return a step of Adam over the parameters of `adam`, in one pass and two threads."""
    import numba

    numba.set_num_threads(2)

    @numba.njit(parallel=True, fastmath=True)
    def sweep(p: Any, g: Any, m: Any, v: Any, rate: float, eps: float) -> None:
        for i in numba.prange(p.size):
            m[i] += np.float32(0.1) * (g[i] - m[i])
            v[i] += np.float32(0.001) * (g[i] * g[i] - v[i])
            p[i] -= np.float32(rate) * m[i] / (np.sqrt(v[i]) + np.float32(eps))

    params = [param.ravel().copy() for param in adam.PARAMS]
    grads = [grad.ravel() for grad in adam.GRADS]
    states = [(np.zeros_like(param), np.zeros_like(param)) for param in params]

    def step() -> None:
        for param, grad, (m, v) in zip(params, grads, states):
            sweep(param, grad, m, v, 0.001, 1e-8)

    return step


def in_turn(steps: list[Callable[[], object]], seconds: float) -> list[float]:
    """Return the median times in milliseconds of steps that take turns."""
    times: list[list[float]] = [[] for _ in steps]
    for step in steps:
        for _ in range(5):
            step()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for step, found in zip(steps, times):
            for i in range(12):
                start = time.perf_counter()
                step()
                if i >= 4:
                    found.append(time.perf_counter() - start)
    return [statistics.median(found) * 1e3 for found in times]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long to measure")
    ours, theirs, step = in_turn([adam.catenary(), compiled(), mlp.catenary()], parser.parse_args().seconds)
    print("| Adam in NumPy (ms) | by Numba (ms) | MLP step (ms) | with Numba's Adam (ms) | gain of the step |")
    print("|---|---|---|---|---|")
    with_it = step - ours + theirs
    print(f"| {ours:.2f} | {theirs:.2f} | {step:.2f} | {with_it:.2f} | {step / with_it:.2f} |")


if __name__ == "__main__":
    main()
