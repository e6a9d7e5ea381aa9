"""The functions of the family array, held to NumPy and SciPy by the conformance kit."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary import Variable
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.testing import (
    FunctionCase as case,
    WrongCall,
    function_tests,
    wrong_call_tests,
)

Array = np.ndarray[Any, Any]
IMAGES = (2, 3, 5, 6)
INDICES = np.array([[2, 0, 0], [1, 1, 2]])


def concat(xs: list[Array], axis: int = 1) -> Array:
    return np.concatenate(xs, axis)


def split_axis(x: Array, indices_or_sections: Any, axis: int) -> list[Array]:
    return np.split(x, indices_or_sections, axis)


def im2col(x: Array, ksize: int, stride: int = 1, pad: int = 0) -> Array:
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = np.lib.stride_tricks.sliding_window_view(x, (ksize, ksize), (2, 3))[:, :, ::stride, ::stride]
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), -1, *view.shape[2:4])


def separate(x: Array, axis: int = 0) -> list[Array]:
    return [x.take(i, axis) for i in range(x.shape[axis])]


def as_strided(x: Array, shape: Any, strides: Any, storage_offset: int = 0) -> Array:
    elements, y = x.ravel(), np.empty(shape)
    for place in np.ndindex(*shape):
        y[place] = elements[storage_offset + sum(i * s for i, s in zip(place, strides, strict=True))]
    return y


def permutate(x: Array, indices: Array, axis: int = 0, inv: bool = False) -> Array:
    y = np.empty_like(x)
    for new, old in enumerate(indices):
        source, target = (old, new) if not inv else (new, old)
        np.moveaxis(y, axis, 0)[target] = np.moveaxis(x, axis, 0)[source]
    return y


def scatter_add(a: Array, b: Array, slices: Any) -> Array:
    y = a.copy()
    np.add.at(y, slices, b)
    return y


def pad_sequence(xs: list[Array], length: int | None = None, padding: float = 0) -> Array:
    longest = max(map(len, xs)) if length is None else length
    return np.stack([np.concatenate([x, np.full((longest - len(x), *x.shape[1:]), float(padding))]) for x in xs])


def transpose_sequence(xs: list[Array]) -> list[Array]:
    return [np.stack([x[t] for x in xs if t < len(x)]) for t in range(len(xs[0]))]


def depth2space(x: Array, r: int, block_first: bool = True) -> Array:
    n, c, h, w = x.shape
    c //= r * r
    y = np.empty((n, c, h * r, w * r))
    for k, i, j in product(range(c), range(r), range(r)):
        y[:, k, i::r, j::r] = x[:, (i * r + j) * c + k if block_first else k * r * r + i * r + j]
    return y


def space2depth(x: Array, r: int, block_first: bool = True) -> Array:
    n, c, h, w = x.shape
    y = np.empty((n, c * r * r, h // r, w // r))
    for k, i, j in product(range(c), range(r), range(r)):
        y[:, (i * r + j) * c + k if block_first else k * r * r + i * r + j] = x[:, k, i::r, j::r]
    return y


def read(image: Array, v: float, u: float) -> Any:
    """Read one image, shape (channels, height, width), between its pixels."""
    y = np.zeros(len(image))
    for row, column in product((np.floor(v), np.floor(v) + 1), (np.floor(u), np.floor(u) + 1)):
        if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
            y += image[:, int(row), int(column)] * (1 - abs(v - row)) * (1 - abs(u - column))
    return y


def resize_images(x: Array, output_shape: Any, mode: str = "bilinear", align_corners: bool = True) -> Array:
    y = np.empty((*x.shape[:2], *output_shape))
    for image, (row, column) in product(range(len(x)), np.ndindex(*output_shape)):
        at = []
        for i, n, out in zip((row, column), x.shape[2:], output_shape, strict=True):
            if mode == "nearest":
                at.append(float(np.floor(i * n / out + 1e-9)))
            elif align_corners:
                at.append(i * (n - 1) / (out - 1) if out > 1 else 0.0)
            else:
                at.append(min(max((i + 0.5) * n / out - 0.5, 0.0), n - 1.0))
        y[image, :, row, column] = read(x[image], at[0], at[1])
    return y


def spatial_transformer_grid(theta: Array, output_shape: Any) -> Array:
    h, w = output_shape
    y = np.empty((len(theta), 2, h, w))
    for i, (row, column) in product(range(len(theta)), np.ndindex(h, w)):
        place = [2 * column / (w - 1) - 1, 2 * row / (h - 1) - 1, 1]
        y[i, :, row, column] = theta[i] @ place
    return y


def spatial_transformer_sampler(x: Array, grid: Array) -> Array:
    y = np.empty((*x.shape[:2], *grid.shape[2:]))
    for i, (row, column) in product(range(len(x)), np.ndindex(*grid.shape[2:])):
        u, v = (grid[i, :, row, column] + 1) * (np.array([x.shape[3], x.shape[2]]) - 1) / 2
        y[i, :, row, column] = read(x[i], v, u)
    return y


CASES = [
    case(F.concat, [(2, 1), (2, 3), (2, 0)], concat, takes_list=True),
    case(F.concat, [(2,), (3,)], concat, {"axis": 0}, takes_list=True),
    case(F.concat, [(2, 2)], concat, {"axis": -1}, takes_list=True),
    case(F.split_axis, [(2, 6)], split_axis, {"indices_or_sections": 3, "axis": 1}),
    case(F.split_axis, [(5,)], split_axis, {"indices_or_sections": [0, 2], "axis": 0}),
    case(F.stack, [(2, 3)] * 3, lambda xs, axis: np.stack(xs, axis), {"axis": -1}, takes_list=True),
    case(F.stack, [()] * 2, lambda xs: np.stack(xs), takes_list=True),
    case(F.separate, [(2, 3)], separate),
    case(F.separate, [(2, 3, 2)], separate, {"axis": -1}),
    *(
        case(function, shapes, reference, takes_list=True)
        for function, reference in [(F.vstack, np.vstack), (F.hstack, np.hstack), (F.dstack, np.dstack)]
        for shapes in ([(2, 3), (2, 3)], [(3,), (3,)], [(), ()], [(2, 2, 1)] * 3)
    ),
    case(F.vstack, [(0, 3), (2, 3)], np.vstack, takes_list=True),
    case(F.hstack, [(2,), (1,)], np.hstack, takes_list=True),
    case(F.where, [np.array([[True], [False]]), (2, 3), (3,)], np.where),
    case(F.expand_dims, [(2, 3)], np.expand_dims, {"axis": -2}),
    case(F.squeeze, [(1, 3, 1)], np.squeeze),
    case(F.squeeze, [(1, 3, 1)], np.squeeze, {"axis": -1}),
    *(case(F.flatten, [shape], np.ravel) for shape in [(2, 3), (), (0, 2)]),
    case(F.swapaxes, [(2, 3, 4)], np.swapaxes, {"axis1": 0, "axis2": -1}),
    case(F.moveaxis, [(2, 3, 4)], np.moveaxis, {"source": 0, "destination": -1}),
    case(F.moveaxis, [(2, 3, 4, 1)], np.moveaxis, {"source": (3, 0), "destination": (0, 2)}),
    *(
        case(F.rollaxis, [(2, 3, 4)], np.rollaxis, {"axis": axis, "start": start})
        for axis, start in [(2, 0), (0, 3), (1, -1), (-1, 1)]
    ),
    case(F.broadcast_to, [(3, 1)], np.broadcast_to, {"shape": (2, 3, 4)}),
    case(F.broadcast, [(2, 1), (3,), ()], np.broadcast_arrays),
    case(F.broadcast, [(2,)], np.broadcast_arrays),
    case(F.cast, [(2,)], lambda x, typ: x, {"typ": "float64"}, dtypes=["float64"]),
    case(
        F.get_item, [(3, 4)], lambda x, slices: x[slices], {"slices": (slice(1, None), [0, 0, 3])}, deterministic=False
    ),
    case(F.get_item, [(3, 4)], lambda x, slices: x[slices], {"slices": (slice(None, None, -2), None, 1)}),
    case(F.reshape, [(2, 6)], np.reshape, {"shape": (3, -1)}),
    case(F.sum_to, [(2, 3)], lambda x, shape: x.sum(0), {"shape": (3,)}),
    case(F.transpose, [(2, 3, 4)], np.transpose, {"axes": (1, 2, 0)}),
    case(F.transpose, [(2, 3)], np.transpose),
    case(F.im2col, [IMAGES], im2col, {"ksize": 3, "stride": 2, "pad": 1}),
    case(F.as_strided, [(2, 3)], as_strided, {"shape": (4, 2), "strides": (1, 2)}, deterministic=False),
    case(
        F.as_strided,
        [(6,)],
        as_strided,
        {"shape": (2, 3), "strides": (0, -1), "storage_offset": 4},
        deterministic=False,
        name="offset",
    ),
    *(
        case(F.diagonal, [shape], np.diagonal, attributes)
        for shape, attributes in [
            ((3, 4), {}),
            ((3, 4), {"offset": 2}),
            ((3, 4), {"offset": -1}),
            ((2, 3), {"offset": 5}),
            ((2, 3, 4), {"offset": 1, "axis1": 2, "axis2": 0}),
            ((2, 3, 3), {"axis1": -2, "axis2": -1}),
        ]
    ),
    case(
        F.one_hot,
        [INDICES],
        lambda i, num_classes, dtype: np.eye(num_classes, dtype=dtype)[i],
        {"num_classes": 4, "dtype": "int64"},
        order=0,
    ),
    *(
        case(F.permutate, [shape, np.array([2, 0, 1])], permutate, attributes)
        for shape, attributes in [((3,), {}), ((2, 3), {"axis": 1}), ((3, 2), {"inv": True}), ((2, 3), {"axis": -1})]
    ),
    *(
        case(
            F.scatter_add,
            [(3, 4), b],
            scatter_add,
            {"slices": slices},
            deterministic=deterministic,
            route=lambda a, b, slices: F.scatter_add(a, slices, b),
        )
        for b, slices, deterministic in [
            ((2,), ([0, 0], [1, 1]), False),
            ((4,), [1, 1, 2], False),
            ((2, 4), slice(1, None), True),
            ((), 0, True),
        ]
    ),
    case(F.select_item, [(4, 3), np.array([2, 0, 1, 0])], lambda x, t: np.array([x[i, k] for i, k in enumerate(t)])),
    case(F.select_item, [(0, 3), np.zeros(0, int)], lambda x, t: np.zeros(0)),
    *(
        case(F.take_along_axis, [shape, indices], np.take_along_axis, {"axis": axis}, deterministic=False)
        for shape, indices, axis in [((2, 4), INDICES, 1), ((3, 3), INDICES, 0), ((2, 2, 3), INDICES[:, None], -1)]
    ),
    case(F.copy, [(2, 3)], np.copy, name="stays", route=lambda x: F.copy(x, catenary.get_device_from_array(x))),
    *(case(F.flip, [(2, 3, 4)], np.flip, {"axis": axis}) for axis in (1, -1, (0, 2), None)),
    *(case(function, [(2, 3)], getattr(np, function.__name__)) for function in (F.fliplr, F.flipud)),
    case(F.flipud, [(0,)], np.flipud),
    *(
        case(F.pad, [shape], np.pad, {"pad_width": width, "mode": "constant", **keywords})
        for shape, width, keywords in [
            ((2, 3), 1, {}),
            ((3,), (2, 0), {"constant_values": -1.5}),
            ((2, 3), ((1, 0), (0, 2)), {"constant_values": ((1, 2), (3, 4))}),
            ((0, 2), 1, {}),
            ((), 3, {}),
        ]
    ),
    *(
        case(F.pad, [(3, 4)], np.pad, {"pad_width": ((2, 1), (0, 5)), "mode": mode}, name=mode, deterministic=False)
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ),
    case(F.pad_sequence, [(2,), (3,), (0,)], pad_sequence, takes_list=True),
    case(F.pad_sequence, [(2, 2), (1, 2)], pad_sequence, {"length": 4, "padding": -1}, takes_list=True),
    case(F.transpose_sequence, [(3, 2), (3, 2), (1, 2), (0, 2)], transpose_sequence, takes_list=True),
    case(F.transpose_sequence, [(2,), (1,)], transpose_sequence, takes_list=True),
    *(
        case(F.repeat, [(2, 3)], np.repeat, {"repeats": repeats, "axis": axis})
        for repeats, axis in [(2, None), (3, 0), ((2,), -1), (0, 1)]
    ),
    case(F.repeat, [(2, 3)], np.repeat, {"repeats": (2, 0, 1), "axis": 1}, name="several", deterministic=False),
    *(
        case(F.tile, [shape], np.tile, {"reps": reps})
        for shape, reps in [((2, 3), 2), ((2, 3), (2, 1, 2)), ((3,), (0,)), ((), (2, 3)), ((1, 2, 1), (3, 2))]
    ),
    case(F.depth2space, [(2, 8, 2, 3)], depth2space, {"r": 2}),
    case(F.space2depth, [(2, 2, 4, 6)], space2depth, {"r": 2}),
    case(F.pixel_shuffle, [(2, 18, 1, 2)], lambda x, r: depth2space(x, r, False), {"r": 3}),
    case(F.pixel_unshuffle, [(2, 2, 4, 2)], lambda x, r: space2depth(x, r, False), {"r": 2}),
    *(
        case(
            F.resize_images,
            [(2, 1, 3, 4)],
            resize_images,
            {"output_shape": size, "mode": mode, "align_corners": corners},
        )
        for size in ((5, 6), (2, 1))
        for mode, corners in [("bilinear", True), ("bilinear", False), ("nearest", True)]
    ),
    case(F.spatial_transformer_grid, [(2, 2, 3)], spatial_transformer_grid, {"output_shape": (2, 3)}),
    case(
        F.spatial_transformer_sampler,
        [(2, 2, 4, 3), (2, 2, 3, 2)],
        spatial_transformer_sampler,
        domain=(-1.4, 1.4),
        deterministic=False,
        dtypes=["float32", "float64"],  # coordinates in half precision lie elsewhere
    ),
]
test_functions = function_tests(CASES)


def test_one_hot_has_the_dtype_of_the_setting() -> None:
    assert F.one_hot(INDICES, 3).dtype == np.float32
    with catenary.using_config("dtype", "float64"):
        assert F.one_hot(INDICES, 3).dtype == np.float64


def test_copy_moves_there_and_its_gradient_back() -> None:
    x, device = Variable(np.arange(3.0)), catenary.get_device("@tripwire")
    y = F.copy(x, "@tripwire")
    assert y.device == device
    assert F.copy(y, -1).device == catenary.get_device("@numpy")
    F.sum(F.copy(y * y, -1)).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 2.0, 4.0])


def test_sequences_without_elements_get_no_gradient_and_disturb_none() -> None:
    xs = [Variable(np.ones((2, 3))), Variable(np.ones((0, 3)))]
    F.sum(F.concat(F.transpose_sequence(xs), 0)).backward()
    np.testing.assert_array_equal(xs[0].grad, np.ones((2, 3)))


def test_images_of_integers_are_resized_in_floats() -> None:
    x = np.array([[[[1, 2]]]])
    assert F.resize_images(x, (1, 3)).array.tolist() == [[[[1.0, 1.5, 2.0]]]]
    assert F.resize_images(x, (1, 4), mode="nearest").array.tolist() == [[[[1, 1, 2, 2]]]]


def test_nearest_pixels_keep_what_no_sum_could_hold() -> None:
    x = np.array([[[[np.inf, 1.0], [np.nan, 2.0]]]])
    y = F.resize_images(x, (2, 4), mode="nearest").array
    np.testing.assert_array_equal(y, x.repeat(2, 3))


@pytest.mark.parametrize("r", [2, 3])
def test_pixel_shuffle_and_depth2space_are_undone(r: int) -> None:
    x = np.arange(2.0 * 4 * 9 * 2 * 3).reshape(2, 36, 2, 3)
    np.testing.assert_array_equal(F.space2depth(F.depth2space(x, r), r).array, x)
    np.testing.assert_array_equal(F.pixel_unshuffle(F.pixel_shuffle(x, r), r).array, x)


X = np.ones((2, 3))
IMAGE = np.ones((1, 3, 2, 2))
WRONG: list[WrongCall] = [
    WrongCall("concat", lambda: F.concat([X, "x"]), ArgumentTypeError, "xs[1] must be an array, got str"),
    WrongCall("concat", lambda: F.concat([X, X[:1]]), ArgumentError, "all the input array dimensions"),
    WrongCall("split_axis", lambda: F.split_axis(X, 2, 1), ArgumentError, "cannot split an axis of length 3"),
    WrongCall("split_axis", lambda: F.split_axis(X, 2, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("stack", lambda: F.stack([X, X[0]]), ArgumentError, "all input arrays must have the same shape"),
    WrongCall("separate", lambda: F.separate(X, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("vstack", lambda: F.vstack([X, X[:, :2]]), ShapeError, "xs must have the same shape but for axis 0"),
    WrongCall("vstack", lambda: F.vstack([]), ArgumentError, "xs must be a list of arrays, and not empty"),
    WrongCall("hstack", lambda: F.hstack([X, X[:1]]), ShapeError, "xs must have the same shape but for axis 1"),
    WrongCall("hstack", lambda: F.hstack([1.0]), ArgumentTypeError, "xs[0] must be an array, got float"),
    WrongCall("dstack", lambda: F.dstack([X, X[:1]]), ShapeError, "xs must have the same shape but for axis 2"),
    WrongCall("where", lambda: F.where(X > 0, X, X[:, :2]), ArgumentError, "operands could not be broadcast"),
    WrongCall("expand_dims", lambda: F.expand_dims(X, 3), ArgumentError, "axis must be from -3 to 2, got 3"),
    WrongCall("squeeze", lambda: F.squeeze(X, 1), ShapeError, "axis 1 must have length 1, got shape (2, 3)"),
    WrongCall("squeeze", lambda: F.squeeze(X, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("flatten", lambda: F.flatten([1.0]), ArgumentTypeError, "x must be an array, got list"),
    WrongCall("swapaxes", lambda: F.swapaxes(X, 0, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("moveaxis", lambda: F.moveaxis(X, 0, 2), ArgumentError, "axis must be from -2 to 1, got 2"),
    WrongCall("moveaxis", lambda: F.moveaxis(X, (0, 0), (0, 1)), ArgumentError, "source and destination must have"),
    WrongCall("rollaxis", lambda: F.rollaxis(X, 0, 3), ArgumentError, "start must be from -2 to 2, got 3"),
    WrongCall("broadcast_to", lambda: F.broadcast_to(X, (2, 4)), ArgumentError, "operands could not be broadcast"),
    WrongCall("broadcast", lambda: F.broadcast(X, X[:, :2]), ShapeError, "args must have shapes that broadcast"),
    WrongCall("broadcast", lambda: F.broadcast(X, 1.0), ArgumentTypeError, "args[1] must be an array, got float"),
    WrongCall("cast", lambda: F.cast(X, "number"), ArgumentTypeError, "data type 'number' not understood"),
    WrongCall("get_item", lambda: F.get_item(X, 2), ArgumentError, "index 2 is out of bounds"),
    WrongCall("reshape", lambda: F.reshape(X, (4,)), ArgumentError, "cannot reshape array of size 6 into shape (4,)"),
    WrongCall("sum_to", lambda: F.sum_to(X, (2,)), ShapeError, "cannot sum an array of shape (2, 3) to (2,)"),
    WrongCall("transpose", lambda: F.transpose(X, (0, 0)), ArgumentError, "repeated axis"),
    WrongCall("as_strided", lambda: F.as_strided(X, (4, 3), (1, 2)), ArgumentError, "places must be from 0 to 5"),
    WrongCall("as_strided", lambda: F.as_strided(X, (4, 3), (1,)), ShapeError, "strides must have 2 numbers"),
    WrongCall("diagonal", lambda: F.diagonal(X[0]), ArgumentError, "source: axis 1 is out of bounds"),
    WrongCall("one_hot", lambda: F.one_hot(INDICES, 2), ArgumentError, "indices must be from 0 to 1, got 0 to 2"),
    WrongCall("one_hot", lambda: F.one_hot(X, 2), ArgumentTypeError, "indices must hold integers, got float64"),
    WrongCall(
        "permutate", lambda: F.permutate(X, np.array([0, 0])), ArgumentError, "indices must be the numbers from 0"
    ),
    WrongCall(
        "permutate", lambda: F.permutate(X, np.arange(3)), ArgumentError, "indices must be the numbers from 0 to 1"
    ),
    WrongCall("scatter_add", lambda: F.scatter_add(X, 0, 1.0), ArgumentTypeError, "b must be an array, got float"),
    WrongCall("select_item", lambda: F.select_item(X, np.array([0])), ShapeError, "t must have shape (2,) for x of"),
    WrongCall("select_item", lambda: F.select_item(X, np.array([0, 3])), ArgumentError, "t must be from 0 to 2, got 0"),
    WrongCall("take_along_axis", lambda: F.take_along_axis(X, INDICES[0], 1), ShapeError, "indices must have 2 axes"),
    WrongCall("copy", lambda: F.copy("x", -1), ArgumentTypeError, "x must be an array, got str"),
    WrongCall("flip", lambda: F.flip(X, 2), ArgumentError, "axis 2 is out of bounds for array of dimension 2"),
    WrongCall("fliplr", lambda: F.fliplr(X[0]), ArgumentError, "Input must be >= 2-d"),
    WrongCall("flipud", lambda: F.flipud(X[0, 0].reshape(())), ArgumentError, "Input must be >= 1-d"),
    WrongCall("pad", lambda: F.pad(X, 1, "mean"), ArgumentError, "mode must be 'constant' or 'edge' or 'reflect'"),
    WrongCall(
        "pad", lambda: F.pad(X, (1, 2, 3), "edge"), ArgumentError, "pad_width must be numbers or a pair for each"
    ),
    WrongCall("pad", lambda: F.pad(X, -1, "constant"), ArgumentError, "pad_width must be numbers or a pair for each"),
    WrongCall("pad", lambda: F.pad(X, 1, "edge", constant_values=1), ArgumentError, "keywords for mode 'edge' must be"),
    WrongCall(
        "pad", lambda: F.pad(X[:0], 1, "edge"), ArgumentError, "x must have elements to repeat, got shape (0, 3)"
    ),
    WrongCall("pad_sequence", lambda: F.pad_sequence([X, X[0]]), ShapeError, "xs must have the same shape but for the"),
    WrongCall("pad_sequence", lambda: F.pad_sequence([X], 1), ShapeError, "length must be at least 2, got 1"),
    WrongCall("transpose_sequence", lambda: F.transpose_sequence([X[:1], X]), ShapeError, "xs must not grow longer"),
    WrongCall("repeat", lambda: F.repeat(X, (1, 2, 3), 0), ArgumentError, "repeats must be 1 or 2 numbers"),
    WrongCall("repeat", lambda: F.repeat(X, -1, 0), ArgumentError, "repeats must be 1 or 2 numbers"),
    WrongCall("tile", lambda: F.tile(X, -1), ArgumentError, "reps must not be negative, got -1"),
    WrongCall("depth2space", lambda: F.depth2space(IMAGE, 2), ShapeError, "X must have a multiple of 2 * 2 channels"),
    WrongCall("space2depth", lambda: F.space2depth(IMAGE, 3), ShapeError, "X must have a height and a width that 3"),
    WrongCall(
        "pixel_shuffle", lambda: F.pixel_shuffle(IMAGE, 2), ShapeError, "x must have a multiple of 2 * 2 channels"
    ),
    WrongCall("pixel_unshuffle", lambda: F.pixel_unshuffle(X, 2), ShapeError, "x must have 4 axes"),
    WrongCall("resize_images", lambda: F.resize_images(X, (2, 2)), ShapeError, "x must have 4 axes"),
    WrongCall(
        "resize_images", lambda: F.resize_images(IMAGE, (0, 2)), ArgumentError, "output_shape must be a positive"
    ),
    WrongCall("resize_images", lambda: F.resize_images(IMAGE, (2, 2), mode="cubic"), ArgumentError, "mode must be"),
    WrongCall(
        "spatial_transformer_grid",
        lambda: F.spatial_transformer_grid(X, (2, 2)),
        ShapeError,
        "theta must have shape (batch, 2, 3), got (2, 3)",
    ),
    WrongCall(
        "spatial_transformer_sampler",
        lambda: F.spatial_transformer_sampler(IMAGE, X),
        ShapeError,
        "grid must have shape (1, 2, height, width), got (2, 3)",
    ),
    WrongCall("im2col", lambda: F.im2col(IMAGE, 3), ShapeError, "a window of (3, 3)"),
]
test_wrong_calls = wrong_call_tests(WRONG)
