"""Calls of array functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

import numpy as np

ORDER = np.array([2, 0, 1], np.int32)
COLUMNS = np.array([2, 0, 1, 0], np.int32)
IMAGES = (2, 3, 3, 4)

CASES = {
    "as_strided": [
        (lambda F, x: F.as_strided(x, (4, 2), (1, 2)), (2, 3)),
        (lambda F, x: F.as_strided(x, (2, 3), (0, 1), 2), (6,)),
    ],
    "broadcast": [(lambda F, a, b: F.broadcast(a, b), (2, 1), (3,))],
    "broadcast_to": [(lambda F, x: F.broadcast_to(x, (2, 3, 4)), (3, 1))],
    "cast": [(lambda F, x: F.cast(x, "f8"), (2, 3)), (lambda F, x: F.cast(x, "f"), (2, 3))],
    "concat": [
        (lambda F, a, b: F.concat([a, b]), (2, 3), (2, 1)),
        (lambda F, a, b: F.concat((a, b), axis=0), (2, 3), (1, 3)),
    ],
    "copy": [(lambda F, x: F.copy(x, -1), (2, 3))],
    "depth2space": [(lambda F, X: F.depth2space(X, 2), (2, 8, 2, 3))],
    "diagonal": [
        (lambda F, x: F.diagonal(x), (3, 4)),
        (lambda F, x: F.diagonal(x, offset=1, axis1=2, axis2=0), (2, 3, 4)),
        (lambda F, x: F.diagonal(x, -1), (3, 4)),
    ],
    "dstack": [(lambda F, a, b: F.dstack([a, b]), (2, 3), (2, 3)), (lambda F, a, b: F.dstack([a, b]), (3,), (3,))],
    "expand_dims": [(lambda F, x: F.expand_dims(x, 1), (2, 3)), (lambda F, x: F.expand_dims(x, -1), (2, 3))],
    "flatten": [(lambda F, x: F.flatten(x), (2, 3))],
    "flip": [(lambda F, x: F.flip(x, 0), (2, 3)), (lambda F, x: F.flip(x, -1), (2, 3))],
    "fliplr": [(lambda F, a: F.fliplr(a), (2, 3))],
    "flipud": [(lambda F, a: F.flipud(a), (2, 3))],
    "get_item": [
        (lambda F, x: F.get_item(x, (slice(1, None), [0, 0, 2])), (3, 4)),
        (lambda F, x: F.get_item(x, (None, Ellipsis, 1)), (3, 4)),
    ],
    "hstack": [(lambda F, a, b: F.hstack([a, b]), (2, 3), (2, 1)), (lambda F, a, b: F.hstack([a, b]), (3,), (2,))],
    "im2col": [
        (lambda F, x: F.im2col(x, 2), IMAGES),
        (lambda F, x: F.im2col(x, 2, stride=2, pad=1, cover_all=True), IMAGES),
        (lambda F, x: F.im2col(x, (2, 1), dilate=2), IMAGES),
    ],
    "moveaxis": [
        (lambda F, x: F.moveaxis(x, 0, -1), (2, 3, 4)),
        (lambda F, x: F.moveaxis(x, (0, 2), (1, 0)), (2, 3, 4)),
    ],
    "pad": [
        (lambda F, x: F.pad(x, 1, "constant"), (2, 3)),
        (lambda F, x: F.pad(x, ((1, 0), (0, 2)), "constant", constant_values=1.5), (2, 3)),
        # Without a gradient: Chainer gives the repeated elements none.
        (lambda F, x: F.pad(x, (1, 2), "reflect").array, (3, 4)),
    ],
    "pad_sequence": [
        (lambda F, a, b: F.pad_sequence([a, b]), (2, 3), (1, 3)),
        (lambda F, a, b: F.pad_sequence([a, b], length=4, padding=-1), (2,), (3,)),
    ],
    "permutate": [
        (lambda F, x: F.permutate(x, ORDER), (3, 2)),
        (lambda F, x: F.permutate(x, ORDER, axis=1, inv=True), (2, 3)),
    ],
    "repeat": [
        (lambda F, x: F.repeat(x, 2), (2, 3)),
        (lambda F, x: F.repeat(x, 3, axis=1), (2, 3)),
        (lambda F, x: F.repeat(x, (1, 0, 2), axis=1), (2, 3)),
    ],
    "reshape": [(lambda F, x: F.reshape(x, (3, -1)), (2, 6))],
    "resize_images": [
        (lambda F, x: F.resize_images(x, (5, 2)), IMAGES),
        (lambda F, x: F.resize_images(x, (2, 7), align_corners=False), IMAGES),
        (lambda F, x: F.resize_images(x, (5, 6), mode="nearest"), IMAGES),
    ],
    "rollaxis": [(lambda F, x: F.rollaxis(x, 2), (2, 3, 4)), (lambda F, x: F.rollaxis(x, 0, start=2), (2, 3, 4))],
    "scatter_add": [
        (lambda F, a, b: F.scatter_add(a, ([0, 0], [1, 1]), b), (2, 3), (2,)),
        (lambda F, a, b: F.scatter_add(a, slice(1, None), b), (3, 2), (2, 2)),
    ],
    "select_item": [(lambda F, x: F.select_item(x, COLUMNS), (4, 3))],
    "separate": [(lambda F, x: F.separate(x), (2, 3)), (lambda F, x: F.separate(x, axis=1), (2, 3))],
    "space2depth": [(lambda F, X: F.space2depth(X, 2), (2, 2, 4, 6))],
    "spatial_transformer_grid": [(lambda F, theta: F.spatial_transformer_grid(theta, (3, 4)), (2, 2, 3))],
    "spatial_transformer_sampler": [
        (lambda F, x, grid: F.spatial_transformer_sampler(x, grid), IMAGES, ((2, 2, 3, 5), -0.95, 0.95)),
        (lambda F, x, grid: F.spatial_transformer_sampler(x, grid), IMAGES, ((2, 2, 3, 5), -1.6, 1.6)),
    ],
    "split_axis": [
        (lambda F, x: F.split_axis(x, 3, 1), (2, 6)),
        (lambda F, x: F.split_axis(x, [1, 3], 0), (5, 2)),
        (lambda F, x: F.split_axis(x, 1, 0, force_tuple=False), (5, 2)),
    ],
    "squeeze": [(lambda F, x: F.squeeze(x), (1, 3, 1)), (lambda F, x: F.squeeze(x, axis=(-1,)), (1, 3, 1))],
    "stack": [
        (lambda F, a, b: F.stack([a, b]), (2, 3), (2, 3)),
        (lambda F, a, b: F.stack([a, b], axis=-1), (2, 3), (2, 3)),
    ],
    "swapaxes": [(lambda F, x: F.swapaxes(x, 0, 2), (2, 3, 4))],
    "tile": [
        (lambda F, x: F.tile(x, 2), (2, 3)),
        (lambda F, x: F.tile(x, (2, 1, 2)), (2, 3)),
        (lambda F, x: F.tile(x, (2,)), ()),
    ],
    "transpose": [(lambda F, x: F.transpose(x), (2, 3)), (lambda F, x: F.transpose(x, (1, 2, 0)), (2, 3, 4))],
    "transpose_sequence": [(lambda F, a, b: F.transpose_sequence([a, b]), (3, 2), (1, 2))],
    "vstack": [(lambda F, a, b: F.vstack([a, b]), (2, 3), (1, 3)), (lambda F, a, b: F.vstack([a, b]), (3,), (3,))],
    "where": [(lambda F, c, x, y: F.where(c, x, y), [[True, False, True], [False, True, True]], (2, 3), (2, 3))],
}
