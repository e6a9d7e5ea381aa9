"""`@function`: what a declaration says, and what calls of the declared function do."""

from __future__ import annotations

import inspect
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import PER_CALL, Saved, Variable, function, grad, several_outputs
from catenary.errors import (
    ArgumentError,
    ArgumentTypeError,
    DeclarationError,
    DeviceError,
    UninitializedParameterError,
)
from catenary.graph.function import forget_specialisation
from catenary.graph.specialise import text_of
from catenary.types import Array, ArrayModule, Arrays


def leaf(*values: float) -> Variable:
    return Variable(np.array(values, np.float64))


@function
def scaled(_: ArrayModule, x: Array, factor: float, shift: float = 0.0, *, negate: bool = False) -> Array:
    """Scale and shift an array."""
    return (x * factor + shift) * (-1 if negate else 1)


scaled.gradient(x=lambda gy, factor, negate: gy * factor * (-1 if negate else 1))


@function
def product(xp: ArrayModule, x: Array, w: Array | None = None) -> Array:
    """Multiply by `w` if there is one."""
    return x.copy() if w is None else xp.multiply(x, w)


product.gradient(x=lambda gy, w: gy if w is None else gy * w, w=lambda gy, x: gy * x)


@function
def joined(xp: ArrayModule, xs: Arrays, times: int = 1, *, saved: Saved = PER_CALL) -> Array:
    """Join vectors end to end."""
    saved.ends = np.cumsum([len(x) for x in xs])[:-1].tolist()
    return xp.concatenate(xs * times)


joined.gradient(xs=lambda gy, saved, xp: [*_parts(gy, saved.ends)])


def _parts(gy: Any, ends: list[int]) -> Iterator[Any]:
    for start, end in zip([0, *ends], [*ends, len(gy)], strict=True):
        yield gy[start:end]


@several_outputs
def sum_and_product(_: ArrayModule, a: Array, b: Array) -> Any:
    """Return a + b and a * b."""
    return a + b, a * b


sum_and_product.gradient(a=lambda gys, b: gys[0] + gys[1] * b, b=lambda gys, a: gys[0] + gys[1] * a)


@function
def fused_cube(_: ArrayModule, x: Array, times: float = 1.0, *, saved: Saved = PER_CALL) -> Array:
    """Return times x**3, fast."""
    saved.square = x * x
    return times * saved.square * x


fused_cube.gradient(x=lambda gy, times, saved: gy * (3 * times) * saved.square)


@fused_cube.compose
def _fused_cube(x: Any, times: float) -> Variable:
    return x * x * x * times


@function
def hypotenuse(xp: ArrayModule, a: Array, b: Array) -> Array:
    """Return sqrt(a**2 + b**2)."""
    return xp.sqrt(a * a + b * b)


@hypotenuse.joint_gradient
def _hypotenuse_gradients(gy: Any, a: Any, b: Any, y: Any) -> Any:
    slope = gy / y
    return slope * a, slope * b


@function
def rounded(xp: ArrayModule, x: Array) -> Array:
    """Round; there is no gradient."""
    return xp.round(x)


# --- attributes ---


def test_attributes_by_position_keyword_and_default() -> None:
    x = leaf(1, 2)
    for y, expected in (
        (scaled(x, 3.0), [3, 6]),
        (scaled(x, factor=3.0), [3, 6]),
        (scaled(x=x, factor=3.0, shift=1.0), [4, 7]),
        (scaled(x, 3.0, 1.0, negate=True), [-4, -7]),
    ):
        np.testing.assert_array_equal(y.array, expected)
    scaled(x, shift=5.0, factor=7.0, negate=True).sum().backward()
    np.testing.assert_array_equal(x.grad, [-7, -7])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: scaled(x), r"scaled\(\) missing 1 required positional argument: 'factor'"),
        (lambda x: scaled(x, 1.0, 2.0, True), r"scaled\(\) takes from 2 to 3 positional arguments but 4 were given"),
        (lambda x: scaled(x, 1.0, colour=3), r"scaled\(\) got an unexpected keyword argument 'colour'"),
        (lambda x: joined([x], saved=None), r"unexpected keyword argument 'saved'"),
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_wrong_arguments_are_python_errors(call: Callable[..., Any], message: str, fresh: bool) -> None:
    if fresh:
        forget_specialisation(scaled)
    with pytest.raises(TypeError, match=message):
        call(leaf(1))


def test_signature_documentation_and_pickle() -> None:
    assert str(inspect.signature(scaled)) == (
        "(x: 'Array', factor: 'float', shift: 'float' = 0.0, *, negate: 'bool' = False) -> 'Variable'"
    )
    assert str(inspect.signature(joined)) == "(xs: 'Arrays', times: 'int' = 1) -> 'Variable'"
    assert inspect.signature(sum_and_product).return_annotation == "tuple[Variable, ...]"
    assert (scaled.__name__, scaled.__doc__, scaled.__module__) == ("scaled", "Scale and shift an array.", __name__)
    assert inspect.isfunction(scaled)


def test_a_declared_function_can_be_pickled() -> None:
    # By name, as every function; this module itself has no name that can be imported.
    assert pickle.loads(pickle.dumps(catenary.arithmetic.add)) is catenary.arithmetic.add  # type: ignore[attr-defined]


# --- inputs ---


def test_optional_input() -> None:
    x, w = leaf(2, 3), leaf(5, 7)
    np.testing.assert_array_equal(product(x).array, [2, 3])
    (product(x, w) + product(x, None)).sum().backward()
    np.testing.assert_array_equal(x.grad, [6, 8])
    np.testing.assert_array_equal(w.grad, [2, 3])


def test_list_input() -> None:
    a, b = leaf(1), leaf(2, 3)
    y = joined([a, b, np.array([4.0])])
    np.testing.assert_array_equal(y.array, [1, 2, 3, 4])
    (y * np.array([1.0, 10, 100, 1000])).sum().backward()
    np.testing.assert_array_equal(a.grad, [1])
    np.testing.assert_array_equal(b.grad, [10, 100])
    np.testing.assert_array_equal(joined((a, b), times=2).array, [1, 2, 3, 1, 2, 3])
    (ga,) = grad([joined([a, a])], [a])
    assert ga is not None
    assert ga.array == 2


def test_plain_arrays_give_variables_that_need_no_gradient() -> None:
    for y in (scaled(np.ones(1), 2.0), joined([np.ones(1)]), *sum_and_product(np.ones(1), np.ones(1))):
        assert type(y) is Variable
        assert (y.requires_grad, y.creator) == (False, None)


def test_a_function_without_rules_is_constant() -> None:
    y = rounded(leaf(1.4))
    assert (y.array, y.requires_grad, y.creator) == (1, False, None)


def test_numbers_are_converted_or_kept() -> None:
    with catenary.using_config("dtype", np.float16):
        assert rounded(1.5).dtype == np.float16
    assert rounded(np.float64(1.5)).dtype == np.float64

    kinds = []

    @function(keeps_numbers=True)
    def kept(_: ArrayModule, x: Array, y: Array) -> Array:
        kinds.append(type(y))
        return x + y

    x = np.ones(1, np.float16)
    assert kept(x, 2.0).dtype == kept(x, np.float64(2)).dtype == kept(x, 2).dtype == kept(x, True).dtype == np.float16
    assert kinds == [float, float, int, bool]


def test_xp_is_the_module_of_the_inputs() -> None:
    device = catenary.get_device("@tripwire")
    seen = []

    @function
    def spy(xp: ArrayModule, x: Array, w: Array | None = None) -> Array:
        seen.append(xp)
        return x * 1

    def rule(gy: Any, xp: Any) -> Any:
        seen.append(xp)
        return gy

    spy.gradient(x=rule)
    for module, send in ((np, np.asarray), (device.xp, device.send)):
        seen.clear()
        y = spy(Variable(send(np.ones(1))), send(np.ones(1)))
        y.backward()
        y.backward(enable_double_backprop=True)
        assert seen == [module] * 3


def test_a_new_place_for_saved_at_each_call() -> None:
    a, b = leaf(2), leaf(3)
    ya, yb = fused_cube(a), fused_cube(b)
    ya.backward()
    yb.backward()
    assert (a.grad, b.grad) == (12, 27)


# --- outputs ---


def test_several_outputs() -> None:
    a, b = leaf(2), leaf(3)
    total, both = sum_and_product(a, b)
    assert (total.array, both.array) == (5, 6)
    assert total.creator is both.creator
    assert total.creator.outputs == (total.node, both.node)
    catenary.backward([total, both], [leaf(1), leaf(10)])
    assert (a.grad, b.grad) == (31, 21)


@pytest.mark.parametrize("double", [False, True])
def test_missing_output_gradients_are_zeros(double: bool) -> None:
    a, b = leaf(2), leaf(3)
    sum_and_product(a, b)[1].backward(enable_double_backprop=double)
    assert (a.grad, b.grad) == (3, 2)
    (ga,) = grad([sum_and_product(a, b)[0]], [a], enable_double_backprop=double)
    assert ga is not None
    assert ga.array == 1


def test_an_output_that_is_gone_has_no_handle() -> None:
    total = sum_and_product(leaf(2), leaf(3))[0]
    assert total.creator.outputs == (total.node, None)


def test_several_outputs_of_higher_order() -> None:
    a, b = leaf(2), leaf(3)
    both = sum_and_product(a, b)[1]
    (ga,) = grad([both * both], [a], enable_double_backprop=True)  # 2 a b**2
    assert ga is not None
    (gab,) = grad([ga], [b])
    assert gab is not None
    assert gab.array == 4 * 2 * 3


# --- rules ---


def test_composed_definition_serves_higher_orders() -> None:
    x = leaf(2)
    y = fused_cube(x, times=5.0)
    for expected in (60, 60, 30):
        (y,) = grad([y], [x], enable_double_backprop=True)  # type: ignore[list-item]
        assert y is not None
        assert y.array == expected


def test_composed_definition_gets_arguments_by_name() -> None:
    @function
    def mixed(_: ArrayModule, x: Array, power: int, w: Array, *, shift: float) -> Array:
        return x**power * w + shift

    mixed.gradient(x=lambda gy, x, power, w: gy * power * x ** (power - 1) * w, w=lambda gy, x, power: gy * x**power)
    seen = []

    @mixed.compose
    def composed(x: Any, power: int, w: Any, *, shift: float) -> Variable:
        seen.append((power, shift))
        y: Variable = x**power * w + shift
        return y

    x, w = leaf(2), leaf(3)
    (gx,) = grad([mixed(x, 3, w, shift=0.5)], [x], enable_double_backprop=True)
    assert gx is not None
    assert (gx.array, seen) == (36, [(3, 0.5)])
    (gxw,) = grad([gx], [w])
    assert gxw is not None
    assert gxw.array == 12


def test_joint_rule() -> None:
    a, b = leaf(3), leaf(4)
    y = hypotenuse(a, b)
    y.backward()
    np.testing.assert_allclose((a.grad, b.grad), ([0.6], [0.8]))
    (gb,) = grad([hypotenuse(3.0, b)], [b], enable_double_backprop=True)
    assert gb is not None
    (gbb,) = grad([gb], [b])
    assert gbb is not None
    np.testing.assert_allclose(gbb.array, 9 / 125)


def test_a_rule_may_name_the_output_and_have_constants_of_its_own() -> None:
    @function
    def exponential(xp: ArrayModule, x: Array) -> Array:
        return xp.exp(x)

    exponential.gradient(x=lambda gy, y, factor=1.0: gy * y * factor)
    x = leaf(2)
    (gx,) = grad([exponential(x)], [x], enable_double_backprop=True)
    assert gx is not None
    (ggx,) = grad([gx], [x])
    assert ggx is not None
    np.testing.assert_allclose([gx.array, ggx.array], [[np.exp(2)]] * 2)


def test_a_rule_runs_only_where_it_is_needed() -> None:
    @function
    def plus(_: ArrayModule, a: Array, b: Array) -> Array:
        return a + b

    def forbidden(gy: Any) -> Any:
        raise AssertionError("not needed")

    plus.gradient(a=lambda gy: gy, b=forbidden)
    a = leaf(1)
    plus(a, np.ones(1)).backward()
    plus(a, Variable(np.ones(1), requires_grad=False)).backward()
    assert a.grad == 2


def test_rules_may_return_none_for_zero() -> None:
    @function
    def first(_: ArrayModule, a: Array, b: Array) -> Array:
        return a * 1

    first.gradient(a=lambda gy: gy, b=lambda gy: None)
    a, b = leaf(1), leaf(1)
    first(a, b).backward()
    assert (a.grad, b.grad) == (1, None)


# --- wrong declarations ---


def reserved_name(_: ArrayModule, gy: Array) -> Array:
    return gy


def no_module(x: Array) -> Array:
    return x


def no_input(xp: ArrayModule, n: int) -> Array:
    return n


def list_and_more(_: ArrayModule, xs: Arrays, w: Array) -> Array:
    return w


def star(_: ArrayModule, x: Array, *rest: int) -> Array:
    return x


def star_star(_: ArrayModule, x: Array, **rest: int) -> Array:
    return x


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (no_module, "@function no_module: the first parameter must be `xp`"),
        (lambda: None, "the first parameter must be `xp`"),
        (no_input, "@function no_input: annotate the inputs with Array"),
        (list_and_more, "@function list_and_more: annotate the inputs .* or the only one with Arrays"),
        (star, r"@function star: \*args and \*\*kwargs are not supported"),
        (reserved_name, "@function reserved_name: gy means something else in rules; rename it"),
        (star_star, r"@function star_star: \*args and \*\*kwargs are not supported"),
    ],
)
def test_wrong_bodies(body: Any, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        function(body)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda f: f.gradient(z=lambda gy: gy), "plus.gradient: 'z' is not an input; the inputs are a, b"),
        (lambda f: f.gradient(a=lambda g: g), "a rule asks for 'g'; it may name a, b, gy, n, xp, y"),
        (lambda f: f.gradient(a=lambda gy, saved: gy), "asks for 'saved'"),
        (lambda f: f.gradient(a=lambda gys: gys[0]), "asks for 'gys'"),
        (lambda f: f.joint_gradient(lambda gy, c: (gy, gy)), "asks for 'c'"),
    ],
)
def test_wrong_rules(declare: Any, message: str) -> None:
    @function
    def plus(_: ArrayModule, a: Array, b: Array, n: int = 0) -> Array:
        return a + b

    with pytest.raises(DeclarationError, match=message):
        declare(plus)
    assert plus(leaf(1), leaf(1)).creator is None  # none was taken


@pytest.mark.parametrize("method", ["gradient", "joint_gradient", "compose"])
def test_a_rule_after_the_first_call_is_refused(method: str) -> None:
    @function
    def late(_: ArrayModule, x: Array) -> Array:
        return x * 2

    def give() -> None:
        if method == "gradient":
            late.gradient(x=lambda gy: gy * 2)
        else:
            getattr(late, method)(lambda gy: (gy * 2,))

    late(leaf(1))
    with pytest.raises(DeclarationError, match=f"late.{method}: late was called before; give all rules before"):
        give()
    forget_specialisation(late)
    give()
    if method != "compose":
        x = leaf(1)
        late(x).backward()
        assert x.grad == 2


@several_outputs
def not_a_tuple_of_arrays(_: ArrayModule, x: Array) -> Any:
    return x, "text"


@function
def text(_: ArrayModule, x: Array) -> Any:
    return "text"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: text(leaf(1)), "text: the body must return an array, got str"),
        (lambda: not_a_tuple_of_arrays(leaf(1)), "not_a_tuple_of_arrays: the body must return arrays, got str"),
    ],
)
def test_wrong_results(call: Any, message: str) -> None:
    with pytest.raises(ArgumentTypeError, match=message):
        call()


def test_bare_numbers_of_a_body_become_arrays() -> None:
    @function
    def first(_: ArrayModule, x: Array) -> Any:
        return x.ravel()[0]

    y = first(leaf(3, 4))
    assert type(y.array) is np.ndarray
    assert y.shape == ()


# --- errors of calls ---


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: product(leaf(1, 2), leaf(1, 2, 3)),
            ArgumentError,
            r"^product: .*\(x: \(2,\) float64, w: \(3,\) float",
        ),
        (lambda: product([1.0]), ArgumentTypeError, r"^product: x must be an array, got list; make one with numpy"),
        (lambda: product("a"), ArgumentTypeError, "^product: x must be an array, got str"),
        (lambda: product(None), ArgumentTypeError, "^product: x must be an array, got NoneType"),
        (lambda: product(Variable()), UninitializedParameterError, "^product: x has no array yet"),
        (lambda: product(leaf(1), {}), ArgumentTypeError, "^product: w must be an array, got dict"),
        (lambda: joined([leaf(1), 3, "a"]), ArgumentTypeError, r"^joined: xs\[2\] must be an array, got str"),
        (lambda: joined([leaf(1), Variable()]), UninitializedParameterError, r"^joined: xs\[1\] has no array yet"),
        (lambda: joined([]), ArgumentError, "^joined: need at least one array to concatenate"),
        (
            lambda: joined([leaf(1), Variable(np.ones((1, 1)))]),
            ArgumentError,
            r"^joined: .*\(xs\[0\]: \(1,\) float64, xs\[1\]: \(1, 1\) float64\)",
        ),
        (
            lambda: product(leaf(1), catenary.get_device("@tripwire").send(np.ones(1))),
            DeviceError,
            "^product: arrays live on different devices: @numpy, @tripwire .* move them with to_device",
        ),
    ],
)
def test_a_wrong_call_says_which_function_and_argument(call: Any, error: type, message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        call()
    assert caught.value.__cause__ is not caught.value


def test_errors_of_other_kinds_pass_through_as_they_are() -> None:
    @function
    def broken(_: ArrayModule, x: Array, error: Any) -> Array:
        raise error

    for error in (ZeroDivisionError("a"), MemoryError("b"), catenary.errors.GraphError("c")):
        with pytest.raises(type(error)) as caught:
            broken(leaf(1), error)
        assert caught.value is error
        assert error.__cause__ is None


def test_generated_code_stands_in_tracebacks() -> None:
    try:
        product(leaf(1, 2), leaf(1, 2, 3))
    except ArgumentError as error:
        shown = "".join(traceback.format_exception(error))
    assert 'File "<catenary product>"' in shown
    assert "_y = _body(_xp, x_array, w_array)" in shown
    assert "def product(x, w=_w_default):" in text_of(product.declaration)
