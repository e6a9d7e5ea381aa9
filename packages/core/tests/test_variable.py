"""Variable, Parameter and VariableNode: the members that Chainer 7 documents, and what they do."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Parameter, Variable
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    GraphError,
    NotAvailableError,
    ShapeError,
)

VARIABLE = """T __add__ __copy__ __getitem__ __len__ __mul__ addgrad array as_layout backward chx_array cleargrad
copydata creator creator_node data debug_print device dtype from_chx grad grad_var item label layout mean name ndim
node rank raw_array requires_grad reshape retain_data set_creator set_creator_node shape size summary to_chx to_cpu
to_device to_gpu to_intel64 transpose unchain unchain_backward xp zerograd"""
PARAMETER = """__copy__ cleargrad dtype from_chx initialize initializer is_initialized to_chx to_cpu to_device to_gpu
to_intel64 update zerograd"""
VARIABLE_NODE = """creator creator_node data dtype get_variable get_variable_or_none grad grad_var label rank
requires_grad retain_data set_creator set_creator_node shape unchain"""


def f32(*values: Any) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("kind", "members"),
    [(Variable, VARIABLE), (Parameter, PARAMETER), (catenary.VariableNode, VARIABLE_NODE)],
    ids=["Variable", "Parameter", "VariableNode"],
)
def test_documented_members_are_there(kind: type, members: str) -> None:
    instance = kind(f32(1)) if kind is not catenary.VariableNode else Variable(f32(1)).node
    missing = [name for name in members.split() if not hasattr(kind, name) and name not in dir(instance)]
    assert missing == []


# --- array and gradient ---


def test_array_has_three_names() -> None:
    array = f32(1, 2)
    x = Variable(array)
    assert x.array is array
    assert x.data is array
    assert x.raw_array is array
    x.data = other = f32(3)
    assert x.array is other
    x.array = None
    assert x.data is None


@pytest.mark.parametrize("number", [np.float32(2), np.float64(2), np.int64(2), np.bool_(True)])
def test_array_is_never_a_bare_number(number: Any) -> None:
    for x in (Variable(number), Variable(number) + 1, Variable(np.array([number]))[0], Variable(number).sum()):
        assert type(x.array) is np.ndarray
        assert x.shape == ()


def test_no_gradient_is_a_bare_number() -> None:
    x = Variable(np.float32(3))
    y = x * x
    z = y * y
    z.backward(retain_grad=True)
    assert [type(v.grad) for v in (x, y, z)] == [np.ndarray] * 3
    assert (x.grad, y.grad, z.grad) == (108, 18, 1)


def test_describing_members() -> None:
    x = Variable(np.zeros((2, 3), np.float32), name="x")
    assert (x.shape, x.ndim, x.size, x.dtype, x.name, x.rank) == ((2, 3), 2, 6, np.dtype("float32"), "x", 0)
    assert (x.label, x.layout, x.creator, x.creator_node) == ("(2x3), float32", None, None, None)
    assert x.xp is np
    assert x.device == catenary.get_device("@numpy")
    assert Variable(np.float64(1)).label == "float64"
    assert Variable().label == "(uninitialized)"


def test_gradient_keeps_its_identity() -> None:
    x, g = Variable(f32(1, 2)), f32(3, 4)
    x.grad = g
    assert x.grad is g
    variable = x.grad_var
    assert type(variable) is Variable
    assert variable.array is g
    assert x.grad_var is variable
    x.grad_var = other = Variable(f32(5, 6))
    assert x.grad_var is other
    assert x.grad is other.array
    x.grad_var = None
    assert x.grad is None
    assert x.grad_var is None


def test_gradient_of_a_value_in_between_is_shared_by_its_copies() -> None:
    y = Variable(f32(1)) * 2
    y.grad = g = f32(7)
    assert copy.copy(y).grad is g


def test_gradient_given_at_once() -> None:
    assert Variable(f32(1), grad=f32(2)).grad == 2
    assert Variable(f32(1), requires_grad=False).requires_grad is False


@pytest.mark.parametrize(
    ("grad", "error", "message"),
    [
        (f32(1), ShapeError, r"Variable.grad: expected shape \(2,\) as the array has, got \(1,\)"),
        (np.zeros(2), ArgumentTypeError, "expected dtype float32 as the array has, got float64"),
        ([1.0, 2.0], ArgumentTypeError, "Variable: grad must be an array, got list"),
        (Variable(f32(1, 2)), ArgumentTypeError, "expected an array, got a Variable; set grad_var"),
    ],
)
def test_wrong_gradient_is_refused(grad: Any, error: type, message: str) -> None:
    x = Variable(f32(1, 2))
    with pytest.raises(error, match=message):
        x.grad = grad
    assert x.grad is None


def test_wrong_grad_var_is_refused() -> None:
    x = Variable(f32(1, 2))
    with pytest.raises(ArgumentTypeError, match="expected a Variable, got ndarray"):
        x.grad_var = f32(1, 2)
    with pytest.raises(ShapeError):
        x.grad_var = Variable(f32(1))
    assert x.grad_var is None


def test_cleargrad_and_zerograd() -> None:
    x = Variable(f32(1, 2), grad=f32(3, 4))
    x.zerograd()
    np.testing.assert_array_equal(x.grad, f32(0, 0))
    assert x.grad.dtype == np.float32
    x.cleargrad()
    assert x.grad is None


# --- operators ---

OPERATORS = [
    (lambda a, b: a + b, "add"),
    (lambda a, b: a - b, "sub"),
    (lambda a, b: a * b, "mul"),
    (lambda a, b: a / b, "div"),
    (lambda a, b: a // b, "floor_div"),
    (lambda a, b: a**b, "power"),
]


@pytest.mark.parametrize("operate", [o for o, _ in OPERATORS], ids=[n for _, n in OPERATORS])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.float16(2)], ids=repr)
def test_numbers_keep_the_dtype(operate: Any, dtype: str, number: Any) -> None:
    array = np.array([1.5, 3], dtype)
    for y, expected in (
        (operate(Variable(array), number), operate(array, 2.0)),
        (operate(number, Variable(array)), operate(2.0, array)),
    ):
        assert type(y) is Variable
        assert y.dtype == dtype
        np.testing.assert_array_equal(y.array, expected)


@pytest.mark.parametrize("operate", [o for o, _ in OPERATORS], ids=[n for _, n in OPERATORS])
def test_arrays_on_either_side(operate: Any) -> None:
    a, b = f32(1, 2, 3), np.array([[2], [4]], np.float32)
    for y in (operate(Variable(a), Variable(b)), operate(Variable(a), b), operate(a, Variable(b))):
        assert type(y) is Variable
        np.testing.assert_array_equal(y.array, operate(a, b))


def test_a_wider_array_widens() -> None:
    assert (Variable(f32(1)) + np.zeros(1)).dtype == np.float64


def test_gradient_flows_from_either_side() -> None:
    x = Variable(f32(2))
    (np.float64(3) / x + f32(5) - x).backward()
    np.testing.assert_allclose(x.grad, f32(-3 / 4 - 1))


def test_matrix_product_with_arrays() -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    for y in (Variable(a) @ Variable(b), Variable(a) @ b, a @ Variable(b)):
        np.testing.assert_array_equal(y.array, a @ b)


def test_unary_operators() -> None:
    x = Variable(f32(-1, 2))
    np.testing.assert_array_equal((-x).array, f32(1, -2))
    np.testing.assert_array_equal(abs(x).array, f32(1, 2))


def test_methods_that_are_functions() -> None:
    a = np.arange(6.0).reshape(2, 3)
    x = Variable(a)
    np.testing.assert_array_equal(x.T.array, a.T)
    np.testing.assert_array_equal(x.transpose().array, a.T)
    np.testing.assert_array_equal(x.transpose(1, 0).array, a.T)
    np.testing.assert_array_equal(x.transpose((0, 1)).array, a)
    np.testing.assert_array_equal(x.transpose(None).array, a.T)
    np.testing.assert_array_equal(x.reshape(3, 2).array, a.reshape(3, 2))
    np.testing.assert_array_equal(x.reshape((3, -1)).array, a.reshape(3, 2))
    np.testing.assert_array_equal(x.reshape([6]).array, a.reshape(6))
    assert Variable(f32(1)).reshape(()).shape == ()
    np.testing.assert_array_equal(x.sum(0, keepdims=True).array, a.sum(0, keepdims=True))
    np.testing.assert_allclose(x.mean((0, 1)).array, a.mean())
    weights = np.array([[1.0, 2, 3], [3, 2, 1]])
    np.testing.assert_allclose(x.mean(1, weights=weights).array, np.average(a, 1, weights))


def test_mean_has_a_gradient() -> None:
    x = Variable(np.arange(6.0).reshape(2, 3))
    (x.mean(1) * np.array([1.0, 10.0])).sum().backward()
    np.testing.assert_allclose(x.grad, np.array([[1 / 3] * 3, [10 / 3] * 3]))


INDICES: list[Any] = [
    0,
    np.int32(-1),
    slice(None, None, -1),
    None,
    Ellipsis,
    (1, 2),
    (slice(None), 1),
    (None, 0, Ellipsis, slice(0, 2)),
    [1, 0, 1],
    ([0, 1], [2, 2]),
    np.array([[0, 1], [1, 0]]),
    np.array([True, False]),
    np.array([[True, False, True], [False, False, True]]),
    (slice(None), np.array([2, 0])),
    (),
]


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_indexing(index: Any) -> None:
    a = np.arange(6.0).reshape(2, 3)
    x = Variable(a)
    y = x[index]
    np.testing.assert_array_equal(y.array, a[index])
    w = np.arange(1.0, y.size + 1).reshape(y.shape)
    (y * w).sum().backward()
    expected = np.zeros((2, 3))
    np.add.at(expected, index, w)
    np.testing.assert_array_equal(x.grad, expected)


def test_length_and_iteration() -> None:
    x = Variable(np.arange(6.0).reshape(3, 2))
    assert len(x) == 3
    rows = list(x)
    assert all(type(row) is Variable for row in rows)
    np.testing.assert_array_equal(rows[2].array, [4, 5])
    a, b, c = x
    (a * b + c).sum().backward()
    np.testing.assert_array_equal(x.grad, [[2, 3], [0, 1], [1, 1]])
    with pytest.raises(TypeError, match="0-d"):
        len(Variable(np.float32(1)))
    with pytest.raises(TypeError, match="0-d"):
        iter(Variable(np.float32(1)))


def test_item() -> None:
    assert Variable(np.array([[2.5]])).item() == 2.5
    assert type(Variable(np.int32(3)).item()) is int
    with pytest.raises(ArgumentError, match=r"exactly one element, got an array of shape \(2,\)"):
        Variable(f32(1, 2)).item()
    with pytest.raises(ArgumentError, match="shape None"):
        Variable().item()


@pytest.mark.parametrize("compare", ["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_comparisons_refuse(compare: str) -> None:
    with pytest.raises(ArgumentTypeError, match=r"cannot be compared; compare their \.array"):
        getattr(Variable(f32(1)), compare)(0)


def test_truth_refuses_and_hash_is_identity() -> None:
    x = Variable(f32(1))
    with pytest.raises(ArgumentTypeError, match="no truth value"):
        bool(x)
    assert {x: 1}[x] == 1


def test_numpy_functions_refuse() -> None:
    with pytest.raises(ArgumentTypeError, match=r"give its \.array"):
        np.asarray(Variable(f32(1)))
    with pytest.raises(TypeError):
        np.add(f32(1), Variable(f32(1)))


# --- copies, pickles, texts ---


def test_copy_shares_the_array_and_the_graph() -> None:
    x = Variable(f32(1), name="x")
    y = x * 2
    for v in (x, y):
        w = copy.copy(v)
        assert w is not v
        assert (w.array is v.array, w.name, w.creator is v.creator) == (True, v.name, True)
    copy.copy(y).backward()
    assert x.grad == 2


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))], ids=["deep", "pickle"])
def test_a_deep_copy_is_a_leaf_of_its_own(duplicate: Any) -> None:
    x = Variable(f32(1, 2), name="x", grad=f32(3, 4), requires_grad=False)
    w = duplicate(x)
    np.testing.assert_array_equal(w.array, x.array)
    np.testing.assert_array_equal(w.grad, x.grad)
    assert (w.name, w.requires_grad, type(w)) == ("x", False, Variable)
    assert not np.shares_memory(w.array, x.array)
    assert not np.shares_memory(w.grad, x.grad)
    y = Variable(f32(5)) * 2
    y.grad = f32(6)
    w = duplicate(y)
    assert (w.creator, w.array[0], w.grad[0]) == (None, 10, 6)


def test_deep_copy_keeps_what_is_shared() -> None:
    x = Variable(f32(1))
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_texts() -> None:
    x = Variable(f32(1, 2))
    assert (repr(x), str(x)) == ("variable([1., 2.])", "variable([1. 2.])")
    W = Variable(np.zeros((2, 2)), name="W")
    assert repr(W) == "variable W([[0., 0.],\n            [0., 0.]])"
    assert str(W) == "variable W([[0. 0.]\n            [0. 0.]])"
    assert repr(Variable()) == str(Variable()) == "variable(None)"
    assert repr(Variable(catenary.get_device("@tripwire").send(f32(1)))) == "variable([1.])"
    assert x.summary().endswith(": (2), float32 on @numpy>")
    text = Variable(f32(1, 3), name="x", grad=f32(2, 2)).debug_print().split("\n")
    assert text[0].startswith("<variable x ")
    assert text[1:] == [
        "- data: (2,) float32, mean=2.00000000, std=1.00000000",
        "- grad: (2,) float32, mean=2.00000000, std=0.00000000",
    ]
    assert "- grad: None" in x.debug_print()
    assert "mean=0.0" in Variable(f32()).debug_print()


# --- the graph ---


def test_creator_and_node() -> None:
    x = Variable(f32(1), name="x")
    y = x * x + 1
    assert y.creator.label == "add"
    assert y.creator is y.creator_node
    assert (y.rank, x.node.name, x.node.shape, x.node.dtype) == (2, "x", (1,), np.dtype("float32"))
    assert y.creator.inputs[0].creator.inputs == (x.node, x.node)
    assert y.node.creator_node is y.creator
    assert y.node.get_variable().creator is y.creator
    assert x.node.get_variable() is x
    assert x.node.get_variable_or_none() is x
    assert y.node.get_variable_or_none() is None  # no rule of add names its output
    assert (x.node.data is x.array, y.node.data, y.node.label, y.node.rank) == (True, None, "(1), float32", 2)
    assert y.node == y.node != x.node
    assert len({y.node, y.node, x.node}) == 2
    x.node.retain_data()
    x.retain_data()


def test_constants_among_the_inputs_of_a_node() -> None:
    x = Variable(f32(1))
    two = (x * 2).creator.inputs[1]
    assert (two.data, two.creator, two.label) == (2, None, "int64")
    unknown = (x + f32(2)).creator.inputs[1]
    assert (unknown.data, unknown.shape, unknown.dtype, repr(unknown)) == (
        None,
        None,
        None,
        "<VariableNode (not kept)>",
    )


def test_gradient_through_a_handle() -> None:
    x = Variable(f32(3))
    y = x * x
    (y * 2).backward(retain_grad=True)
    assert (y.node.grad, y.node.grad_var.array, x.node.grad) == (2, 2, 12)


def test_set_creator() -> None:
    x = Variable(f32(2))
    maker = (x * 3).creator
    y = Variable(f32(6))
    y.set_creator_node(maker)
    y.backward()
    assert x.grad == 3
    handle = Variable(f32(6)).node
    handle.set_creator(maker)
    assert handle.creator is maker
    with pytest.raises(GraphError, match="made by mul already"):
        handle.set_creator_node(maker)


def test_unchain_makes_a_leaf_of_a_value() -> None:
    x = Variable(f32(1))
    y = x * 2
    z = y * 3
    y.unchain()
    assert (y.creator, y.rank, z.rank) == (None, 0, 1)
    z.backward()
    (y * 10).backward()
    assert x.grad is None
    assert y.grad == 13
    x.unchain()  # nothing to do


# --- devices ---


def test_to_device_moves_array_and_gradient() -> None:
    device = catenary.get_device("@tripwire")
    x = Variable(f32(1, 2), grad=f32(3, 4))
    x.to_device("@tripwire")
    assert device.is_array_supported(x.array)
    assert device.is_array_supported(x.grad)
    assert (x.device, x.xp) == (device, device.xp)
    (x * x).sum().backward()
    x.to_cpu()
    np.testing.assert_array_equal(x.array, f32(1, 2))
    np.testing.assert_array_equal(x.grad, f32(5, 8))
    before = x.array
    x.to_device("@numpy")
    assert x.array is before


def test_to_gpu_says_what_to_install() -> None:
    x = Variable(f32(1))
    with pytest.raises(catenary.errors.DeviceNotFoundError, match="pip install"):
        x.to_gpu()
    with pytest.raises(catenary.errors.DeviceNotFoundError, match="catenary-cupy"):
        x.to_gpu(1)
    assert type(x.array) is np.ndarray


def test_what_is_left_out_says_so() -> None:
    x = Variable(f32(1))
    for call in (x.to_chx, x.to_intel64, lambda: x.chx_array, lambda: x.as_layout(1)):
        with pytest.raises(NotAvailableError, match="not available"):
            call()
    x.from_chx()
    assert x.as_layout(None) is x


@pytest.mark.parametrize(("mine", "theirs"), [("@numpy", "@tripwire"), ("@tripwire", "@numpy"), ("@numpy", "@numpy")])
def test_copydata_and_addgrad_across_devices(mine: str, theirs: str) -> None:
    x, y = Variable(f32(0, 0)), Variable(f32(1, 2), grad=f32(3, 4))
    x.to_device(mine)
    y.to_device(theirs)
    kept = x.array
    x.copydata(y)
    x.addgrad(y)
    x.addgrad(y)
    assert x.array is kept
    for array in (x.array, x.grad):
        assert catenary.get_device(mine).is_array_supported(array)
    x.to_cpu()
    y.to_cpu()
    np.testing.assert_array_equal(x.array, f32(1, 2))
    np.testing.assert_array_equal(x.grad, f32(6, 8))
    np.testing.assert_array_equal(y.grad, f32(3, 4))


def test_addgrad_shares_nothing() -> None:
    x, y = Variable(f32(0)), Variable(f32(1), grad=f32(3))
    x.addgrad(y)
    x.grad[...] = 9
    assert y.grad == 3
    x.addgrad(Variable(f32(1)))  # nothing to add
    assert x.grad == 9


def test_copydata_checks_the_shape() -> None:
    with pytest.raises(ShapeError, match=r"copydata: expected shape \(1,\), got \(2,\)"):
        Variable(f32(1)).copydata(Variable(f32(1, 2)))
