"""Vision models: Chainer's paths and numbers, files of parameters, prepared images."""

from __future__ import annotations

import csv
import runpy
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.links as L
from catenary import LinkHook, no_backprop_mode, using_config
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    FileFormatError,
    LoadMismatchError,
    MissingLibraryError,
    NotAvailableError,
)
from catenary.testing import MemoryDeserializer, MemorySerializer, WrongCall, wrong_call_tests
from catenary_links.model.vision import googlenet, resnet, vgg
from catenary_links.model.vision.preparing import crops

HERE = Path(__file__).parent / "golden" / "vision"
MAKE = runpy.run_path(str(HERE / "make.py"))
STORED = dict(np.load(HERE / "numbers.npz"))
PATHS: dict[str, dict[str, tuple[int, ...]]] = {}
for row in csv.DictReader((HERE / "paths.tsv").read_text().splitlines(), delimiter="\t"):
    PATHS.setdefault(row["model"], {})[row["path"]] = tuple(map(int, row["shape"].split()))
#: The models that have stored numbers, as the test of completeness takes them.
MODELS = [SimpleNamespace(link=getattr(L, name)) for name, *_ in MAKE["CASES"].values()]
BIG = {"ResNet152Layers", "VGG16Layers", "VGG19Layers"}


def slow(names: Any, big: Any) -> list[Any]:
    return [pytest.param(name, marks=[pytest.mark.slow] if big(name) else []) for name in names]


def held(link: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    link.serialize(MemorySerializer(values))
    return values


@pytest.mark.parametrize("name", slow(PATHS, BIG.__contains__))
def test_paths_and_shapes_are_those_of_chainer(name: str) -> None:
    model = getattr(L, name)(pretrained_model=None)
    assert {path: np.shape(value) for path, value in held(model).items()} == PATHS[name]
    assert {path[1:] for path, _ in model.namedparams()} <= PATHS[name].keys()


@pytest.mark.parametrize("case", slow(MAKE["CASES"], lambda case: MAKE["CASES"][case][4]))
def test_outputs_of_chainer(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vgg, "Normal", lambda scale: 0)  # drawing 138 million numbers for nothing takes seconds
    name, options, shape, layers, _ = MAKE["CASES"][case]
    model = getattr(L, name)(pretrained_model=None, **options)
    used = {path: shape for path, shape in PATHS[name].items() if "fc6" in layers or not path.startswith("fc")}
    drawn = {path: np.asarray(MAKE["fill"](path, shape)) for path, shape in used.items()}
    model.serialize(MemoryDeserializer({**held(model), **drawn}))
    with catenary.evaluation_mode(model):
        outputs = model(MAKE["draw"](shape), layers=layers)
    assert sorted(outputs) == sorted(layers)
    for layer, y in outputs.items():
        expected = STORED[f"{case}/{layer}"]
        assert y.dtype == np.float32
        np.testing.assert_allclose(
            MAKE["thinned"](y.array), expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max(), err_msg=layer
        )


@pytest.mark.parametrize("case", MAKE["IMAGES"])
@pytest.mark.parametrize("module", [vgg, googlenet, resnet], ids=lambda module: module.__name__.rpartition(".")[2])
def test_prepared_images_are_those_of_chainer(module: Any, case: str) -> None:
    shape, size = MAKE["IMAGES"][case]
    if size is not None and case != "same":
        pytest.importorskip("PIL", reason="only resizing needs Pillow")
    image, expected = MAKE["draw_image"](shape), STORED[f"prepare/{module.__name__.rpartition('.')[2]}/{case}"]
    for given in (image, image.astype(np.float32)):
        found = module.prepare(given, size)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=0 if size is None else 1.01)  # Pillow rounds


def test_an_image_of_pillow_is_prepared_like_its_array() -> None:
    image = pytest.importorskip("PIL.Image", reason="the image is one of Pillow")
    array = MAKE["draw_image"]((9, 8, 3))
    np.testing.assert_array_equal(vgg.prepare(image.fromarray(array), None), vgg.prepare(array, None))
    gray = image.fromarray(array[:, :, 0])
    np.testing.assert_array_equal(vgg.prepare(gray, (4, 5)), vgg.prepare(array[:, :, 0], (4, 5)))


def test_prepare_follows_the_dtype_and_clips() -> None:
    with using_config("dtype", np.float64):
        assert vgg.prepare(np.zeros((2, 2, 3)), None).dtype == np.float64
    np.testing.assert_array_equal(googlenet.prepare(np.full((1, 1, 3), 300.0), None).ravel(), [151, 138, 132])


def test_resizing_without_pillow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    assert vgg.prepare(np.zeros((4, 5, 3), np.uint8), (5, 4)).shape == (3, 4, 5)
    with pytest.raises(MissingLibraryError, match=r"pip install .catenary-links\[images\]"):
        vgg.prepare(np.zeros((4, 5, 3), np.uint8), (5, 5))


def test_the_modules_are_found_by_way_of_the_facade() -> None:
    assert L.model.vision.vgg.prepare is vgg.prepare  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def small() -> Any:
    catenary.seed(0)
    return L.GoogLeNet(pretrained_model=None)


def test_new_parameters_are_spread_as_in_chainer(small: Any) -> None:
    for link, kind in ((small.conv2, "uniform"), (small.loss1_fc1, "uniform"), (small["inc4a"]["conv3"], "normal")):
        W = link.W.array * np.sqrt(link.W.array[0].size)
        assert abs(W.std() - 1) < 0.01
        assert (np.abs(W).max() < 1.7321) == (kind == "uniform")
        assert not link.b.array.any()
    model = resnet.ResNetLayers(None, 50)
    for W, scale in ((model["res3"]["a"]["conv2"].W.array, 2**0.5), (model["fc6"].W.array, 1)):
        assert abs(W.std() * np.sqrt(W[0].size) - scale) < 0.02


@pytest.mark.slow
def test_new_parameters_of_vgg_are_small() -> None:
    model = L.VGG16Layers(pretrained_model=None)
    for name in ("conv3_2", "fc7"):
        assert abs(model[name].W.array.std() - 0.01) < 1e-4
        assert not model[name].b.array.any()


class Seen(LinkHook):
    """Counts the calls of links."""

    name = "Seen"

    def __init__(self) -> None:
        self.links: list[str] = []

    def forward_preprocess(self, args: Any) -> None:
        self.links.append(args.link.name)


def test_no_more_is_computed_than_is_needed(small: Any) -> None:
    x = np.zeros((1, 3, 32, 32), np.float32)
    with Seen() as seen:
        outputs = small(x, layers=["conv2_reduce", "conv1", "conv1"])
    assert list(outputs) == ["conv1", "conv2_reduce"]
    assert [name for name in seen.links if name] == ["conv1", "conv2_reduce"]
    assert small(x, layers=[]) == {}


def test_extracting_follows_the_settings_and_predicting_does_not(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    image = MAKE["draw_image"]((32, 30, 3))
    y = small.extract([image, image], ["conv1"], size=None)["conv1"]
    assert (y.shape, y.creator is None) == ((2, 64, 16, 15), False)
    np.testing.assert_array_equal(y.array[1], small(googlenet.prepare(image, None)[None], ["conv1"])["conv1"].array[0])
    with no_backprop_mode():
        assert small.extract([image], ["conv1"], size=None)["conv1"].creator is None

    modes = []

    def means(self: Any, x: Any, layers: Any = None) -> Any:
        modes.append((catenary.config.train, catenary.config.enable_backprop, layers, x.shape))
        return {"prob": x[:, :, 0, 0]}

    monkeypatch.setattr(L.GoogLeNet, "forward", means)
    images = [np.random.default_rng(i).integers(0, 256, (256, 256, 3), np.uint8) for i in range(2)]
    found = small.predict(images)
    middle = small.predict(images, oversample=False)
    assert modes == [(False, False, ["prob"], (20, 3, 224, 224)), (False, False, ["prob"], (2, 3, 224, 224))]
    for i, x in enumerate(googlenet.prepare(one, None) for one in images):
        places = [(top, left) for top in (0, 32) for left in (0, 32, 223, 255)] + [(16, 16), (16, 239)]
        np.testing.assert_allclose(found.array[i], np.mean([x[:, a, b] for a, b in places], 0), rtol=1e-4, atol=1e-4)
        np.testing.assert_array_equal(middle.array[i], x[:, 16, 16])


def test_ten_parts_of_each_image() -> None:
    x = np.arange(2 * 256 * 256, dtype=np.float32).reshape(2, 1, 256, 256)
    parts = crops(x, True)
    assert parts.shape == (20, 1, 224, 224)
    np.testing.assert_array_equal(parts[4], x[0, :, 16:240, 16:240])
    np.testing.assert_array_equal(parts[5:10], parts[:5, :, :, ::-1])


@pytest.fixture
def file(tmp_path: Path, small: Any) -> Path:
    path = tmp_path / "pfnet" / "chainer" / "models" / "bvlc_googlenet.npz"
    path.parent.mkdir(parents=True)
    np.savez(path, **held(small))
    return path


def test_parameters_are_loaded_from_a_file(small: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINER_DATASET_ROOT", str(file.parents[3]))
    for given in (str(file), file, "auto"):
        model = L.GoogLeNet(given)
        for (path, mine), (_, theirs) in zip(model.namedparams(), small.namedparams(), strict=True):
            np.testing.assert_array_equal(mine.array, theirs.array, err_msg=path)
    with catenary.using_device("@tripwire"):
        model = L.GoogLeNet(file)
    assert model.conv1.W.device == catenary.get_device("@tripwire")


def test_the_usual_place_is_in_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHAINER_DATASET_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    names = {
        "VGG16Layers": "VGG_ILSVRC_16_layers",
        "VGG19Layers": "VGG_ILSVRC_19_layers",
        "GoogLeNet": "bvlc_googlenet",
    }
    names.update((f"ResNet{n}Layers", f"ResNet-{n}-model") for n in (50, 101, 152))
    for name, stem in names.items():
        with pytest.raises(ArgumentError) as caught:
            getattr(L, name)()
        assert str(tmp_path / f".chainer/dataset/pfnet/chainer/models/{stem}.npz") in str(caught.value)


def test_a_file_of_running_statistics_is_loaded(tmp_path: Path) -> None:
    model = resnet.ResNetLayers(None, 50)
    bn = model["res2"]["a"]["bn2"]
    bn.avg_mean[...], bn.N = 3.0, 7
    np.savez(tmp_path / "model.npz", **held(model))
    found = L.ResNet50Layers(tmp_path / "model.npz")["res2"]["a"]["bn2"]
    assert (float(found.avg_mean[0]), found.N) == (3.0, 7)


def test_files_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_text("no archive")
    with pytest.raises(FileFormatError, match="must be an NPZ file"):
        L.GoogLeNet(path)
    np.savez(path, a=np.zeros(1))
    with pytest.raises(LoadMismatchError, match="has no 'conv1/W'"):
        L.GoogLeNet(path)
    np.savez(path, **{"conv1/W": np.zeros((64, 3, 7, 6)), "conv1/b": np.zeros(64)})
    with pytest.raises(LoadMismatchError, match=r"'conv1/W' must have the shape \(64, 3, 7, 7\), got"):
        L.GoogLeNet(path)
    np.savez(path, **{"conv1/W": np.array([{}], object)})
    with pytest.raises(FileFormatError, match="'conv1/W' cannot be read"):
        L.GoogLeNet(path)
    with pytest.raises(FileNotFoundError):
        L.GoogLeNet(tmp_path / "none.npz")


def test_files_of_caffe_are_not_read() -> None:
    for name in PATHS:
        with pytest.raises(NotAvailableError, match=f"old Chainer: chainer.links.{name}.convert_caffemodel_to_npz"):
            getattr(L, name).convert_caffemodel_to_npz("a.caffemodel", "a.npz")


def of_caffe(name: str) -> WrongCall:
    return WrongCall(
        name,
        lambda: getattr(L, name)("a.caffemodel"),
        ArgumentError,
        "pretrained_model must be an NPZ file, got 'a.caffemodel'; convert it with an old Chainer",
    )


def image() -> Any:
    return np.zeros((32, 32, 3), np.uint8)


WRONG = [
    *(of_caffe(name) for name in sorted(PATHS)),
    WrongCall(
        "VGG16Layers",
        lambda: L.VGG16Layers(3),
        ArgumentTypeError,
        "pretrained_model must be a path, 'auto' or None, got int",
    ),
    WrongCall(
        "ResNetLayers",
        lambda: resnet.ResNetLayers(None, 18),
        ArgumentError,
        "n_layers must be 50, 101 or 152, got 18",
    ),
    WrongCall(
        "GoogLeNet",
        lambda: L.GoogLeNet(None)(np.zeros((1, 3, 32, 32), np.float32), ["conv9"]),
        ArgumentError,
        "layers must be of conv1, pool1, conv2_reduce",
    ),
    WrongCall(
        "GoogLeNet",
        lambda: L.GoogLeNet(None)(np.zeros((1, 3, 32, 32), np.float32), "conv1"),
        ArgumentTypeError,
        "layers must be a list of names, got 'conv1'",
    ),
    WrongCall(
        "GoogLeNet",
        lambda: L.GoogLeNet(None).extract([image(), image()[:8]], size=None),
        ArgumentError,
        "images of extract must be some images of one size, got [(3, 8, 32), (3, 32, 32)]",
    ),
    WrongCall("GoogLeNet", lambda: L.GoogLeNet(None).predict([]), ArgumentError, "images of predict must be some"),
    WrongCall(
        "prepare", lambda: vgg.prepare("a.png"), ArgumentTypeError, "image must be an array or a PIL image, got str"
    ),
    WrongCall(
        "prepare",
        lambda: vgg.prepare(np.zeros((4, 4, 5))),
        ArgumentError,
        "image must have the shape (height, width, 3), got (4, 4, 5)",
    ),
]
test_wrong_calls = wrong_call_tests(WRONG)
