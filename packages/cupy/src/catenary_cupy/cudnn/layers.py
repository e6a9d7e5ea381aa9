"""Descriptors of recurrent layers, packed sequences and weights, as cuDNN sees them.

Weights and biases of a layer lie in one array, in which cuDNN says where each gate's are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from catenary.device.repeating import before_replay
from catenary.types import Array
from catenary_cupy.cudnn import handle
from catenary_cupy.cudnn.descriptors import KEPT, compute_dtype, integers, tensor
from catenary_cupy.cudnn.layouts import DTYPES, Layout
from catenary_cupy.cudnn.library import Owned, load, result
from catenary_cupy.cudnn.prototypes import pointer, size

#: Kinds of cells, and how many gates each has.
RELU, TANH, LSTM, GRU = 0, 1, 2, 3
GATES = {RELU: 1, TANH: 1, LSTM: 4, GRU: 3}
STANDARD, TWO_BIASES, ONE_DIRECTION, BY_WEIGHTS, UNPADDED = 0, 2, 0, 0, 0
PACKED = 1
#: For how many lists of lengths the arrays on the GPU are kept.
LISTS = 64

Batches = tuple[int, ...]


class Cell(NamedTuple):
    """A layer whatever the sequences are.

    Attributes:
        kind: The kind of cell.
        features: The number of features.
        units: The number of units.
        dtype: The dtype.
        arithmetic: The kind of arithmetic.
        device: The number of the GPU.
    """

    kind: int
    features: int
    units: int
    dtype: str
    arithmetic: int
    device: int


# --- descriptors ---


@lru_cache(KEPT)
def layer(cell: Cell) -> Owned:
    """Return the descriptor of a layer.

    Args:
        cell: The layer; its GPU is the current one.
    """
    library, dropout = load(), Owned("DropoutDescriptor")
    made = Owned("RNNDescriptor", dropout)
    library.SetDropoutDescriptor(dropout, handle.current(), 0.0, None, 0, 0)
    kind = STANDARD, cell.kind, TWO_BIASES, ONE_DIRECTION, BY_WEIGHTS
    numbers = DTYPES[cell.dtype], compute_dtype(cell.dtype), cell.arithmetic
    library.SetRNNDescriptor_v8(
        *(made, *kind, *numbers, cell.features, cell.units, cell.units, 1, dropout, UNPADDED),
    )
    return made


@lru_cache(KEPT)
def sequences(batches: Batches, features: int, dtype: str) -> Owned:
    """Return the descriptor of packed sequences.

    Args:
        batches: The number of sequences at each step.
        features: The number of features.
        dtype: The dtype.
    """
    made, lengths = Owned("RNNDataDescriptor"), lengths_of(batches)
    numbers = len(batches), batches[0], features
    load().SetRNNDataDescriptor(made, DTYPES[dtype], PACKED, *numbers, integers(tuple(lengths.tolist())), None)
    return made


def states(batches: Batches, units: int, dtype: str) -> Owned:
    """Return the descriptor of the states of packed sequences.

    Args:
        batches: The number of sequences at each step.
        units: The number of units.
        dtype: The dtype.
    """
    return tensor(Layout((1, batches[0], units), False, dtype))


# --- sequences ---


def lengths_of(batches: Batches) -> np.ndarray[Any, Any]:
    """Return the lengths of packed sequences.

    Args:
        batches: The number of sequences at each step.
    """
    lengths: np.ndarray[Any, Any] = (np.asarray(batches)[:, None] > np.arange(batches[0])).sum(0)
    return lengths.astype(np.int32)


def rows_turned(batches: Batches) -> np.ndarray[Any, Any]:
    """Return which row of a packed array each row comes from when all sequences are turned around.

    Args:
        batches: The number of sequences at each step.
    """
    lengths, starts = lengths_of(batches), np.cumsum((0, *batches[:-1]))
    rows = [starts[lengths[:n] - 1 - step] + np.arange(n) for step, n in enumerate(batches)]
    return np.concatenate(rows)


@lru_cache(LISTS)
def _there(numbers: Callable[[Batches], np.ndarray[Any, Any]], batches: Batches, device: int) -> Array:
    return handle.cupy().asarray(numbers(batches))


def there(numbers: Callable[[Batches], np.ndarray[Any, Any]], batches: Batches, device: int) -> Array:
    """Return numbers that belong to packed sequences, on the GPU.

    Args:
        numbers: The function that finds them.
        batches: The number of sequences at each step.
        device: The number of the GPU, which is the current one.
    """
    array = _there(numbers, batches, device)
    before_replay(lambda: array)  # a recorded step reads them, and keeps them so
    return array


# --- weights ---


class Place(NamedTuple):
    """Where some rows of a parameter lie in the array of all weights.

    Attributes:
        parameter: Which one: weights of the inputs, of the outputs before, biases of both.
        rows: The rows.
        start: Where they begin, in elements.
    """

    parameter: int
    rows: slice
    start: int


@lru_cache(KEPT)
def places(cell: Cell) -> tuple[int, tuple[Place, ...]]:
    """Return how many elements the array of all weights has, and where the parameters of all gates lie.

    Args:
        cell: The layer; its GPU is the current one.
    """
    library, by, of_layer = load(), handle.current(), layer(cell)
    nbytes = result(library.GetRNNWeightSpaceSize, size, by, of_layer)
    space, itemsize = handle.cupy().empty(nbytes, "uint8"), 8 if cell.dtype == "float64" else 4
    matrix, vector, n = Owned("TensorDescriptor"), Owned("TensorDescriptor"), cell.units
    found: list[Place] = []
    for gate in range(2 * GATES[cell.kind]):
        of_matrix, of_vector = pointer(), pointer()
        library.GetRNNWeightParams(by, of_layer, 0, nbytes, space.data.ptr, gate, matrix, of_matrix, vector, of_vector)
        before, row = divmod(gate, GATES[cell.kind])
        rows = slice(row * n, (row + 1) * n)
        for parameter, place in ((before, of_matrix), (2 + before, of_vector)):
            found.append(Place(parameter, rows, ((place.value or 0) - space.data.ptr) // itemsize))
    return nbytes // itemsize, _joined(found, (cell.features, n, 1, 1))


def _joined(places: list[Place], columns: tuple[int, ...]) -> tuple[Place, ...]:
    """Return the places with neighbours as one."""
    joined: list[Place] = []
    for one in sorted(places, key=lambda one: (one.parameter, one.rows.start)):
        last = joined[-1] if joined else None
        if last is not None and last.parameter == one.parameter and last.rows.stop == one.rows.start:
            length = (last.rows.stop - last.rows.start) * columns[one.parameter]
            if last.start + length == one.start:
                joined[-1] = Place(one.parameter, slice(last.rows.start, one.rows.stop), last.start)
                continue
        joined.append(one)
    return tuple(joined)


def blocks(cell: Cell, space: Array, parameters: tuple[Array, ...]) -> Iterator[tuple[Array, Array]]:
    """Return rows of the parameters, and the parts of the array of all weights that hold the same.

    Args:
        cell: The layer.
        space: The array of all weights.
        parameters: Weights of the inputs and of the outputs before, biases of both.
    """
    for parameter, rows, start in places(cell)[1]:
        block = parameters[parameter][rows]
        yield block, space[start : start + block.size].reshape(block.shape)
