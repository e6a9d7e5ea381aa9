"""Wrong calls and what each says: the function, the argument, what was expected and what came; nothing half-done."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import (
    Chain,
    ChainList,
    Parameter,
    Sequential,
    Variable,
    backward,
    dataset,
    datasets,
    grad,
    iterators,
    optimizer_hooks,
    optimizers,
    serializers,
    training,
)
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    CatenaryError,
    DeclarationError,
    DeviceError,
    DeviceNotFoundError,
    FileFormatError,
    GraphError,
    LinkError,
    LoadMismatchError,
    NotAvailableError,
    OptimizerError,
    ShapeError,
    UninitializedParameterError,
    UnknownNameError,
)
from catenary.plugins import registry
from catenary.training import extensions, triggers


def why_no_gpu() -> str:
    """Return what asking for a GPU says here, a regular expression; nothing where there is one."""
    if "cupy" not in registry.names("devices"):
        return r"provided by catenary-cupy, which is not installed\..*pip install"
    try:
        catenary.get_device("@cupy:0")
    except DeviceNotFoundError:
        return r"^get_device: '@cupy:0' cannot be used: (CuPy .*; .*(pip install|driver)|CUDA .*)"
    return ""


WHY_NO_GPU = why_no_gpu()


def f(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def ints(*values: int) -> np.ndarray:
    return np.array(values)


def v(*shape: int) -> Variable:
    return Variable(f(*shape))


def there(*shape: int) -> Any:
    return catenary.get_device("@tripwire").send(f(*shape))


def model() -> Any:
    return L.Linear(3, 2)


def sgd() -> Any:
    return optimizers.SGD().setup(model())


def updater(iterator: Any = None, optimizer: Any = None) -> Any:
    return training.StandardUpdater(
        iterators.SerialIterator([(f(3), 0)], 1) if iterator is None else iterator,
        sgd() if optimizer is None else optimizer,
    )


def trainer() -> Any:
    return training.Trainer(updater(), (1, "epoch"))


Row = tuple[Callable[[], Any], type[Exception], str]

FUNCTIONS: list[Row] = [
    (
        lambda: F.linear(f(2, 3), f(4, 5)),
        ShapeError,
        "linear: x has 3 features, W expects 5 (x: (2, 3) float32, W: (4, 5)",
    ),
    (lambda: F.linear(f(2, 3), f(4, 3), f(5)), ShapeError, "linear: b has 5 elements, W gives 4 outputs"),
    (
        lambda: F.linear(f(2, 3), f(4, 3), n_batch_axes=3),
        ArgumentError,
        "linear: n_batch_axes must be from 1 to 1 for x of",
    ),
    (lambda: F.linear([1, 2], f(4, 3)), ArgumentTypeError, "linear: x must be an array, got list"),
    (lambda: F.linear(f(2, 3), "W"), ArgumentTypeError, "W must be an array, got str; make one with numpy.array"),
    (lambda: F.linear(f(2, 3), there(4, 3)), DeviceError, "arrays live on different devices: @numpy, @tripwire"),
    (
        lambda: F.convolution_2d(f(1, 3, 8, 8), f(4, 2, 3, 3)),
        ShapeError,
        "convolution_2d: x has 3 channels, W expects 2",
    ),
    (
        lambda: F.convolution_2d(f(3, 8, 8), f(4, 3, 3, 3)),
        ShapeError,
        "convolution_2d: x and W must have 4 axes (x: (3, 8",
    ),
    (
        lambda: F.convolution_2d(f(1, 3, 2, 2), f(4, 3, 3, 3)),
        ShapeError,
        "convolution_2d: a window of (3, 3) (dilation (1, 1)",
    ),
    (
        lambda: F.convolution_2d(f(1, 3, 8, 8), f(4, 3, 3, 3), stride=0),
        ArgumentError,
        "convolution_2d: kernel size, stride and dilation must be positive and padding not negative; got (3, 3)",
    ),
    (
        lambda: F.convolution_2d(f(1, 3, 8, 8), f(4, 3, 3, 3), stride=(1, 2, 3)),
        ArgumentError,
        "convolution_2d: expected a number or a pair (height, width), got (1, 2, 3)",
    ),
    (
        lambda: F.convolution_2d(f(1, 3, 8, 8), f(4, 3, 3, 3), f(3)),
        ShapeError,
        "convolution_2d: b must have shape (4,), got (3,)",
    ),
    (lambda: F.max_pooling_2d(f(3, 8), 2), ShapeError, "max_pooling_2d: x must have 4 axes, got shape (3, 8)"),
    (lambda: F.average_pooling_2d(f(1, 1, 2, 2), 3), ShapeError, "average_pooling_2d: a window of (3, 3)"),
    (
        lambda: F.softmax_cross_entropy(f(2, 3), ints(0, 0, 0)),
        ShapeError,
        "softmax_cross_entropy: t must have shape (2,) for x of (2, 3), got (3,)",
    ),
    (
        lambda: F.softmax_cross_entropy(f(2, 3), f(2)),
        ArgumentTypeError,
        "softmax_cross_entropy: t must hold integers, got float32",
    ),
    (lambda: F.softmax_cross_entropy(f(2, 3), ints(0, 3)), ArgumentError, "t must hold classes from 0 to 2"),
    (
        lambda: F.softmax_cross_entropy(f(2, 3), ints(0, 1), reduce="sum"),
        ArgumentError,
        "reduce must be 'mean' or 'no', got 'sum'",
    ),
    (
        lambda: F.sigmoid_cross_entropy(f(2), f(2)),
        ArgumentTypeError,
        "sigmoid_cross_entropy: t must hold integers, got float32",
    ),
    (
        lambda: F.sigmoid_cross_entropy(f(2), ints(0)),
        ShapeError,
        "sigmoid_cross_entropy: the inputs must have the same shape",
    ),
    (
        lambda: F.mean_squared_error(f(2), f(2, 1)),
        ShapeError,
        "mean_squared_error: the inputs must have the same shape, got (2,) and (2, 1)",
    ),
    (
        lambda: F.accuracy(f(2, 3), ints(0, 0, 0)),
        ShapeError,
        "accuracy: t must have shape (2,) for y of (2, 3), got (3,)",
    ),
    (lambda: F.embed_id(f(2), f(4, 3)), ArgumentTypeError, "embed_id: x must hold integers, got float32"),
    (lambda: F.embed_id(ints(0, 4), f(4, 3)), ArgumentError, "embed_id: indices must be from 0 to 3, got 0 to 4"),
    (lambda: F.dropout(f(2), 1.0), ArgumentError, "dropout: ratio must be at least 0 and below 1, got 1.0"),
    (lambda: F.concat([f(2, 3), f(3, 3)]), ArgumentError, "(xs[0]: (2, 3) float32, xs[1]: (3, 3) float32)"),
    (lambda: F.concat([]), ArgumentError, "concat: need at least one array"),
    (lambda: F.concat(3), ArgumentTypeError, "concat: xs must be a list of arrays, got int"),
    (
        lambda: F.split_axis(f(2, 3), 2, 1),
        ArgumentError,
        "split_axis: cannot split an axis of length 3 into 2 equal parts",
    ),
    (lambda: F.split_axis(f(2, 3), 2, 5), ArgumentError, "split_axis: axis must be from -2 to 1, got 5"),
    (lambda: F.swapaxes(f(2, 3), 0, 4), ArgumentError, "swapaxes: axis must be from -2 to 1, got 4"),
    (lambda: F.squeeze(f(2, 3), 0), ShapeError, "squeeze: axis 0 must have length 1, got shape (2, 3)"),
    (lambda: F.reshape(f(2, 3), (4,)), ArgumentError, "reshape: cannot reshape array of size 6 into shape (4,)"),
    (lambda: F.matmul(f(2, 3), f(2, 3)), ArgumentError, "(x0: (2, 3) float32, x1: (2, 3) float32)"),
    (lambda: F.sum(f(2, 3), axis=2), ArgumentError, "sum: axis 2 is out of bounds for array of dimension 2"),
    (lambda: F.clip(f(2), 2.0, 1.0), ArgumentError, "clip: x_min must not be above x_max, got 2.0 and 1.0"),
    (lambda: F.cast(f(2), "nonsense"), ArgumentTypeError, "cast: data type 'nonsense' not understood"),
    (
        lambda: F.batch_normalization(f(2, 3), f(2), f(3)),
        ShapeError,
        "gamma and beta must have shape (3,) for x of (2, 3), got (2,)",
    ),
    (
        lambda: F.lstm(f(2, 3), f(2, 4)),
        ShapeError,
        "lstm: for c_prev of shape (2, 3), x must have shape (batch, 12, ...)",
    ),
    (lambda: F.relu(None), ArgumentTypeError, "relu: x must be an array, got NoneType"),
    (lambda: F.relu(), TypeError, "relu() missing 1 required positional argument: 'x'"),
    (lambda: F.rleu, AttributeError, "no function named 'rleu' is registered; did you mean 'relu' or"),
]

VARIABLES: list[Row] = [
    (lambda: Variable(3.0), ArgumentTypeError, "Variable: data must be an array, got float; make one with numpy.array"),
    (lambda: v(2) + f(3), ArgumentError, "add: operands could not be broadcast together with shapes (2,) (3,)"),
    (lambda: v(2) - [1.0, 2.0], ArgumentTypeError, "sub: x1 must be an array, got list"),
    (lambda: v(2) * there(2), DeviceError, "mul: arrays live on different devices: @numpy, @tripwire"),
    (lambda: v(2) @ 3, ArgumentError, "matmul: "),
    (lambda: v(2)[2], ArgumentError, "get_item: index 2 is out of bounds for axis 0 with size 2"),
    (lambda: v(2)[Variable(ints(0))], ArgumentTypeError, "an index must not be a Variable; give its .array"),
    (lambda: v(2).item(), ArgumentError, "Variable.item: expected exactly one element, got an array of shape (2,)"),
    (lambda: bool(v(2)), ArgumentTypeError, "a Variable has no truth value; compare its .array"),
    (lambda: v(2) == 0, ArgumentTypeError, "Variables cannot be compared; compare their .array"),
    (lambda: len(v()), ArgumentTypeError, "a 0-d Variable has no length"),
    (lambda: np.asarray(v(2)), ArgumentTypeError, "a NumPy function got a Variable; give its .array"),
    (lambda: np.sum(v(2)), ArgumentTypeError, "numpy.sum got a Variable; give its .array"),
    (lambda: setattr(v(2), "grad", f(3)), ShapeError, "Variable.grad: expected shape (2,) as the array has, got (3,)"),
    (
        lambda: setattr(v(2), "grad", np.zeros(2)),
        ArgumentTypeError,
        "expected dtype float32 as the array has, got float64",
    ),
    (lambda: v(2).to_chx(), NotAvailableError, "to_chx: ChainerX is not available"),
    (lambda: Parameter(f(2), (3,)), ShapeError, "the initial array has shape (2,), expected (3,)"),
    (lambda: Parameter("x", (2,)), ArgumentTypeError, "the initializer must be a number, an array, a callable"),
    (lambda: Parameter(0, (-1,)), ArgumentError, "the shape must be a tuple of numbers from 0, got (-1,)"),
    (lambda: Parameter(0, "a"), ArgumentError, "the shape must be a tuple of numbers from 0, got ('a',)"),
    (lambda: Parameter().shape, UninitializedParameterError, "Parameter.shape: there is no array yet"),
    (lambda: Parameter() * 2, UninitializedParameterError, "mul: x0 has no array yet"),
]

GRAPH: list[Row] = [
    (lambda: (v(2) * 2).backward(), GraphError, "backward: the output has shape (2,), not a single element"),
    (lambda: Variable(f(1), requires_grad=False).backward(), GraphError, "backward: this Variable leads nowhere"),
    (lambda: backward([3]), ArgumentTypeError, "backward: outputs must be a list of Variables, got int"),
    (lambda: grad([v(1)], [3]), ArgumentTypeError, "grad: inputs must be a list of Variables, got int"),
    (lambda: grad([v(1) * 2], [v(1)], [f(3)]), ShapeError, "grad: a gradient has shape (3,), expected (1,)"),
    (lambda: backward([v(1)], [v(1), v(1)]), GraphError, "expected one gradient per Variable, got 2 for 1"),
    (lambda: catenary.function(lambda: 0), DeclarationError, "the first parameter must be `xp`"),
    (lambda: catenary.FunctionNode()(f(1)), ArgumentTypeError, "a FunctionNode is not called; use apply((x, ...))"),
    (lambda: catenary.Function()(f(1)), NotImplementedError, "Function gives neither forward nor forward_cpu"),
    (lambda: catenary.build_computational_graph(3), ArgumentTypeError, "outputs must be Variables, got int"),
    (
        lambda: catenary.build_computational_graph(v(1)).dump("png"),
        ArgumentError,
        "only the format 'dot' is known, got 'png'",
    ),
]

SETTINGS_AND_DEVICES: list[Row] = [
    (
        lambda: catenary.config.trian,
        AttributeError,
        "config has no setting 'trian'; the settings are train, enable_backprop",
    ),
    (lambda: setattr(catenary.config, "trian", True), ArgumentError, "there is no setting 'trian'"),
    (lambda: setattr(catenary.config, "train", 1), ArgumentError, "config: train must be True or False, got 1"),
    (
        lambda: setattr(catenary.config, "dtype", "int32"),
        ArgumentError,
        "dtype must be a floating-point dtype, got 'int32'",
    ),
    (
        lambda: setattr(catenary.config, "dtype", "x"),
        ArgumentTypeError,
        "dtype must be a floating-point dtype, got 'x'",
    ),
    (lambda: catenary.using_config("cudnn", True).__enter__(), ArgumentError, "there is no setting 'cudnn'"),
    (
        lambda: catenary.get_device("@abacus"),
        DeviceNotFoundError,
        "there is no device '@abacus' here; known are '@numpy'",
    ),
    (
        lambda: catenary.get_device("cuda:x"),
        DeviceNotFoundError,
        "cannot read 'cuda:x'; write '@numpy', '@cupy:0', 'cuda:0'",
    ),
    (
        lambda: catenary.get_device(1.5),
        ArgumentTypeError,
        "get_device: expected a string, a number, an array module or a Device",
    ),
    (lambda: catenary.seed(-1), ArgumentError, "seed: expected an integer from 0 to 2**32 - 1, got -1"),
    (lambda: catenary.set_random_state({"@numpy": "x"}), ArgumentError, "expected what get_random_state returned"),
]

LINKS: list[Row] = [
    (lambda: L.Linear(0, 2), ArgumentError, "Linear: in_size must be positive, got 0"),
    (lambda: L.Linear("a", 2), ArgumentTypeError, "Linear: in_size must be an integer, got 'a'"),
    (lambda: L.Linear(3, 2)(f(2, 4)), ShapeError, "linear: x has 4 features, W expects 3"),
    (lambda: L.Linear(3, 2)([1, 2, 3]), ArgumentTypeError, "linear: x must be an array, got list"),
    (lambda: L.Linear(None, 2)([1, 2, 3]), ArgumentTypeError, "data must be an array, got list"),
    (lambda: L.Linear(3, 2, initialW=f(2, 2)), ShapeError, "the initial array has shape (2, 2), expected (2, 3)"),
    (lambda: L.Convolution2D(3, 4, 0), ArgumentError, "Convolution2D: ksize must be positive, got 0"),
    (lambda: L.EmbedID(3, 2)(ints(5)), ArgumentError, "embed_id: indices must be from 0 to 2, got 5 to 5"),
    (lambda: L.NStepLSTM(0, 3, 2, 0.0), ArgumentError, "NStepLSTM: n_layers must be positive, got 0"),
    (
        lambda: L.NStepLSTM(1, 3, 2, 0.0)(None, None, [f(2, 4)]),
        ShapeError,
        "NStepLSTM: xs[0] must have shape (length, 3), got (2, 4)",
    ),
    (
        lambda: L.NStepLSTM(1, 3, 2, 0.0)(None, None, f(2, 3)),
        ArgumentError,
        "NStepLSTM: xs must be a list of one sequence or more",
    ),
    (lambda: L.Linaer, AttributeError, "no link named 'Linaer' is registered; did you mean 'Linear'"),
    (lambda: L.Classifier(3), ArgumentTypeError, "Classifier: predictor must be a link, got int"),
    (
        lambda: L.Classifier(model())(f(2, 3)),
        ArgumentError,
        "Classifier: got one argument, which is the label; the input is missing",
    ),
    (lambda: L.Classifier(model(), label_key="t")(f(2, 3)), ArgumentError, "Classifier: the label 't' is missing"),
    (lambda: Chain(a=3), ArgumentTypeError, "add_link: expected a link, got int"),
    (lambda: ChainList(3), ArgumentTypeError, "ChainList: expected a link, got int"),
    (lambda: Sequential(model(), "x"), ArgumentTypeError, "Sequential: expected a link or another callable, got 'x'"),
    (lambda: Chain()["x"], UnknownNameError, "Chain has no child or parameter 'x'"),
    (lambda: model().add_persistent("W", 3), LinkError, "this Linear has an attribute 'W' already"),
    (lambda: model().copyparams(L.Linear(4, 2)), ShapeError, "parameter /W has shape (2, 3) here and (2, 4) there"),
    (lambda: model().copy("deep"), ArgumentError, "mode must be 'share', 'copy' or 'init', got 'deep'"),
]

OPTIMIZERS: list[Row] = [
    (lambda: optimizers.SGD(lr=-1), ArgumentError, "SGD: lr must not be negative, got -1"),
    (lambda: optimizers.SGD(lr="x"), ArgumentTypeError, "SGD: lr must be a number, got str"),
    (lambda: optimizers.SGD().setup([model()]), ArgumentTypeError, "SGD.setup: expected a Link, got list"),
    (lambda: optimizers.SGD().setup(L.Linear), ArgumentTypeError, "the class was given, make an object of it"),
    (lambda: optimizers.SGD().update(), OptimizerError, "SGD.update: call setup(link) first"),
    (lambda: optimizers.SGD().add_hook(len), OptimizerError, "SGD.add_hook: call setup(link) first"),
    (lambda: sgd().add_hook(3), ArgumentTypeError, "add_hook: expected a callable, got int"),
    (lambda: sgd().add_hook(len, timing="mid"), ArgumentError, "timing must be 'pre', 'post' or 'auto', got 'mid'"),
    (lambda: sgd().remove_hook("x"), ArgumentError, "there is no hook named 'x' (hooks: none)"),
    (lambda: sgd().update(lambda: 3.0), ArgumentTypeError, "SGD.update: lossfun must return a Variable, got float"),
    (lambda: sgd().update(3), ArgumentTypeError, "SGD.update: lossfun must be a function, got int"),
    (lambda: sgd().update(lambda: v(2) * 2), GraphError, "the output has shape (2,), not a single element"),
    (lambda: sgd().new_epoch(True), OptimizerError, "SGD.new_epoch: the user counts epochs"),
    (lambda: optimizers.get("Adma"), UnknownNameError, "no optimizer named 'Adma' is registered; did you mean 'Adam'"),
    (lambda: optimizer_hooks.WeightDecay(-1), ArgumentError, "WeightDecay: rate must not be negative, got -1"),
    (lambda: optimizer_hooks.GradientClipping(0), ArgumentError, "GradientClipping: threshold must be positive, got 0"),
]

FILES: list[Row] = [
    (lambda: serializers.load_npz("none.npz", model()), FileNotFoundError, "none.npz"),
    (lambda: serializers.load_npz("junk.npz", model()), FileFormatError, "junk.npz is not an NPZ file"),
    (lambda: serializers.load_hdf5("junk.npz", model()), FileFormatError, "junk.npz is not an HDF5 file"),
    (
        lambda: serializers.load_npz("wide.npz", model()),
        LoadMismatchError,
        "'W': the file has (2, 4) float32, (2, 3) float32 is expected",
    ),
    (lambda: serializers.load_npz("wide.npz", Chain(a=model())), LoadMismatchError, "'a/W': missing in the file"),
    (lambda: serializers.save_npz("no/y.npz", model()), FileNotFoundError, "there is no such folder to save into"),
    (lambda: serializers.save("a.unknown", model()), FileFormatError, "no format is known for the name 'a.unknown'"),
    (
        lambda: datasets.TupleDataset(f(2), f(3)),
        ArgumentError,
        "TupleDataset: expected data sets of one length, got 0: 2, 1: 3",
    ),
    (lambda: datasets.split_dataset(f(3), 5), ArgumentError, "split_dataset: expected 0 <= split_at <= 3"),
]

TRAINING: list[Row] = [
    (lambda: training.Trainer(3), ArgumentTypeError, "Trainer: updater must be an Updater, got int"),
    (lambda: training.Trainer(updater(), (1, "day")), ArgumentError, "unit must be 'epoch' or 'iteration', got 'day'"),
    (
        lambda: updater(3),
        ArgumentTypeError,
        "StandardUpdater: iterator 'main' must be an iterator such as SerialIterator, got int",
    ),
    (
        lambda: updater(None, optimizers.SGD()),
        ArgumentTypeError,
        "optimizer 'main' must have a target, call optimizer.setup(model) first",
    ),
    (lambda: iterators.SerialIterator([1], 0), ArgumentError, "batch_size must be a positive integer, got 0"),
    (lambda: iterators.SerialIterator([], 1), ArgumentError, "SerialIterator: the data set is empty"),
    (
        lambda: trainer().extend(3),
        ArgumentTypeError,
        "Trainer.extend: expected an extension, a callable or a registered name, got 3",
    ),
    (lambda: trainer().extend("NoSuch"), UnknownNameError, "no extension named 'NoSuch' is registered"),
    (lambda: trainer().get_extension("x"), ArgumentError, "Trainer.get_extension: there is no extension 'x'"),
    (lambda: extensions.LogReport(trigger="x"), ArgumentTypeError, "get_trigger: expected a trigger, a tuple such as"),
    (lambda: extensions.snapshot("zip"), UnknownNameError, "no serializer named 'zip' is registered"),
    (
        lambda: triggers.IntervalTrigger(0, "epoch"),
        ArgumentError,
        "IntervalTrigger: period must be a number above 0, got 0",
    ),
    (lambda: dataset.concat_examples([]), ArgumentError, "concat_examples: the batch is empty"),
    (lambda: dataset.concat_examples([f(2), f(3)]), ShapeError, "example 0 has shape (2,), example 1 has (3,)"),
]

PLUGINS: list[Row] = [
    (
        lambda: registry.get("functions", "rleu"),
        UnknownNameError,
        "no function named 'rleu' is registered; did you mean 'relu' or",
    ),
    (lambda: registry.get("colours", "red"), ArgumentError, "there is no kind 'colours' (kinds: functions"),
    (lambda: registry.register("functions", "relu", 1), ArgumentError, "the name 'relu' belongs to catenary-functions"),
    (lambda: registry.register("functions", "a b", 1), ArgumentError, "a name has neither colons nor blanks"),
]

TABLE = {
    "functions": FUNCTIONS,
    "variables": VARIABLES,
    "graph": GRAPH,
    "settings-devices": SETTINGS_AND_DEVICES,
    "links": LINKS,
    "optimizers": OPTIMIZERS,
    "files": FILES,
    "training": TRAINING,
    "plugins": PLUGINS,
}
ROWS = [pytest.param(*row, id=f"{area}-{i}") for area, rows in TABLE.items() for i, row in enumerate(rows)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file that is no NPZ file, and one of a model that is wider than `model()`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "junk.npz").write_bytes(b"junk")
    serializers.save_npz("wide.npz", L.Linear(4, 2))
    return tmp_path


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 70


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("call", "error", "message"), ROWS)
def test_wrong_call(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as caught:
        call()
    assert type(caught.value) is error  # none more special that the table does not know
    own = issubclass(error, CatenaryError)
    assert own or error in (AttributeError, FileNotFoundError, NotImplementedError, TypeError)


@pytest.mark.skipif(not WHY_NO_GPU, reason="there is a GPU here")
@pytest.mark.parametrize(
    "call",
    [
        lambda: catenary.get_device("cuda:0"),
        lambda: catenary.get_device(0),
        lambda: v(2).to_gpu(),
        lambda: model().to_gpu(),
        lambda: model().to_device("@cupy:0"),
        lambda: training.StandardUpdater(iterators.SerialIterator([1], 1), sgd(), device=0),
    ],
)
def test_what_a_gpu_needs_is_named(call: Callable[[], Any]) -> None:
    with pytest.raises(DeviceNotFoundError, match=WHY_NO_GPU):
        call()


# --- nothing half-done ---


def arrays_of(link: Any) -> dict[str, np.ndarray]:
    return {name: param.array.copy() for name, param in link.namedparams()}


def assert_unchanged(link: Any, before: dict[str, np.ndarray]) -> None:
    assert {name: param.array.tolist() for name, param in link.namedparams()} == {
        name: array.tolist() for name, array in before.items()
    }


@pytest.mark.parametrize("suffix", ["npz", "h5"])
def test_a_failed_load_leaves_the_model_as_it_was(folder: Path, suffix: str) -> None:
    name = f"model.{suffix}"
    serializers.save(name, Chain(a=L.Linear(3, 2), b=L.Linear(2, 5)))
    other = Chain(a=L.Linear(3, 2), b=L.Linear(2, 4))  # the first child fits, the second does not
    before = arrays_of(other)
    with pytest.raises(LoadMismatchError, match="stays as it was"):
        serializers.load(name, other)
    assert_unchanged(other, before)
    path = folder / name
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileFormatError):
        serializers.load(name, other)
    assert_unchanged(other, before)


def test_a_failed_save_leaves_the_old_file(folder: Path) -> None:
    class Broken(Chain):
        def serialize(self, serializer: Any) -> None:
            super().serialize(serializer)
            raise ZeroDivisionError

    good = model()
    serializers.save_npz("good.npz", good)
    before = (folder / "good.npz").read_bytes()
    with pytest.raises(ZeroDivisionError):
        serializers.save_npz("good.npz", Broken(a=model()))
    assert (folder / "good.npz").read_bytes() == before
    assert {path.name for path in folder.iterdir()} == {"good.npz", "junk.npz", "wide.npz"}


@pytest.mark.parametrize("name", ["SGD", "MomentumSGD", "AdaGrad", "AdaDelta", "RMSprop", "Adam"])
def test_a_failing_hook_leaves_parameters_and_counters(name: str) -> None:
    link = model()
    optimizer = optimizers.get(name).setup(link)
    before = arrays_of(link)

    def failing(optimizer: Any) -> None:
        raise ZeroDivisionError("hook")

    def loss() -> Variable:
        return F.sum(link(np.ones((2, 3), np.float32)))

    optimizer.add_hook(failing)
    with pytest.raises(ZeroDivisionError, match="hook"):
        optimizer.update(loss)
    assert_unchanged(link, before)
    assert optimizer.t == 0
    assert all(param.update_rule.t == 0 for param in link.params())
    optimizer.remove_hook("failing")
    optimizer.update(loss)
    assert optimizer.t == 1
    assert (link.b.array != before["/b"]).all()


def test_a_failing_backward_leaves_parameters_counters_and_settings() -> None:
    class Broken(catenary.FunctionNode):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0] * 1,)

        def backward(self, indexes: Any, gys: Any) -> Any:
            raise ZeroDivisionError("backward")

    link = model()
    optimizer = optimizers.Adam().setup(link)
    before = arrays_of(link)

    def loss() -> Variable:
        y = link(np.ones((2, 3), np.float32))
        return F.sum(Broken().apply((y,))[0]) + F.sum(y)

    for param in link.params():
        param.grad = np.full(param.shape, 7, np.float32)
    with pytest.raises(ZeroDivisionError, match="backward"):
        loss().backward()
    assert all((param.grad == 7).all() for param in link.params())
    with pytest.raises(ZeroDivisionError, match="backward"):
        optimizer.update(loss)
    assert_unchanged(link, before)
    assert (optimizer.t, link.W.grad) == (0, None)
    assert catenary.config.enable_backprop
    assert link(np.ones((2, 3), np.float32)).creator is not None


def test_a_failing_forward_leaves_no_trace() -> None:
    x = v(2)
    with pytest.raises(ShapeError), catenary.using_config("train", False), catenary.no_backprop_mode():
        F.linear(f(2, 3), f(4, 5))
    assert (catenary.config.train, catenary.config.enable_backprop, x.grad) == (True, True, None)


def test_a_failing_setup_keeps_the_old_target() -> None:
    optimizer = sgd()
    target, rule = optimizer.target, optimizer.target.W.update_rule
    with pytest.raises(ArgumentTypeError):
        optimizer.setup([model()])
    assert optimizer.target is target
    assert target.W.update_rule is rule
