"""Store what Chainer 7.8.1 computes with its vision models: some outputs, and all paths and shapes.

It runs where Chainer runs, as `../make.py` does, with Pillow:

    chainer/bin/python -W ignore packages/links/tests/golden/vision/make.py

Parameters and persistent values are drawn by path (`fill`), so that only outputs need to be stored: in `numbers.npz`
as `CASE/LAYER`, thinned out where they are many (`thinned`). `paths.tsv` has a row for each value of each model.
`test_vision.py` holds Catenary to both.
"""

import zlib
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
MODELS = ("GoogLeNet", "ResNet101Layers", "ResNet152Layers", "ResNet50Layers", "VGG16Layers", "VGG19Layers")
RESNET = ["pool1", "res2", "res3", "res5", "pool5", "fc6", "prob"]
#: Case -> model, options, (height, width), layers, whether it takes long.
CASES = {
    "vgg16": ("VGG16Layers", {}, (33, 35), ["conv1_2", "pool1", "pool3", "pool5"], False),
    "vgg16-all": ("VGG16Layers", {}, (224, 224), ["fc6", "fc7", "fc8", "prob"], True),
    "vgg19": ("VGG19Layers", {}, (32, 32), ["pool1", "conv3_4", "pool5"], False),
    "googlenet": ("GoogLeNet", {}, (64, 72), ["pool1", "conv2", "inception_3b", "pool4", "inception_5b"], False),
    "googlenet-all": ("GoogLeNet", {}, (224, 224), ["pool5", "loss3_fc", "prob", "loss1_fc2", "loss2_fc2"], True),
    "resnet50": ("ResNet50Layers", {}, (64, 70), RESNET, False),
    "resnet50-fb": ("ResNet50Layers", {"downsample_fb": True}, (64, 70), RESNET, False),
    "resnet101": ("ResNet101Layers", {}, (32, 32), ["res4", "fc6"], False),
    "resnet152": ("ResNet152Layers", {}, (32, 32), ["res4", "fc6"], True),
}
#: Ways to call `prepare`: the array, and the size.
IMAGES = {
    "same": ((9, 8, 3), (8, 9)),
    "as-it-is": ((9, 8, 3), None),
    "larger": ((9, 8, 3), (12, 10)),
    "gray": ((9, 8), None),
    "channels-first": ((3, 9, 8), None),
    "alpha": ((9, 8, 4), (5, 6)),
}


def fill(path, shape):
    """Return the value of a parameter or persistent value, drawn by its path without the first slash."""
    rng = np.random.RandomState(zlib.crc32(path.encode()))
    name = path.rpartition("/")[2]
    if name == "N":
        return 0
    if name == "W":
        limit = (6.0 / np.prod(shape[1:])) ** 0.5
        return rng.uniform(-limit, limit, shape).astype(np.float32)
    low, high = {"gamma": (0.3, 0.8), "avg_var": (0.5, 1.5)}.get(name, (-0.1, 0.1))
    return rng.uniform(low, high, shape).astype(np.float32)


def draw(shape):
    """Return an input."""
    return np.random.RandomState(sum(shape)).uniform(-2, 2, (1, 3, *shape)).astype(np.float32)


def draw_image(shape):
    return np.random.RandomState(sum(shape)).randint(0, 256, shape).astype(np.uint8)


def thinned(array):
    """Return about a thousand of the values, spread evenly."""
    return array.ravel()[:: max(array.size // 1000, 1)]


def main():
    from chainer.links.model.vision import googlenet, resnet, vgg

    import chainer
    import chainer.links as L

    def values(model):
        serializer = chainer.serializers.DictionarySerializer()
        model.serialize(serializer)
        return serializer.target

    rows = ["model\tpath\tshape"]
    for name in MODELS:
        held = values(getattr(L, name)(None))
        rows += ["{}\t{}\t{}".format(name, path, " ".join(map(str, held[path].shape))) for path in sorted(held)]
    (HERE / "paths.tsv").write_text("\n".join(rows) + "\n")

    stored = {}
    for case, (name, options, shape, layers, _) in CASES.items():
        model = getattr(L, name)(None, **options)
        drawn = {path: np.asarray(fill(path, value.shape)) for path, value in values(model).items()}
        chainer.serializers.NpzDeserializer(drawn).load(model)
        with chainer.using_config("train", False), chainer.no_backprop_mode():
            outputs = model(draw(shape), layers=layers)
        for layer, y in outputs.items():
            stored[f"{case}/{layer}"] = thinned(y.array)
            print(case, layer, y.shape, abs(y.array).mean())
    for case, (shape, size) in IMAGES.items():
        for module in (vgg, googlenet, resnet):
            key = "prepare/{}/{}".format(module.__name__.rpartition(".")[2], case)
            stored[key] = module.prepare(draw_image(shape), size)
    np.savez_compressed(str(HERE / "numbers.npz"), **stored)


if __name__ == "__main__":
    main()
