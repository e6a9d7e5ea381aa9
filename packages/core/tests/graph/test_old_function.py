"""Function: old-style functions, which differentiate arrays once."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Function, FunctionAdapter, FunctionHook, Variable, grad
from catenary.errors import GraphError

FUNCTION = """__call__ add_hook backward backward_cpu backward_gpu check_type_forward delete_hook forward forward_cpu
forward_gpu inputs label local_function_hooks node output_data outputs rank retain_inputs retain_outputs stack
unchain"""
ADAPTER = "backward check_type_forward forward function label"


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


class Product(Function):
    """a * b."""

    def forward(self, inputs: Any) -> Any:
        return (inputs[0] * inputs[1],)

    def backward(self, inputs: Any, grad_outputs: Any) -> Any:
        assert all(type(x) is np.ndarray for x in (*inputs, *grad_outputs))
        return grad_outputs[0] * inputs[1], grad_outputs[0] * inputs[0]


class SumAndDifference(Function):
    """a + b and a - b, without the arrays."""

    def forward(self, inputs: Any) -> Any:
        self.retain_inputs(())
        self.retain_outputs((1,))
        return inputs[0] + inputs[1], inputs[0] - inputs[1]

    def backward(self, inputs: Any, grad_outputs: Any) -> Any:
        assert inputs == (None, None)
        total, difference = (0 if g is None else g for g in grad_outputs)
        return total + difference, None if grad_outputs[1] is None else total - difference


def test_documented_members_are_there() -> None:
    assert [name for name in FUNCTION.split() if not hasattr(Product(), name)] == []
    assert [name for name in ADAPTER.split() if not hasattr(FunctionAdapter(Product()), name)] == []
    Product().check_type_forward(None)


def test_forward_and_backward() -> None:
    a, b = leaf(2), leaf(3)
    y = Product()(a, b)
    assert type(y) is Variable
    y.backward()
    assert (y.array, a.grad, b.grad) == (6, 3, 2)
    (Product()(a, np.array([5.0])) * 2.0).backward()
    assert a.grad == 13


def test_several_outputs_and_no_gradient() -> None:
    a, b = leaf(5), leaf(3)
    total, difference = SumAndDifference()(a, b)
    total.backward()
    assert (a.grad, b.grad) == (1, None)
    catenary.backward([total, difference], [leaf(1), leaf(10)])
    assert (a.grad, b.grad) == (12, -9)


def test_what_it_knows_of_its_last_call() -> None:
    function, x = SumAndDifference(), leaf(2)
    assert (function.inputs, function.rank, function.label, function.stack) == ((), 0, "SumAndDifference", None)
    total, difference = function(x * 1.0, x)
    assert total.creator is function
    assert total.creator_node is function.node
    assert function.node.function is function
    assert function.rank == 2
    assert [h.rank for h in function.inputs] == [1, 0]
    assert function.outputs == (total.node, difference.node)
    assert function.output_data == (None, difference.array)
    function.unchain()
    assert (total.creator, difference.creator) == (None, None)


def test_an_object_may_be_called_again() -> None:
    function, x = Product(), leaf(3)
    y, z = function(x, x), function(x, 2 * x)
    (y + z).backward()
    assert x.grad == 6 + 12


def test_set_creator_takes_an_old_function() -> None:
    function, x = Product(), leaf(3)
    y = function(x, x)
    z = leaf(9)
    z.set_creator(function)
    z.backward()
    assert x.grad == 6
    assert y.creator is z.creator


def test_the_graph_is_freed_with_its_outputs() -> None:
    gc.disable()
    try:
        function, x = Product(), leaf(3)
        y = function(x * 1.0, x)
        node, between = weakref.ref(function.node), weakref.ref(function.inputs[0].source)
        del y
        assert node() is None
        assert between() is None
        assert function.inputs == ()
    finally:
        gc.enable()


def test_forward_and_backward_by_device() -> None:
    class Kind(Function):
        def forward_cpu(self, inputs: Any) -> Any:
            return (inputs[0] * 1,)

        def forward_gpu(self, inputs: Any) -> Any:
            return (inputs[0] * 2,)

        def backward_cpu(self, inputs: Any, grad_outputs: Any) -> Any:
            return (grad_outputs[0] * 10,)

        def backward_gpu(self, inputs: Any, grad_outputs: Any) -> Any:
            return (grad_outputs[0] * 20,)

    for device, value, gradient in (("@numpy", 1, 10), ("@tripwire", 2, 20)):
        x = leaf(1)
        x.to_device(device)
        y = Kind()(x)
        y.backward()
        x.to_cpu()
        assert (y.item(), x.grad) == (value, gradient)
    with pytest.raises(NotImplementedError, match="Function gives neither forward nor forward_cpu"):
        Function()(leaf(1))


def test_without_backward_the_gradient_is_zero() -> None:
    class Constant(Function):
        def forward(self, inputs: Any) -> Any:
            return (inputs[0] * 0,)

    for device in ("@numpy", "@tripwire"):
        x = leaf(1)
        x.to_device(device)
        Constant()(x).backward()
        assert x.grad is None


def test_second_order_is_refused_and_first_order_beside_it_works() -> None:
    x, w = leaf(2), leaf(3)
    y = Product()(x, x) * w * w
    gx, gw = grad([y], [x, w], enable_double_backprop=True)
    assert gx is not None
    assert gw is not None
    assert (gx.array, gw.array) == (36, 24)
    (gww,) = grad([gw], [w])
    assert gww is not None
    assert gww.array == 8
    with pytest.raises(
        GraphError, match="Product: an old-style Function has no gradients of higher order; write it as"
    ):
        gx.backward()
    assert (x.grad, w.grad) == (None, None)


@pytest.mark.parametrize("result", [(), (None, None, None)])
def test_wrong_number_of_gradients(result: Any) -> None:
    class Wrong(Product):
        def backward(self, inputs: Any, grad_outputs: Any) -> Any:
            return result

    with pytest.raises(GraphError, match=f"Wrong.backward: expected 2 gradients, got {len(result)}"):
        Wrong()(leaf(1), leaf(1)).backward()


def test_hooks_of_one_object() -> None:
    log: list[str] = []

    class Recorder(FunctionHook):
        name = "Recorder"

        def forward_preprocess(self, function: Any, in_data: Any) -> None:
            log.append(f"forward {function.label}")

        def backward_postprocess(self, function: Any, in_data: Any, out_grad: Any) -> None:
            log.append(f"backward {function.label} {in_data[0].item():g} {out_grad[0].item():g}")

    function, x = Product(), leaf(2)
    function.add_hook(Recorder())
    assert list(function.local_function_hooks) == ["Recorder"]
    function(x, x).backward()
    function.delete_hook("Recorder")
    function(x, x)
    assert log == ["forward Product", "backward Product 2 1"]
    with pytest.raises(GraphError, match="Product has no hook named 'Recorder'"):
        function.delete_hook("Recorder")
