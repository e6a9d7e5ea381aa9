"""The backward walk: what it computes, what it keeps, what it frees, and what it leaves alone after an error."""

from __future__ import annotations

import gc
import itertools
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import PER_CALL, Saved, Variable, arithmetic, backward, grad
from catenary.errors import ArgumentTypeError, GraphError, ShapeError
from catenary.types import Array, Arrays


@pytest.fixture(autouse=True)
def only_reference_counts() -> Iterator[None]:
    """What is freed here is freed at once, not when the collector comes by."""
    gc.disable()
    yield
    gc.enable()


def leaf(*values: float, **options: Any) -> Variable:
    return Variable(np.array(values, np.float64), **options)


# --- values ---


def test_first_order() -> None:
    x, w = leaf(1, 2), leaf(3, 4)
    y = (x * w * w).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad, [9, 16])
    np.testing.assert_array_equal(w.grad, [6, 16])
    assert y.grad == 1


def test_broadcasting_is_summed_and_dtypes_are_kept() -> None:
    x = Variable(np.array([[1], [2]], np.float32))
    w = Variable(np.ones(3, np.float64))
    (x * w).sum().backward()
    assert (x.grad.dtype, w.grad.dtype) == (np.float32, np.float64)
    np.testing.assert_array_equal(x.grad, [[3], [3]])
    np.testing.assert_array_equal(w.grad, [3, 3, 3])


def test_a_value_used_many_times() -> None:
    x = leaf(2)
    h = x * 1.0
    total = h
    for _ in range(99):
        total = total + h
    (total * x).backward()  # 100 x**2
    assert x.grad == 400


def test_diamonds() -> None:
    # y = (x**2)**(2**n) by squares of squares joined from two branches
    x = leaf(1.1)
    y = x
    for _ in range(5):
        y = (y * 0.5 + y * 0.5) * y
    y.backward()
    np.testing.assert_allclose(x.grad, 32 * 1.1**31)


def test_branches_of_different_length() -> None:
    x = leaf(3)
    a = x * x
    y = ((a * 2 + 1) * x + a) * a  # 2 x**5 + x**3 + x**4
    y.backward()
    np.testing.assert_allclose(x.grad, 10 * 81 + 3 * 9 + 4 * 27)


def test_a_gradient_set_before() -> None:
    x = leaf(1, 2)
    y = x * 3
    y.grad = np.array([1.0, 10.0])
    y.backward()
    np.testing.assert_array_equal(x.grad, [3, 30])


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_one_element_begins_with_one(shape: tuple[int, ...]) -> None:
    x = Variable(np.full(shape, 3.0))
    y = x * x
    y.backward()
    assert (x.grad.shape, x.grad.item(), y.grad.item()) == (shape, 6, 1)


def test_accumulation_over_two_calls() -> None:
    x = leaf(3)
    y = x * x
    y.backward()
    first = x.grad
    y.backward()
    assert x.grad == 12
    assert first == 6  # what the user took away is not changed
    x.cleargrad()
    (x * 5).backward()
    assert x.grad == 5


@pytest.mark.parametrize("double", [False, True])
def test_loss_scale(double: bool) -> None:
    x = Variable(np.array([2], np.float16))
    y = x * x
    y.backward(loss_scale=64, enable_double_backprop=double)
    assert (x.grad, x.grad.dtype, y.grad.dtype) == (256, np.float16, np.float16)
    (gx,) = grad([x * x], [x], loss_scale=0.5)
    assert gx is not None
    assert gx.array == 2


def test_retain_grad() -> None:
    x = leaf(2)
    y = x * x
    z = y * 3
    z.backward()
    assert y.grad is None
    z.backward(retain_grad=True)
    assert (y.grad, z.grad) == (3, 1)
    z.cleargrad()
    z.grad = np.array([2.0])
    z.backward(retain_grad=True)
    assert y.grad == 6
    assert x.grad == 12 + 12 + 24


@pytest.mark.parametrize(
    ("function", "derivatives"),
    [
        (lambda x: x**5, [5 * 2**4, 20 * 2**3, 60 * 2**2, 120 * 2]),
        (lambda x: x * x * x * x * x, [5 * 2**4, 20 * 2**3, 60 * 2**2, 120 * 2]),
        (lambda x: 1 / x, [-1 / 4, 2 / 8, -6 / 16, 24 / 32]),
        (lambda x: 2.0**x, [4 * np.log(2) ** n for n in (1, 2, 3, 4)]),
    ],
    ids=["power", "product", "reciprocal", "exponential"],
)
def test_higher_orders(function: Any, derivatives: list[float]) -> None:
    x = leaf(2)
    y = function(x)
    for expected in derivatives:
        x.cleargrad()
        y.backward(enable_double_backprop=True)
        y = x.grad_var
        np.testing.assert_allclose(y.array, [expected])


def test_a_gradient_penalty() -> None:
    x, w = leaf(2), leaf(3)
    y = x * x * w
    (gx,) = grad([y], [x], enable_double_backprop=True)
    assert gx is not None
    (y + gx * gx).backward()  # x**2 w + 4 x**2 w**2
    assert (x.grad, w.grad) == (12 + 8 * 2 * 9, 4 + 8 * 4 * 3)


def test_without_double_backprop_the_gradient_leads_nowhere() -> None:
    x = leaf(2)
    (x * x).backward()
    assert x.grad_var.creator is None
    (gx,) = grad([x * x], [x])
    assert gx is not None
    assert gx.creator is None


def test_a_leaf_whose_array_was_replaced_after_the_call() -> None:
    x = leaf(2)
    y = x * x * x
    x.array = np.array([100.0])
    (gx,) = grad([y], [x], enable_double_backprop=True)
    assert gx is not None
    assert gx.array == 12
    (ggx,) = grad([gx], [x])
    assert ggx is not None
    assert ggx.array == 12


# --- memory ---

SHARING: list[Any] = [
    lambda a, b: a + b,
    lambda a, b: (a + b) + (b + a),
    lambda a, b: a.reshape(2, 1) + b.reshape(2, 1),
    lambda a, b: a.T + b,
    lambda a, b: a[:] + b[::-1],
    lambda a, b: total_of(list(swap(a, b))),
    lambda a, b: total_of(list(Swap().apply((a, b)))),
    lambda a, b: Sum().apply((a, b))[0],
    lambda a, b: SumOnce().apply((a, b))[0],
]


@catenary.several_outputs
def swap(_: Any, a: Array, b: Array) -> Any:
    return b, a


swap.gradient(a=lambda gys: gys[1], b=lambda gys: gys[0])


@catenary.function
def total_of(_: Any, xs: Arrays, *, saved: Saved = PER_CALL) -> Array:
    saved.count = len(xs)
    return sum(xs)


total_of.gradient(xs=lambda gy, saved: [gy] * saved.count)


class Swap(catenary.FunctionNode):
    def forward(self, inputs: Any) -> Any:
        return inputs[1], inputs[0]

    def backward(self, indexes: Any, gys: Any) -> Any:
        return tuple(gys[1 - i] for i in indexes)


class Sum(catenary.FunctionNode):
    def forward(self, inputs: Any) -> Any:
        return (inputs[0] + inputs[1],)

    def backward(self, indexes: Any, gys: Any) -> Any:
        return gys[0], gys[0]


class SumOnce(Sum):
    def backward(self, indexes: Any, gys: Any) -> Any:
        g = gys[0] * 1
        return g, g


@pytest.mark.parametrize("double", [False, True], ids=["first", "double"])
@pytest.mark.parametrize("number", range(len(SHARING)))
def test_gradients_of_leaves_share_no_memory(number: int, double: bool) -> None:
    a, b = leaf(1, 2), leaf(3, 4)
    y = SHARING[number](a, b)
    y.grad = given = np.ones(y.shape)
    y.backward(enable_double_backprop=double)
    for one, other in itertools.combinations([a.grad, b.grad, given], 2):
        assert not np.shares_memory(one, other)
    expected = b.grad.copy()
    a.grad[...] = 77
    np.testing.assert_array_equal(b.grad, expected)


@pytest.mark.parametrize("double", [False, True])
def test_a_gradient_that_was_given_for_a_leaf_stays_the_givers(double: bool) -> None:
    x, g = leaf(1), leaf(2)
    backward([x], [g], enable_double_backprop=double)
    x.grad += 1
    assert (x.grad, g.array) == (3, 2)


def test_a_kept_gradient_is_not_added_to() -> None:
    x = leaf(1)
    y = x * 2
    z = (y + y) + (y + y)
    z.backward(retain_grad=True)
    kept = y.grad
    z.backward(retain_grad=True)
    assert kept == 4
    assert x.grad == 16


def test_gradients_in_between_are_freed() -> None:
    alive: list[int] = []
    gradients: list[weakref.ref[Any]] = []

    @catenary.function
    def watch(_: Any, x: Array) -> Array:
        return x + 1

    def rule(gy: Any) -> Any:
        alive.append(sum(g() is not None for g in gradients))
        gx = gy * 2
        gradients.append(weakref.ref(gx))
        return gx

    watch.gradient(x=rule)
    x = leaf(1, 2)
    y = x
    for _ in range(10):
        y = watch(y)
    y.grad = np.ones(2)
    y.backward()
    assert max(alive) <= 1  # the one that is being passed on
    assert sum(g() is not None for g in gradients) == 1  # the leaf's


def test_what_no_rule_names_is_freed() -> None:
    def ref(v: Variable) -> weakref.ref[Any]:
        return weakref.ref(v.array)

    x, w = leaf(1, 2), leaf(3, 4, requires_grad=False)
    a = x + 1
    b = a * w  # the rule of a names w alone
    c = b * b  # names b
    d = -c
    references = [ref(v) for v in (a, b, c, d)]
    total = d.sum()
    del a, b, c, d
    assert [r() is not None for r in references] == [False, True, False, False]
    total.backward()
    np.testing.assert_array_equal(x.grad, [-2 * 2 * 9, -2 * 3 * 16])


def test_the_graph_is_freed_with_its_outputs() -> None:
    x = leaf(1, 2)
    y = x * x
    nodes = [weakref.ref(y.creator)]
    swapped = swap(y, x)
    nodes.append(weakref.ref(swapped[0].creator))
    z = swapped[0] + swapped[1]
    z.sum().backward(enable_double_backprop=True)
    del y, swapped, z
    assert [n() for n in nodes] == [None, None]


LONG = 100_000


def chain(length: int) -> tuple[Variable, Variable]:
    x = leaf(1)
    y = x
    for _ in range(length):
        y = -y
    return x, y


def seconds(length: int, action: Any) -> float:
    best = float("inf")
    for _ in range(3):
        x, y = chain(length)
        start = time.perf_counter()
        action(x, y)
        best = min(best, time.perf_counter() - start)
        del x, y
    return best


def test_a_long_chain_neither_recurses_nor_slows_down() -> None:
    assert sys.getrecursionlimit() < LONG
    per_function = seconds(LONG // 20, lambda x, y: y.backward()) / (LONG // 20)
    assert seconds(LONG, lambda x, y: y.backward()) / LONG < 5 * per_function


def test_a_long_chain_is_right_and_can_be_deleted() -> None:
    x, y = chain(LONG)
    node = weakref.ref(y.creator)
    assert y.rank == LONG
    (gx,) = grad([y], [x])
    y.backward()
    assert gx is not None
    assert (x.grad, gx.array) == (1, 1)
    del y
    assert node() is None
    x, y = chain(LONG)
    y.unchain_backward()
    assert y.creator is None


# --- catenary.grad ---


def counting(calls: list[str], name: str, factor: float) -> Any:
    @catenary.function
    def scaled(_: Any, x: Array) -> Array:
        return x * factor

    def rule(gy: Any) -> Any:
        calls.append(name)
        return gy * factor

    scaled.gradient(x=rule)
    return scaled


@pytest.mark.parametrize("double", [False, True])
def test_grad_computes_only_what_is_needed(double: bool) -> None:
    calls: list[str] = []
    f, g, h = (counting(calls, name, factor) for name, factor in (("f", 2.0), ("g", 3.0), ("h", 5.0)))
    a, b = leaf(1), leaf(1)
    left, right = f(a), g(b)
    y = h(left + right)
    (ga,) = grad([y], [a], enable_double_backprop=double)
    assert ga is not None
    assert (ga.array, calls) == (10, ["h", "f"])
    calls.clear()
    (gright,) = grad([y], [right], enable_double_backprop=double)
    assert gright is not None
    assert (gright.array, calls) == (5, ["h"])
    assert (a.grad, b.grad, right.grad) == (None, None, None)


@pytest.mark.parametrize("double", [False, True])
def test_grad_asks_a_class_only_for_what_is_needed(double: bool) -> None:
    asked: list[Any] = []

    class Product(catenary.FunctionNode):
        def forward(self, inputs: Any) -> Any:
            self.retain_inputs((0, 1))
            return (inputs[0] * inputs[1],)

        def backward(self, indexes: Any, gys: Any) -> Any:
            asked.append(indexes)
            x = self.get_retained_inputs()
            return tuple(gys[0] * x[1 - i] for i in indexes)

    a, b = leaf(2), leaf(3)
    (y,) = Product().apply((a, b))
    (gb,) = grad([y], [b], enable_double_backprop=double)
    assert gb is not None
    assert (gb.array, asked) == (2, [(1,)])
    y.backward()
    assert (a.grad, b.grad, asked) == (3, 2, [(1,), (0, 1)])


def test_grad_of_values_in_between_and_of_itself() -> None:
    x = leaf(2)
    y = x * x
    z = y * y
    gx, gy, gz = grad([z], [x, y, z])
    assert [g.array.item() for g in (gx, gy, gz) if g is not None] == [32, 8, 1]
    (gx,) = grad([x], [x])
    assert gx is not None
    assert gx.array == 1


def test_grad_where_no_way_leads() -> None:
    x, other = leaf(1), leaf(1)
    y = x * 2
    assert grad([y], [other]) == [None]
    assert grad([y], [y * 3]) == [None]
    assert grad([y], [leaf(1, requires_grad=False)]) == [None]
    (g,) = grad([y], [other], grad_inputs=[leaf(7)])
    assert g is not None
    assert g.array == 7


def test_grad_outputs_and_grad_inputs() -> None:
    x = leaf(1, 2)
    y, z = x * 3, x * x
    (gx,) = grad([y, z], [x], [leaf(1, 10), None], [leaf(100, 100)])
    assert gx is not None
    np.testing.assert_array_equal(gx.array, [3 + 2 + 100, 30 + 4 + 100])
    begin = leaf(1, 1)
    (gx,) = grad([z], [x], None, [begin * begin], enable_double_backprop=True)
    assert gx is not None
    (gx * 3).sum().backward()
    np.testing.assert_array_equal(begin.grad, [6, 6])


def test_grad_with_set_grad_and_retain_grad() -> None:
    x = leaf(2)
    y = x * x
    z = y * 3
    (gx,) = grad([z], [x], set_grad=True)
    assert x.grad_var is gx
    assert y.grad is None
    grad([z], [x], retain_grad=True)
    assert (y.grad, z.grad) == (3, 1)
    assert type(y.grad) is np.ndarray


def test_grad_takes_single_variables() -> None:
    x = leaf(2)
    (gx,) = grad(x * x, x, leaf(3))
    assert gx is not None
    assert gx.array == 12


# --- catenary.backward ---


def test_backward_of_several_outputs() -> None:
    x = leaf(2)
    y, z = x * x, x * 3
    backward([y, z])
    assert x.grad == 7
    backward([y, z], [leaf(10), None])
    assert x.grad == 7 + 40 + 3
    backward([y, y])
    assert x.grad == 50 + 8


def test_backward_of_a_value_and_of_what_it_was_made_from() -> None:
    x = leaf(2)
    y = x * x
    backward([y * 3, y])
    assert x.grad == 16


def test_backward_of_a_leaf_does_nothing() -> None:
    x = leaf(2)
    x.backward()
    assert x.grad is None


# --- cutting ---


def test_unchain_backward_cuts_everything_behind() -> None:
    x = leaf(2)
    h = x * 3
    middle = weakref.ref(h.creator)
    y = h * h
    y.unchain_backward()
    assert (y.creator, h.creator, y.rank) == (None, None, 0)
    z = y * 2
    z.backward()
    assert (x.grad, y.grad) == (None, 2)
    del h
    assert middle() is None


@pytest.mark.parametrize("double", [False, True])
def test_truncated_backpropagation_through_time(double: bool) -> None:
    w = leaf(0.5)
    h, total = leaf(1.0), np.zeros(1)
    for _ in range(4):
        before = h.array
        h = h * w
        h = h * w  # two steps: h = before w**2
        h.backward(enable_double_backprop=double)
        total += 2 * before * 0.5
        h.unchain_backward()
    np.testing.assert_allclose(w.grad, total)


@catenary.several_outputs
def pair(_: Any, c: Array, h: Array) -> Any:
    return c * h, c + h


@pair.joint_gradient
def _pair_gradients(gys: Any, c: Any, h: Any) -> Any:
    return gys[0] * h + gys[1], gys[0] * c + gys[1]


def test_cut_functions_with_one_rule_for_all_or_several_outputs() -> None:
    x = leaf(2)
    c, h = pair(x, x * 1)
    h.unchain_backward()  # c is made by the same call
    assert (c.creator, h.creator) == (None, None)
    (c * 3 + h * 5).backward()
    assert (x.grad, c.grad, h.grad) == (None, 3, 5)
    t = total_of([x, x])
    t.unchain_backward()
    (t * 2).backward()
    assert (x.grad, t.grad) == (None, 2)


def test_unchain_of_one_of_several_outputs() -> None:
    x = leaf(2)
    c, h = pair(x, x)
    c.unchain()
    (c + h).backward()
    assert (x.grad, c.grad) == (2, 1)


# --- errors ---


def failing(error: type[Exception]) -> Any:
    @catenary.function
    def broken(_: Any, x: Array) -> Array:
        return x * 1

    def rule(gy: Any) -> Any:
        raise error("no")

    broken.gradient(x=rule)
    return broken


@pytest.mark.parametrize("double", [False, True])
def test_a_failing_rule_leaves_all_gradients_as_they_were(double: bool) -> None:
    x, w = leaf(1), leaf(1, grad=np.array([5.0]))
    h = failing(ZeroDivisionError)(x)
    y = h * w + w
    for call in (
        lambda: y.backward(retain_grad=True, enable_double_backprop=double),
        lambda: grad([y], [x, w], set_grad=True, retain_grad=True, enable_double_backprop=double),
    ):
        with pytest.raises(ZeroDivisionError, match="no") as caught:
            call()
        assert caught.value.__notes__ == ["(in the backward pass, at what broken made)"]
        assert (x.grad, w.grad, h.grad, y.grad) == (None, 5, None, None)
    assert catenary.config.enable_backprop
    (x * 2).backward()
    assert x.grad == 2


def test_a_gradient_of_a_wrong_shape_at_a_leaf_leaves_the_others_alone() -> None:
    @catenary.function
    def wrong(_: Any, a: Array, b: Array) -> Array:
        return a + b

    wrong.gradient(a=lambda gy: gy, b=lambda gy: gy[:1])
    a, b = leaf(1, 2), leaf(3, 4, name="b")
    y = wrong(a, b).sum()
    with pytest.raises(ShapeError, match=r"a gradient of shape \(1,\) came to the Variable 'b', expected \(2,\)"):
        y.backward()
    assert (a.grad, b.grad, y.grad) == (None, None, None)
    with (
        catenary.using_config("debug", True),
        pytest.raises(ShapeError, match=r"gradient of wrong: result 1 has shape \(1,\), expected \(2,\) as the"),
    ):
        y.backward()
    y = wrong(a, b * 1).sum()
    with pytest.raises(ShapeError, match=r"came to what mul made, expected \(2,\)"):
        y.backward()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: (leaf(1, 2) * 2).backward(), GraphError, r"shape \(2,\), not a single element, and no gradient"),
        (lambda: leaf(1, requires_grad=False).backward(), GraphError, "this Variable leads nowhere"),
        (lambda: backward([np.ones(1)]), ArgumentTypeError, "backward: outputs must be a list of Variables, got ndarr"),
        (lambda: backward(3), ArgumentTypeError, "outputs must be a list of Variables, got int"),
        (lambda: grad([leaf(1)], [3]), ArgumentTypeError, "grad: inputs must be a list of Variables, got int"),
        (lambda: grad([leaf(1)], [leaf(1)], [leaf(1), leaf(1)]), GraphError, "one gradient per Variable, got 2 for 1"),
        (lambda: backward([leaf(1) * 2], [leaf(1, 2)]), ShapeError, r"a gradient has shape \(2,\), expected \(1,\)"),
    ],
)
def test_misuse(call: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# --- settings and threads ---


def test_no_backprop_mode_and_force_backprop_mode() -> None:
    x = leaf(2)
    with catenary.no_backprop_mode():
        y = x * x
        with catenary.force_backprop_mode():
            z = x * x
        assert (x * x).creator is None
    assert (y.creator, y.requires_grad) == (None, False)
    with catenary.no_backprop_mode():
        z.backward()
    assert x.grad == 4
    (y * x).backward()  # y is a constant now
    assert x.grad == 8


def test_a_rule_records_nothing_in_a_first_order_walk() -> None:
    seen: list[Any] = []

    @catenary.function
    def watched(_: Any, x: Array) -> Array:
        return x * 2

    def rule(gy: Any, x: Any) -> Any:
        seen.append((type(gy), type(x), type(arithmetic.mul(gy, 2))))
        return gy * 2

    watched.gradient(x=rule)
    x = leaf(1)
    y = watched(x)
    y.backward()
    y.backward(enable_double_backprop=True)
    assert seen == [(np.ndarray,) * 3, (Variable,) * 3]


def test_two_threads_with_different_settings() -> None:
    barrier = threading.Barrier(2, timeout=20)
    results: dict[str, Any] = {}

    def work(name: str, record: bool) -> None:
        x = leaf(3)
        w = leaf(2)
        barrier.wait()
        for _ in range(200):
            recorded = x * w * x
            with catenary.using_config("enable_backprop", record):
                y = x * w
                if (y.creator is not None) != record:
                    results[name] = "wrong setting"
            recorded.backward()
        results[name] = results.get(name, (x.grad.item(), w.grad.item()))

    threads = [threading.Thread(target=work, args=(f"t{i}", bool(i))) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"t0": (2400, 1800), "t1": (2400, 1800)}


def test_a_walk_in_one_thread_does_not_change_calls_in_another() -> None:
    inside, done = threading.Event(), threading.Event()

    @catenary.function
    def slow(_: Any, x: Array) -> Array:
        return x * 1

    def rule(gy: Any) -> Any:
        inside.set()
        assert done.wait(20)
        return gy

    slow.gradient(x=rule)
    x = leaf(1)
    thread = threading.Thread(target=slow(x).backward)
    thread.start()
    assert inside.wait(20)
    y = x * 2
    done.set()
    thread.join()
    assert type(y) is Variable
    assert y.creator is not None
    assert x.grad == 1
