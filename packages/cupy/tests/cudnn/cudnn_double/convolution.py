"""Convolution in three directions, by the definition: a sum over the places in a window."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary_cupy.cudnn.prototypes import Performance
from cudnn_double.objects import Objects, Refusal, demand

#: The number, the bytes of workspace, and whether the result is the same each time, for each algorithm.
PROPOSED = [(5, 4096, 0), (1, 1024, 1), (0, 0, 1)]


class Convolutions(Objects):
    """The functions.

    Attributes:
        proposed: The algorithms that are proposed, the best first.
        measured: Those that are found by measuring.
        arithmetic: The kind of arithmetic that is proposed, if it is not the one that was asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.proposed = list(PROPOSED)
        self.measured = PROPOSED[::-1]
        self.arithmetic: int | None = None
        for kind, kinds, compute in (
            ("Forward", ("Tensor", "Filter", "Tensor"), _forward),
            ("BackwardData", ("Filter", "Tensor", "Tensor"), _backward_data),
            ("BackwardFilter", ("Tensor", "Tensor", "Filter"), _backward_filter),
        ):
            direction = _Direction(self, kinds, compute)
            setattr(self, f"Convolution{kind}", direction.run)
            setattr(self, f"GetConvolution{kind}Algorithm_v7", direction.propose)
            setattr(self, f"GetConvolution{kind}WorkspaceSize", direction.size)
            setattr(self, f"FindConvolution{kind}AlgorithmEx", direction.measure)

    def SetConvolutionNdDescriptor(
        self, what: int, axes: int, pad: Any, stride: Any, dilate: Any, mode: int, dtype: int
    ) -> None:
        one = self.get("Convolution", what)
        one.pad, one.stride, one.dilate = (tuple(numbers[:axes]) for numbers in (pad, stride, dilate))
        one.dtype, one.groups, one.arithmetic = dtype, 1, 0
        demand(mode == 1, "no cross-correlation")

    def SetConvolutionMathType(self, what: int, arithmetic: int) -> None:
        self.get("Convolution", what).arithmetic = arithmetic

    def SetConvolutionGroupCount(self, what: int, groups: int) -> None:
        self.get("Convolution", what).groups = groups

    def GetConvolutionNdForwardOutputDim(self, conv: int, images: int, filters: int, count: int, out: Any) -> None:
        geometry, of_images = self.get("Convolution", conv), self.get("Tensor", images)
        kernel = self.get("Filter", filters).shape
        out[:count] = (of_images.shape[0], kernel[0], *_places(of_images.shape, kernel, geometry))

    def AddTensor(self, by: int, one: int, of_a: int, a: int, kept: int, of_c: int, c: int) -> None:
        self.get("handle", by)
        added = self.array(of_a, a).astype(np.float64)
        self.store(of_c, c, np.broadcast_to(added, self.array(of_c, c).shape), (one, kept))

    def ConvolutionBackwardBias(self, by: int, one: int, of_y: int, y: int, kept: int, of_b: int, b: int) -> None:
        self.get("handle", by)
        gy = self.array(of_y, y).astype(np.float64)
        self.store(of_b, b, gy.sum((0, *range(2, gy.ndim)), keepdims=True), (one, kept))


class _Direction:
    def __init__(self, library: Convolutions, kinds: tuple[str, ...], compute: Any) -> None:
        self._library, self._kinds, self._compute = library, kinds, compute

    def _check(self, by: int, conv: int, *arrays: int) -> Any:
        library = self._library
        library.get("handle", by)
        geometry = library.get("Convolution", conv)
        of = [library.get(kind, one) for kind, one in zip(self._kinds, arrays)]
        demand(len({one.dtype for one in of}) == 1, "several dtypes")
        images, results = [one.shape for one, kind in zip(of, self._kinds) if kind == "Tensor"]
        if self._kinds.index("Filter") == 0:
            images, results = results, images
        (kernel,) = [one.shape for one, kind in zip(of, self._kinds) if kind == "Filter"]
        expected = (images[0], kernel[0], *_places(images, kernel, geometry))
        demand(results == expected, f"results {results}, expected {expected}")
        demand(images[1] == kernel[1] * geometry.groups, f"channels {images[1]}, filters {kernel}")
        return geometry

    def run(
        self, by: int, one: int, of_a: int, a: int, of_b: int, b: int, conv: int, algorithm: int,
        space: int | None, size: int, kept: int, of_c: int, c: int,
    ) -> None:  # fmt: skip
        geometry = self._check(by, conv, of_a, of_b, of_c)
        demand(a % 16 == b % 16 == c % 16 == 0, "an address is not aligned")
        needed = {number: memory for number, memory, _ in self._library.proposed}
        if size < needed[algorithm] or (size and not space):
            raise Refusal(2006, "the workspace is too small")
        first = self._library.array(of_a, a, self._kinds[0]).astype(np.float64)
        second = self._library.array(of_b, b, self._kinds[1]).astype(np.float64)
        out = self._library.get(self._kinds[2], of_c).shape
        self._library.store(of_c, c, self._compute(first, second, out, geometry), (one, kept), self._kinds[2])

    def size(self, by: int, of_a: int, of_b: int, conv: int, of_c: int, algorithm: int, out: Any) -> None:
        geometry = self._check(by, conv, of_a, of_b, of_c)
        needed = {number: memory for number, memory, _ in self._library.proposed}
        demand(geometry.arithmetic == 3, "this is asked for with another arithmetic than was proposed")
        out[0] = needed[algorithm]

    def propose(self, by: int, of_a: int, of_b: int, conv: int, of_c: int, most: int, count: Any, found: Any) -> None:
        self._write(self._check(by, conv, of_a, of_b, of_c), self._library.proposed, most, count, found)

    def measure(
        self, by: int, of_a: int, a: int, of_b: int, b: int, conv: int, of_c: int, c: int, most: int,
        count: Any, found: Any, space: int | None, size: int,
    ) -> None:  # fmt: skip
        demand(all((a, b, c)), "an address is null")
        geometry = self._check(by, conv, of_a, of_b, of_c)
        fitting = [one for one in self._library.measured if one[1] <= size]
        self._write(geometry, fitting, most, count, found)

    def _write(self, geometry: Any, algorithms: Any, most: int, count: Any, found: Any) -> None:
        count[0] = min(len(algorithms), most)
        arithmetic = geometry.arithmetic if self._library.arithmetic is None else self._library.arithmetic
        for i, (number, memory, determinism) in enumerate(algorithms[:most]):
            found[i] = Performance(number, 0, 1.0 + i, memory, determinism, arithmetic)


def _places(images: tuple[int, ...], kernel: tuple[int, ...], geometry: Any) -> tuple[int, ...]:
    fields = zip(images[2:], kernel[2:], geometry.pad, geometry.stride, geometry.dilate, strict=True)
    return tuple((n + 2 * p - (k - 1) * d - 1) // s + 1 for n, k, p, s, d in fields)


def _taps(kernel: tuple[int, ...], places: tuple[int, ...], geometry: Any) -> Any:
    """Return each place in a window with what it sees of padded images."""
    for tap in np.ndindex(*kernel):
        fields = zip(tap, geometry.dilate, geometry.stride, places)
        yield tap, (..., *(slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, s, n in fields))


def _padded(x: np.ndarray, geometry: Any) -> np.ndarray:
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in geometry.pad)])


def _grouped(a: np.ndarray, groups: int, axis: int) -> np.ndarray:
    return a.reshape(*a.shape[:axis], groups, a.shape[axis] // groups, *a.shape[axis + 1 :])


def _forward(x: np.ndarray, W: np.ndarray, out: tuple[int, ...], geometry: Any) -> np.ndarray:
    groups, x = geometry.groups, _padded(x, geometry)
    filters, y = _grouped(W, groups, 0), np.zeros((out[0], groups, out[1] // groups, *out[2:]))
    for tap, seen in _taps(W.shape[2:], out[2:], geometry):
        y += np.einsum("ngc...,goc->ngo...", _grouped(x[seen], groups, 1), filters[(..., *tap)])
    return y.reshape(out)


def _backward_data(W: np.ndarray, gy: np.ndarray, out: tuple[int, ...], geometry: Any) -> np.ndarray:
    groups, filters = geometry.groups, _grouped(W, geometry.groups, 0)
    gx = _padded(np.zeros(out), geometry)
    for tap, seen in _taps(W.shape[2:], gy.shape[2:], geometry):
        part = np.einsum("ngo...,goc->ngc...", _grouped(gy, groups, 1), filters[(..., *tap)])
        gx[seen] += part.reshape(out[0], out[1], *gy.shape[2:])
    return gx[(..., *(slice(p, p + n) for p, n in zip(geometry.pad, out[2:])))]


def _backward_filter(x: np.ndarray, gy: np.ndarray, out: tuple[int, ...], geometry: Any) -> np.ndarray:
    groups, x, gW = geometry.groups, _padded(x, geometry), np.zeros(out)
    results = _grouped(gy, groups, 1).reshape(len(gy), groups, out[0] // groups, -1)
    for tap, seen in _taps(out[2:], gy.shape[2:], geometry):
        images = _grouped(x[seen], groups, 1).reshape(len(gy), groups, out[1], -1)
        gW[(..., *tap)] = np.einsum("ngop,ngcp->goc", results, images).reshape(out[:2])
    return gW
