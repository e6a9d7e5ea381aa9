"""Calls of functions that connect layers whose results in Chainer 7.8.1 are stored; see `make.py`."""

IMAGES = (2, 4, 7, 6)


def convolutions(name, axes):
    """Return cases of a convolution over images of so many axes."""
    size, kernel = (7, 6, 4)[:axes], (3, 2, 2)[:axes]
    filters, strides, pads = (6, 2, *kernel), (2, 1, 2)[:axes], (1, 2, 1)[:axes]

    def options(F, x, W, b):
        return getattr(F, name)(x, W, b, stride=strides, pad=pads, cover_all=True, dilate=2, groups=2)

    return [
        (lambda F, x, W: getattr(F, name)(x, W), (2, 4, *size), (3, 4, *kernel)),
        (lambda F, x, W, b: getattr(F, name)(x, W, b, 2, 1), (2, 4, *size), (3, 4, *kernel), (3,)),
        (options, (2, 4, *size), filters, (6,)),
    ]


def deconvolutions(name, axes):
    """Return cases of the transpose of a convolution over images of so many axes."""
    size, kernel = (4, 3, 2)[:axes], (3, 2, 2)[:axes]
    filters, strides, pads = (4, 3, *kernel), (2, 1, 2)[:axes], (1, 0, 1)[:axes]

    def options(F, x, W, b):
        return getattr(F, name)(x, W, b, stride=strides, pad=pads, dilate=2, groups=2)

    def outsize(F, x, W):
        return getattr(F, name)(x, W, stride=2, outsize=tuple(2 * (n - 1) + k + 1 for n, k in zip(size, kernel)))

    return [
        (lambda F, x, W: getattr(F, name)(x, W), (2, 4, *size), (4, 3, *kernel)),
        (options, (2, 4, *size), filters, (6,)),
        (outsize, (2, 4, *size), (4, 3, *kernel)),
    ]


def recurrent(name, gates, directions=1, **options):
    """Return a case of two recurrent layers: the call makes the lists out of the inputs."""
    count, units, batches = 2 * directions, 3, (3, 3, 2, 1)
    states = 2 if "lstm" in name else 1
    weights = [
        (units, (2 if k < directions else units * directions) if half == 0 else units)
        for k in range(count)
        for half in (0, 1)
        for _ in range(gates)
    ]
    biases = [(units,)] * len(weights)

    def call(F, *inputs):
        def groups(arrays):
            return [list(arrays[i : i + 2 * gates]) for i in range(0, len(arrays), 2 * gates)]

        n = len(weights)
        given, rest = inputs[:states], inputs[states:]
        ws, bs, xs = groups(rest[:n]), groups(rest[n : 2 * n]), list(rest[2 * n :])
        return getattr(F, name)(2, 0.0, *given, ws, bs, xs, **options)

    return (call, *[(count, 3, units)] * states, *weights, *biases, *((n, 2) for n in batches))


CASES = {
    "bilinear": [
        (lambda F, e1, e2, W: F.bilinear(e1, e2, W), (4, 2), (4, 3), (2, 3, 5)),
        (lambda F, *given: F.bilinear(*given), (4, 2), (4, 3), (2, 3, 5), (2, 5), (3, 5), (5,)),
        (lambda F, e1, e2, W: F.bilinear(e1, e2, W), (4, 2, 2), (4, 3, 1), (4, 3, 5)),
    ],
    "convolution_1d": convolutions("convolution_1d", 1),
    "convolution_2d": convolutions("convolution_2d", 2),
    "convolution_3d": convolutions("convolution_3d", 3),
    "convolution_nd": convolutions("convolution_nd", 1) + convolutions("convolution_nd", 3),
    "deconvolution_1d": deconvolutions("deconvolution_1d", 1),
    "deconvolution_2d": deconvolutions("deconvolution_2d", 2),
    "deconvolution_3d": deconvolutions("deconvolution_3d", 3),
    "deconvolution_nd": deconvolutions("deconvolution_nd", 1) + deconvolutions("deconvolution_nd", 3),
    "deformable_convolution_2d_sampler": [
        (
            lambda F, x, offset, W: F.deformable_convolution_2d_sampler(x, offset, W),
            IMAGES,
            ((2, 12, 5, 5), 0.1, 0.9),
            (3, 4, 3, 2),
        ),
        (
            lambda F, *given: F.deformable_convolution_2d_sampler(*given, stride=(2, 1), pad=(1, 2)),
            IMAGES,
            ((2, 18, 4, 8), -1.9, -1.1),
            (3, 4, 3, 3),
            (3,),
        ),
    ],
    "depthwise_convolution_2d": [
        (lambda F, x, W: F.depthwise_convolution_2d(x, W), IMAGES, (2, 4, 3, 2)),
        (lambda F, *given: F.depthwise_convolution_2d(*given, stride=2, pad=(1, 2)), IMAGES, (2, 4, 3, 2), (8,)),
    ],
    "dilated_convolution_2d": [
        (lambda F, x, W: F.dilated_convolution_2d(x, W, dilate=2), IMAGES, (3, 4, 3, 2)),
        (lambda F, *given: F.dilated_convolution_2d(*given, 2, 1, (1, 2), True), IMAGES, (3, 4, 3, 2), (3,)),
    ],
    "embed_id": [
        (lambda F, x, W: F.embed_id(x, W), [[1, 0], [2, 1]], (3, 4)),
        (lambda F, x, W: F.embed_id(x, W, ignore_label=-1), [1, -1, 2], (3, 4)),
    ],
    "im2col": [
        (lambda F, x: F.im2col(x, 3), IMAGES),
        (lambda F, x: F.im2col(x, (3, 2), (2, 1), 1, True, (1, 2)), IMAGES),
    ],
    "linear": [
        (lambda F, x, W: F.linear(x, W), (4, 3), (2, 3)),
        (lambda F, x, W, b: F.linear(x, W, b), (2, 3, 2), (4, 6), (4,)),
        (lambda F, x, W, b: F.linear(x, W, b, n_batch_axes=2), (2, 3, 4), (5, 4), (5,)),
    ],
    "local_convolution_2d": [
        (lambda F, x, W: F.local_convolution_2d(x, W), IMAGES, (3, 5, 5, 4, 3, 2)),
        (
            lambda F, x, W, b: F.local_convolution_2d(x, W, b, (2, 1)),
            IMAGES,
            (3, 3, 5, 4, 3, 2),
            (3, 3, 5),
        ),
    ],
    "n_step_bigru": [recurrent("n_step_bigru", 3, 2)],
    "n_step_bilstm": [recurrent("n_step_bilstm", 4, 2)],
    "n_step_birnn": [recurrent("n_step_birnn", 1, 2), recurrent("n_step_birnn", 1, 2, activation="relu")],
    "n_step_gru": [recurrent("n_step_gru", 3)],
    "n_step_lstm": [recurrent("n_step_lstm", 4)],
    "n_step_rnn": [recurrent("n_step_rnn", 1), recurrent("n_step_rnn", 1, activation="relu")],
    "shift": [
        (lambda F, x: F.shift(x), (2, 11, 5, 4)),
        (lambda F, x: F.shift(x, (1, 3), 2), (2, 7, 5, 4)),
        (lambda F, x: F.shift(x, 5), (1, 25, 4, 3)),
    ],
}
