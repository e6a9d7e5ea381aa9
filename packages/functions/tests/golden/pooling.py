"""Calls of pooling functions whose results in Chainer 7.8.1 are stored; see `make.py`."""

SIZES = {1: (7,), 2: (7, 6), 3: (6, 5, 4)}
STRIDES, PADS, KERNEL = (2, 1, 2), (1, 0, 1), (3, 2, 3)


def max_pooling(name, axes):
    """Return cases of maximum pooling over images of so many axes."""
    images = (1, 2, *SIZES[axes])

    def indices(F, x):
        return getattr(F, name)(x, KERNEL[:axes], STRIDES[:axes], PADS[:axes], False, return_indices=True)

    return [(lambda F, x: getattr(F, name)(x, 2), images), (indices, images)]


def average_pooling(name, axes):
    """Return cases of average pooling over images of so many axes."""
    images = (1, 2, *SIZES[axes])
    cases = [
        (lambda F, x: getattr(F, name)(x, 2), images),
        (lambda F, x: getattr(F, name)(x, KERNEL[:axes], STRIDES[:axes], PADS[:axes]), images),
    ]
    if name != "average_pooling_2d":
        cases.append((lambda F, x: getattr(F, name)(x, 3, 2, 1, pad_value=None), images))
    return cases


def unpooling(name, axes):
    """Return cases of unpooling over images of so many axes."""
    images, outsize = (1, 2, 4, 3, 2)[: 2 + axes], (7, 6, 4)[:axes]
    return [
        (lambda F, x: getattr(F, name)(x, 2), images),
        (lambda F, x: getattr(F, name)(x, 3, 2, 1, cover_all=False), images),
        (lambda F, x: getattr(F, name)(x, 2, 2, 0, outsize), images),
    ]


def upsampling(F, x, pooled, **options):
    """Put elements where the largest ones were."""
    _, indices = F.max_pooling_2d(x, 2, return_indices=True, cover_all=options.get("cover_all", True))
    return F.upsampling_2d(pooled, indices, 2, **options)


#: Left, top, right and bottom, in halves of pixels.
REGIONS = [[2, 0, 17, 19], [-3, 4, 9, 15], [5, 5, 26, 13], [3, 6, 5, 8]]
OF_IMAGES = [0, 1, 0, 1]


def regions(name, *ratio):
    """Return cases of pooling over regions, which lie in images of 8 x 11 pixels but for a part of one."""

    def call(F, x, corners, images):
        rois = corners[:, [1, 0, 3, 2]].astype("f")
        return getattr(F, name)(x, rois, images.astype("i"), (3, 2), 0.5, *ratio)

    return (call, (2, 3, 8, 11), REGIONS, OF_IMAGES)


def roi_pooling(F, x, rois):
    """Pool over regions whose first number is that of an image."""
    return F.roi_pooling_2d(x, rois.astype("f"), 3, 2, 0.5)


CASES = {
    "average_pooling_1d": average_pooling("average_pooling_1d", 1),
    "average_pooling_2d": average_pooling("average_pooling_2d", 2),
    "average_pooling_3d": average_pooling("average_pooling_3d", 3),
    "average_pooling_nd": average_pooling("average_pooling_nd", 1) + average_pooling("average_pooling_nd", 3),
    "max_pooling_1d": max_pooling("max_pooling_1d", 1),
    "max_pooling_2d": max_pooling("max_pooling_2d", 2),
    "max_pooling_3d": max_pooling("max_pooling_3d", 3),
    "max_pooling_nd": max_pooling("max_pooling_nd", 1) + max_pooling("max_pooling_nd", 3),
    "roi_average_align_2d": [regions("roi_average_align_2d"), regions("roi_average_align_2d", (2, 3))],
    "roi_average_pooling_2d": [regions("roi_average_pooling_2d")],
    "roi_max_align_2d": [regions("roi_max_align_2d"), regions("roi_max_align_2d", (2, 3))],
    "roi_max_pooling_2d": [regions("roi_max_pooling_2d")],
    "roi_pooling_2d": [(roi_pooling, (2, 3, 8, 11), [[i, *roi] for i, roi in zip(OF_IMAGES, REGIONS)])],
    "spatial_pyramid_pooling_2d": [
        (lambda F, x: F.spatial_pyramid_pooling_2d(x, 3, "max"), (2, 3, 9, 7)),
        (lambda F, x: F.spatial_pyramid_pooling_2d(x, 1, pooling="max"), (2, 3, 4, 4)),
    ],
    "unpooling_1d": unpooling("unpooling_1d", 1),
    "unpooling_2d": unpooling("unpooling_2d", 2),
    "unpooling_3d": unpooling("unpooling_3d", 3),
    "unpooling_nd": unpooling("unpooling_nd", 1) + unpooling("unpooling_nd", 3),
    "upsampling_2d": [
        (lambda F, x, y: upsampling(F, x, y), (2, 3, 7, 6), (2, 3, 4, 3)),
        (lambda F, x, y: upsampling(F, x, y, outsize=(7, 6)), (2, 3, 7, 6), (2, 3, 4, 3)),
        (lambda F, x, y: upsampling(F, x, y, cover_all=False), (2, 3, 6, 6), (2, 3, 3, 3)),
    ],
}
