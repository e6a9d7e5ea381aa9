"""FunctionNode: differentiable functions as classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary
from catenary import FunctionHook, FunctionNode, Variable, grad
from catenary.errors import ArgumentTypeError, GraphError, NaNError

FUNCTION_NODE = """__call__ add_hook apply backward backward_accumulate check_layout_forward check_type_forward
delete_hook forward forward_cpu forward_gpu get_retained_inputs get_retained_outputs input_layouts inputs
is_elementwise label lazy_grad_sum local_function_hooks output_data output_layouts outputs rank retain_inputs
retain_outputs stack unchain"""
FUNCTION_HOOK = """__enter__ __exit__ added backward_postprocess backward_preprocess deleted forward_postprocess
forward_preprocess name"""


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


class Product(FunctionNode):
    """a * b."""

    def forward(self, inputs: Any) -> Any:
        self.retain_inputs((0, 1))
        return (inputs[0] * inputs[1],)

    def backward(self, indexes: Any, gys: Any) -> Any:
        x = self.get_retained_inputs()
        return tuple(gys[0] * x[1 - i] for i in indexes)


class Exponential(FunctionNode):
    """exp(x), with its output for the gradient."""

    def forward(self, inputs: Any) -> Any:
        self.retain_outputs((0,))
        return (np.exp(inputs[0]),)

    def backward(self, indexes: Any, gys: Any) -> Any:
        (y,) = self.get_retained_outputs()
        return (gys[0] * y,)


class ExponentialAndSquare(FunctionNode):
    """exp(x) and x**2."""

    def forward(self, inputs: Any) -> Any:
        self.retain_inputs((0,))
        self.retain_outputs((0,))
        return np.exp(inputs[0]), inputs[0] ** 2

    def backward(self, indexes: Any, gys: Any) -> Any:
        (x,), (y,) = self.get_retained_inputs(), self.get_retained_outputs()
        parts = []
        if gys[0] is not None:
            parts.append(gys[0] * y)
        if gys[1] is not None:
            parts.append(gys[1] * 2 * x)
        return (sum(parts[1:], parts[0]),)


def test_documented_members_are_there() -> None:
    node = Product()
    assert [name for name in FUNCTION_NODE.split() if not hasattr(node, name)] == []
    assert [name for name in FUNCTION_HOOK.split() if not hasattr(FunctionHook(), name)] == []
    node.check_type_forward(None)
    node.check_layout_forward(None)
    assert (node.is_elementwise, node.lazy_grad_sum, node.stack) == (False, False, None)


def test_forward_and_backward() -> None:
    a, b = leaf(2), leaf(3)
    (y,) = Product().apply((a, b))
    assert type(y) is Variable
    y.backward()
    assert (y.array, a.grad, b.grad) == (6, 3, 2)
    (y,) = Product().apply((a, np.array([5.0])))
    y.backward()
    assert a.grad == 8


@pytest.mark.parametrize("node", [Exponential, lambda: FirstOf(ExponentialAndSquare(), 0)], ids=["one", "several"])
def test_higher_orders_through_a_retained_output(node: Any) -> None:
    x = leaf(2)
    (y,) = node().apply((x,))
    for _ in range(3):
        (y,) = grad([y], [x], enable_double_backprop=True)
        np.testing.assert_allclose(y.array, np.exp([2]))


class FirstOf:
    def __init__(self, node: FunctionNode, index: int) -> None:
        self.node, self.index = node, index

    def apply(self, inputs: Any) -> Any:
        return self.node.apply(inputs)[self.index : self.index + 1]


def test_higher_orders_through_retained_inputs() -> None:
    a, b = leaf(2), leaf(3)
    (y,) = Product().apply((a, b))
    (y,) = Product().apply((y, y))  # a**2 b**2
    (ga,) = grad([y], [a], enable_double_backprop=True)
    gaa, gab = grad([ga], [a, b])  # type: ignore[list-item]
    assert gaa is not None
    assert gab is not None
    assert (gaa.array, gab.array) == (2 * 9, 4 * 2 * 3)


@pytest.mark.parametrize("double", [False, True])
def test_several_outputs_and_missing_gradients(double: bool) -> None:
    x = leaf(2)
    e, s = ExponentialAndSquare().apply((x,))
    s.backward(enable_double_backprop=double)
    np.testing.assert_allclose(x.grad, [4])
    (e + s).backward(enable_double_backprop=double)
    np.testing.assert_allclose(x.grad, [8 + np.exp(2)])
    assert e.creator is s.creator
    assert e.creator.outputs == (e.node, s.node)


def test_what_a_node_knows() -> None:
    x = leaf(2)
    node = Product()
    assert (node.rank, node.inputs, node.label) == (0, (), "Product")
    (y,) = node.apply((x * 1, np.array([3.0])))
    assert y.creator is node
    assert (node.rank, node.label, node.input_layouts, node.output_layouts) == (2, "Product", (None, None), (None,))
    assert node.inputs[0].rank == 1
    assert node.inputs[1].data == 3
    assert node.outputs == (y.node,)
    assert node.output_data == (None,)
    kept = Exponential()
    (y,) = kept.apply((x,))
    assert kept.output_data[0] is y.array
    node.unchain()
    assert node.inputs[0].creator is None


def test_nothing_is_recorded_where_nothing_is_needed() -> None:
    node = Product()
    with catenary.no_backprop_mode():
        (y,) = node.apply((leaf(2), leaf(3)))
    assert (y.creator, y.requires_grad, node.output_data) == (None, False, ())
    (y,) = Product().apply((np.ones(1), np.ones(1)))
    assert (y.creator, y.requires_grad) == (None, False)


def test_forward_cpu_and_forward_gpu() -> None:
    class Kind(FunctionNode):
        def forward_cpu(self, inputs: Any) -> Any:
            return (inputs[0] * 1,)

        def forward_gpu(self, inputs: Any) -> Any:
            return (inputs[0] * 2,)

    device = catenary.get_device("@tripwire")
    assert Kind().apply((np.ones(1),))[0].array == 1
    assert Kind().apply((device.send(np.ones(1)),))[0].item() == 2
    with pytest.raises(NotImplementedError, match="FunctionNode gives neither forward nor forward_cpu"):
        FunctionNode().apply((np.ones(1),))
    with pytest.raises(NotImplementedError, match="gives neither forward nor forward_gpu"):
        FunctionNode().apply((device.send(np.ones(1)),))


def test_without_backward_the_gradient_is_zero() -> None:
    class Constant(FunctionNode):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0] * 0,)

    x = leaf(1)
    Constant().apply((x,))[0].backward()
    assert x.grad is None


def test_backward_accumulate_adds() -> None:
    node = Product()
    node.apply((leaf(2), leaf(3)))
    gx = node.backward_accumulate((0, 1), (leaf(1),), (leaf(10), None))
    assert [g.array for g in gx if g is not None] == [13, 2]

    class Own(Product):
        def backward_accumulate(self, indexes: Any, gys: Any, gxs: Any) -> Any:
            assert gxs == (None, None)
            return tuple(g * 100 for g in self.backward(indexes, gys))

    x = leaf(2)
    Own().apply((x, x))[0].backward()
    assert x.grad == 400


def test_gradients_for_all_inputs_where_few_are_asked() -> None:
    class All(Product):
        def backward(self, indexes: Any, gys: Any) -> Any:
            return super().backward((0, 1), gys)

    x = leaf(2)
    All().apply((np.array([3.0]), x))[0].backward()
    assert x.grad == 3


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        ((), GraphError, "Wrong.backward: expected 2 gradients, got 0"),
        ((None,) * 3, GraphError, "Wrong.backward: expected 2 gradients, got 3"),
        (
            (np.ones(1), np.ones(1)),
            ArgumentTypeError,
            r"must return a tuple of Variables \(or None\), got ndarray, ndarr",
        ),
        (leaf(1), ArgumentTypeError, "must return a tuple of Variables .* got Variable"),
        (None, ArgumentTypeError, "must return a tuple of Variables .* got NoneType"),
    ],
)
def test_wrong_results_of_backward(result: Any, error: type, message: str, double: bool) -> None:
    class Wrong(Product):
        def backward(self, indexes: Any, gys: Any) -> Any:
            return result

    (y,) = Wrong().apply((leaf(2), leaf(3)))
    with pytest.raises(error, match=message):
        y.backward(enable_double_backprop=double)
    assert y.grad is None


@pytest.mark.parametrize("result", [np.ones(1), [np.ones(1)], "x", None, (1,), ([1.0],)], ids=repr)
def test_wrong_results_of_forward(result: Any) -> None:
    class Wrong(FunctionNode):
        def forward(self, inputs: Any) -> Any:
            return result

    with pytest.raises(ArgumentTypeError, match=r"Wrong\.forward: must return a tuple of arrays, got"):
        Wrong().apply((leaf(1),))


def test_bare_numbers_of_forward_become_arrays() -> None:
    class Total(FunctionNode):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0].sum(),)

    assert type(Total().apply((leaf(1, 2),))[0].array) is np.ndarray


def test_misuse() -> None:
    node = Product()
    node.apply((leaf(1), leaf(1)))
    with pytest.raises(GraphError, match="Product: a FunctionNode is applied once"):
        node.apply((leaf(1), leaf(1)))
    with pytest.raises(ArgumentTypeError, match=r"Product: a FunctionNode is not called; use apply\(\(x, \.\.\.\)\)"):
        Product()(leaf(1), leaf(1))
    with pytest.raises(ArgumentTypeError, match=r"Product: inputs\[1\] must be an array, got list"):
        Product().apply((leaf(1), [1.0]))


def test_debug_mode_names_the_class() -> None:
    class Broken(Product):
        def backward(self, indexes: Any, gys: Any) -> Any:
            return tuple(g * np.nan for g in super().backward(indexes, gys))

    (y,) = Broken().apply((leaf(1), leaf(1)))
    with catenary.using_config("debug", True):
        with pytest.raises(NaNError, match="gradient of Broken: NaN in result 0"):
            y.backward()
        with pytest.raises(NaNError, match="Product: NaN in the result"):
            Product().apply((leaf(np.nan), leaf(1)))


# --- hooks of one object ---


class Recorder(FunctionHook):
    name = "Recorder"

    def __init__(self, log: list[Any], name: str = "") -> None:
        self.log, self.as_name = log, name

    def added(self, function: Any) -> None:
        self.log.append(f"{self.as_name}added")

    def deleted(self, function: Any) -> None:
        self.log.append(f"{self.as_name}deleted")

    def forward_preprocess(self, function: Any, in_data: Any) -> None:
        self.log.append(f"{self.as_name}forward {function.label}")

    def forward_postprocess(self, function: Any, in_data: Any) -> None:
        self.log.append(f"{self.as_name}after forward {in_data[0].item():g}")

    def backward_preprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
        self.log.append(f"{self.as_name}backward {function.label}")

    def backward_postprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
        self.log.append(f"{self.as_name}after backward {out_grad[0].item():g}")


@pytest.mark.parametrize("double", [False, True])
def test_hooks_of_one_object(double: bool) -> None:
    log: list[str] = []
    node, x = Product(), leaf(2)
    node.add_hook(Recorder(log))
    assert list(node.local_function_hooks) == ["Recorder"]
    (y,) = node.apply((x, x))
    (Product().apply((y, x))[0] * 5.0).backward(enable_double_backprop=double)
    node.delete_hook("Recorder")
    assert log == ["added", "forward Product", "after forward 2", "backward Product", "after backward 10", "deleted"]
    assert Product.local_function_hooks == {}


def test_hooks_of_the_thread_run_around_those_of_the_object() -> None:
    log: list[str] = []
    node, x = Product(), leaf(2)
    node.add_hook(Recorder(log, "own: "), name="own")
    with Recorder(log, "all: "):
        (y,) = node.apply((x, x))
        y.backward()
    assert log[2:-1] == [
        "all: forward Product",
        "own: forward Product",
        "all: after forward 2",
        "own: after forward 2",
        "all: backward Product",
        "own: backward Product",
        "own: after backward 1",
        "all: after backward 1",
    ]


def test_misuse_of_hooks() -> None:
    node = Product()
    with pytest.raises(ArgumentTypeError, match="add_hook: expected a FunctionHook, got str"):
        node.add_hook("hook")  # type: ignore[arg-type]
    node.add_hook(FunctionHook())
    with pytest.raises(GraphError, match="Product has a hook named 'FunctionHook' already"):
        node.add_hook(FunctionHook())
    with pytest.raises(GraphError, match="Product has no hook named 'x'"):
        node.delete_hook("x")

    class Refusing(FunctionHook):
        name = "Refusing"

        def added(self, function: Any) -> None:
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        node.add_hook(Refusing())
    assert list(node.local_function_hooks) == ["FunctionHook"]
