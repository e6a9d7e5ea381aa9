"""Recurrent layers by their formulas; gradients come from steps into the imaginary, which are exact."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from cudnn_double.objects import Objects, array, demand, dtype_of, memory, packed

RELU, TANH, LSTM, GRU = 0, 1, 2, 3
GATES = {RELU: 1, TANH: 1, LSTM: 4, GRU: 3}
#: What stands in front of each parameter in the array of all weights, in elements.
GAP = 3
SPACE, RESERVE = 512, 64
STEP = 1e-30


class RecurrentLayers(Objects):
    """The functions."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self._runs: dict[int, Any] = {}

    def SetDropoutDescriptor(self, what: int, by: int, part: float, states: Any, size: int, seed: int) -> None:
        self.get("handle", by)
        demand(part == 0 and not states, "there is dropout")
        self.get("Dropout", what).part = part

    def SetRNNDescriptor_v8(self, what: int, *numbers: Any) -> None:
        algorithm, kind, biases, direction, inputs, dtype, wide, arithmetic, *sizes, dropout, flags = numbers
        one = self.get("RNN", what)
        demand((algorithm, biases, direction, inputs, flags) == (0, 2, 0, 0, 0), f"{numbers}")
        demand(self.get("Dropout", dropout).part == 0 and wide == dtype, "dropout, or another width")
        one.cell, one.dtype, one.arithmetic = kind, dtype_of(dtype), arithmetic
        one.features, one.units, projected, layers = sizes
        demand((projected, layers) == (one.units, 1), f"{sizes}")

    def SetRNNDataDescriptor(self, what: int, *numbers: Any) -> None:
        dtype, order, longest, count, features, lengths, fill = numbers
        one = self.get("RNNData", what)
        one.lengths, one.features, one.dtype = lengths[:count], features, dtype_of(dtype)
        demand(order == 1 and not fill, "not packed")
        demand(one.lengths == sorted(one.lengths, reverse=True) and min(one.lengths) > 0, f"lengths {one.lengths}")
        demand(longest == one.lengths[0], f"the longest is {longest}")

    def GetRNNTempSpaceSizes(self, by: int, what: int, mode: int, data: int, space: Any, reserve: Any) -> None:
        self.get("handle", by)
        demand(self.get("RNN", what).features == self.get("RNNData", data).features, "features")
        space[0], reserve[0] = SPACE, RESERVE if mode else 0

    def _shapes(self, one: Any) -> list[tuple[int, int]]:
        gates = GATES[one.cell]
        matrices = [(one.units, one.features)] * gates + [(one.units, one.units)] * gates
        return matrices + [(one.units, 1)] * (2 * gates)

    def _starts(self, one: Any) -> list[int]:
        sizes = [GAP + rows * columns for rows, columns in self._shapes(one)]
        return [GAP + sum(sizes[:i]) for i in range(len(sizes) + 1)]

    def GetRNNWeightSpaceSize(self, by: int, what: int, out: Any) -> None:
        self.get("handle", by)
        one = self.get("RNN", what)
        out[0] = self._starts(one)[-1] * one.dtype.itemsize

    def GetRNNWeightParams(self, by: int, what: int, layer: int, size: int, space: int, gate: int, *out: Any) -> None:
        one = self.get("RNN", what)
        starts, all_ = self._starts(one), 2 * GATES[one.cell]
        demand(layer == 0 and gate < all_ and size == starts[-1] * one.dtype.itemsize, "no such gate")
        self.get("Tensor", out[0]), self.get("Tensor", out[2])
        for place, i in ((out[1], gate), (out[3], all_ + gate)):
            place[0] = space + starts[i] * one.dtype.itemsize

    # --- the computation ---

    def _rows(self, data: int, place: int) -> np.ndarray:
        one = self.get("RNNData", data)
        shape = (sum(one.lengths), one.features)
        return array(place, one.dtype, shape, packed(shape))

    def _compute(self, one: Any, lengths: list[int], x: Any, h: Any, c: Any, weights: Any) -> tuple[Any, ...]:
        """Return the outputs of all steps and the last states, of whatever kind of numbers the inputs are."""
        starts, shapes, gates = self._starts(one), self._shapes(one), GATES[one.cell]
        parts = [weights[i : i + r * k].reshape(r, k) for i, (r, k) in zip(starts, shapes)]
        W, U, b, d = (parts[k * gates : (k + 1) * gates] for k in range(4))
        h, c, rows, begin = h.copy(), None if c is None else c.copy(), [], 0
        for step in range(lengths[0]):
            n = sum(length > step for length in lengths)
            by_x = [x[begin : begin + n] @ W[k].T + b[k].T for k in range(gates)]
            by_h = [h[:n] @ U[k].T + d[k].T for k in range(gates)]
            new, cells = _cell(one.cell, by_x, by_h, h[:n], None if c is None else c[:n])
            h[:n], begin = new, begin + n
            if cells is not None:
                c[:n] = cells
            rows.append(new)
        return np.concatenate(rows), h, c

    def RNNForward(self, by: int, what: int, mode: int, lengths: int, *rest: Any) -> None:
        of_x, x, of_y, y, of_h, hx, hy, of_c, cx, cy, size, weights, space_size, space, reserve_size, reserve = rest
        self.get("handle", by)
        one, data = self.get("RNN", what), self.get("RNNData", of_x)
        demand(memory(lengths, 4 * len(data.lengths)).view(np.int32).tolist() == data.lengths, "other lengths there")
        demand(self.get("RNNData", of_y).features == one.units, "outputs")
        demand(space_size == SPACE and bool(space) and reserve_size == (RESERVE if mode else 0), "spaces")
        has_cells = one.cell == LSTM
        demand(bool(of_c) == bool(cx) == bool(cy) == has_cells, "states of cells")
        inputs = {
            "x": self._rows(of_x, x).astype(np.float64),
            "h": self.array(of_h, hx)[0].astype(np.float64),
            "c": self.array(of_c, cx)[0].astype(np.float64) if has_cells else None,
            "weights": memory(weights, size).view(one.dtype).astype(np.float64),
        }
        found, h, c = self._compute(one, data.lengths, **inputs)
        self._rows(of_y, y)[...] = found
        self.array(of_h, hy)[0] = h
        if has_cells:
            self.array(of_c, cy)[0] = c
        if mode:
            number = next(self._numbers)
            self._runs[number] = (one, data.lengths, inputs, found)
            memory(reserve, RESERVE).view(np.int64)[:2] = number, 0

    def _slopes(self, run: Any, gy: Any, gh: Any, gc: Any, name: str) -> np.ndarray:
        """Return the gradients of one of the inputs."""
        one, lengths, inputs, _ = run
        found = np.zeros(inputs[name].shape)
        for place in np.ndindex(*found.shape):
            moved = inputs[name].astype(complex)
            moved[place] += STEP * 1j
            others = {k: None if v is None else v.astype(complex) for k, v in inputs.items()}
            y, h, c = self._compute(one, lengths, **{**others, name: moved})
            total = (y * gy).sum() + (h * gh).sum() + ((c * gc).sum() if gc is not None else 0)
            found[place] = total.imag / STEP
        return found

    def RNNBackwardData_v8(self, by: int, what: int, lengths: int, *rest: Any) -> None:
        of_y, y, gy, of_x, gx, of_h, hx, ghy, ghx, of_c, cx, gcy, gcx, *spaces = rest
        size, weights, space_size, space, reserve_size, reserve = spaces
        self.get("handle", by)
        demand(space_size == SPACE and bool(space) and reserve_size == RESERVE and bool(lengths), "spaces")
        marks = memory(reserve, RESERVE).view(np.int64)
        demand(marks[1] == 0, "the reserve was used before")
        marks[1] = 1
        one, _, inputs, outputs = run = self._runs[int(marks[0])]
        demand(one is self.get("RNN", what), "another layer")
        given = memory(weights, size).view(one.dtype)
        demand(np.array_equal(given, inputs["weights"].astype(one.dtype), equal_nan=True), "other weights")
        demand(np.allclose(self._rows(of_y, y), outputs, atol=1e-5), "other outputs")
        demand(np.allclose(self.array(of_h, hx)[0], inputs["h"]), "other states")
        has_cells = one.cell == LSTM
        demand(bool(of_c) == bool(cx) == bool(gcy) == bool(gcx) == has_cells, "states of cells")
        slopes = (
            self._rows(of_y, gy).astype(np.float64),
            self.array(of_h, ghy)[0].astype(np.float64),
            self.array(of_c, gcy)[0].astype(np.float64) if has_cells else None,
        )
        self._runs[-int(marks[0])] = slopes
        self._rows(of_x, gx)[...] = self._slopes(run, *slopes, "x")
        self.array(of_h, ghx)[0] = self._slopes(run, *slopes, "h")
        if has_cells:
            self.array(of_c, gcx)[0] = self._slopes(run, *slopes, "c")

    def RNNBackwardWeights_v8(self, by: int, what: int, add: int, lengths: int, *rest: Any) -> None:
        of_x, x, of_h, hx, of_y, y, size, weights, space_size, space, reserve_size, reserve = rest
        self.get("handle", by)
        marks = memory(reserve, reserve_size).view(np.int64)
        demand(add == 0 and marks[1] == 1 and space_size == SPACE and bool(space) and bool(lengths), "spaces")
        one, _, inputs, outputs = run = self._runs[int(marks[0])]
        demand(one is self.get("RNN", what), "another layer")
        demand(np.allclose(self._rows(of_x, x), inputs["x"]), "other inputs")
        demand(np.allclose(self.array(of_h, hx)[0], inputs["h"]), "other states")
        demand(np.allclose(self._rows(of_y, y), outputs, atol=1e-5), "other outputs")
        into = memory(weights, size).view(one.dtype)
        into += self._slopes(run, *self._runs[-int(marks[0])], "weights").astype(one.dtype)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _cell(kind: int, by_x: list[Any], by_h: list[Any], h: Any, c: Any) -> tuple[Any, Any]:
    """Return the new outputs, and the new states of cells."""
    if kind == LSTM:
        i, f, new, o = (a + b for a, b in zip(by_x, by_h))
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(new)
        return _sigmoid(o) * np.tanh(c), c
    if kind == GRU:
        r, z = (_sigmoid(a + b) for a, b in zip(by_x[:2], by_h[:2]))
        new = np.tanh(by_x[2] + r * by_h[2])
        return (1 - z) * new + z * h, None
    total = by_x[0] + by_h[0]
    return np.tanh(total) if kind == TANH else np.where(total.real > 0, total, 0), None
