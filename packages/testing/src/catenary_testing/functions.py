"""Conformance of differentiable functions: give inputs and a NumPy reference, the kit does the rest."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes  # noqa: F401  # teaches NumPy the name bfloat16
import numpy as np
import pytest

import catenary
from catenary import Variable
from catenary.errors import DeterminismError
from catenary.graph.half import is_float
from catenary.types import Array
from catenary_testing.gpu import on_gpu, open_gpu
from catenary_testing.gradient_check import check_backward, outputs_of
from catenary_testing.tolerance import assert_close
from catenary_testing.tripwire.array import no_reading

FLOATS = ("bfloat16", "float16", "float32", "float64")


@dataclass(frozen=True)
class FunctionCase:
    """One way to call a function, and what it must give.

    Attributes:
        function: The function under test.
        inputs: One entry per input: a shape (an array is drawn), or an array.
        reference: The same on NumPy arrays, in float64; takes the attributes, too.
        attributes: Further arguments, by name.
        domain: The interval from which arrays are drawn.
        order: The highest order of gradients to check; 0 where there is none.
        dtypes: The dtypes to run with.
        takes_list: Whether the inputs are passed as one list.
        random: Whether the function draws random numbers; then it is seeded before each call, and the
            reference gets the generator as `rng`.
        tolerance: A factor for all tolerances.
        deterministic: Whether results and gradients are the same each time on a device that adds in no fixed order;
            if not, the setting `deterministic` must raise an error there.
        reads_values: Whether the host has to know values of the inputs, so that a GPU is waited for.
        shapes: "elementwise" or "broadcasting" for functions of inputs of any shape, which `property_tests` draws.
        route: Calls the function where the inputs stand elsewhere in the call; takes inputs and attributes.
        name: A word to tell cases of one function apart.
    """

    function: Callable[..., Any]
    inputs: Sequence[Any]
    reference: Callable[..., Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    domain: tuple[float, float] = (-2.0, 2.0)
    order: int = 2
    dtypes: Sequence[str] = FLOATS
    takes_list: bool = False
    random: bool = False
    tolerance: float = 1.0
    deterministic: bool = True
    reads_values: bool = False
    shapes: str = ""
    route: Callable[..., Any] | None = None
    name: str = ""

    def __str__(self) -> str:
        inputs = ",".join("x".join(map(str, np.shape(i) if hasattr(i, "dtype") else i)) or "0d" for i in self.inputs)
        return "-".join(filter(None, [self.function.__name__, self.name, inputs]))

    def arrays(self, dtype: str = "float64") -> list[Array]:
        """Return the inputs; arrays of integers and booleans as they are."""
        rng = np.random.default_rng(1)
        drawn = [i if hasattr(i, "dtype") else np.asarray(rng.uniform(*self.domain, i)) for i in self.inputs]
        return [a.astype(dtype) if is_float(a.dtype) else a for a in drawn]

    def call(self, inputs: Sequence[Any]) -> tuple[Variable, ...]:
        """Call the function; the result as a tuple."""
        if self.random:
            device = catenary.get_device_from_array(*inputs)
            device.random = device.make_random(7)
        arguments = [list(inputs)] if self.takes_list else inputs
        return outputs_of((self.route or self.function)(*arguments, **self.attributes))

    def expected(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Call the reference on float64; the result as a tuple of arrays."""
        exact = [a.astype(np.float64) if is_float(a.dtype) else a for a in inputs]
        extra = {"rng": np.random.default_rng(7)} if self.random else {}
        y = self.reference(*([exact] if self.takes_list else exact), **self.attributes, **extra)
        return tuple(np.asarray(one) for one in (y if isinstance(y, list | tuple) else (y,)))

    def gradients(self, inputs: Sequence[Any]) -> list[Any]:
        """Return the gradients of all inputs along fixed gradients of the outputs; None where there is none."""
        xs = [Variable(a) for a in inputs]
        ys = self.call(xs)
        device = catenary.get_device_from_array(*inputs)
        rng = np.random.default_rng(3)
        gys = [Variable(device.send(rng.standard_normal(y.shape).astype(y.dtype))) for y in ys]
        if self.order and ys[0].creator is not None:
            catenary.backward(ys, gys)
        return [x.grad for x in xs]


def check_values(case: FunctionCase) -> None:
    """Values, shapes and dtypes against the reference; results are Variables with real arrays."""
    for dtype in case.dtypes:
        inputs = case.arrays(dtype)
        ys, expected = case.call(inputs), case.expected(inputs)
        assert len(ys) == len(expected)
        for y, e in zip(ys, expected, strict=True):
            assert type(y) is Variable
            assert type(y.array) is np.ndarray
            assert y.dtype == (np.dtype(dtype) if is_float(e.dtype) else e.dtype)
            assert_close(y.array, e, dtype, case.tolerance)


def check_gradients(case: FunctionCase) -> None:
    """Gradients of all orders against differences; the quick walk against the differentiable one."""
    inputs = case.arrays()
    floats = [i for i, a in enumerate(inputs) if is_float(a.dtype)]

    def function(*xs: Any) -> tuple[Variable, ...]:
        given = list(inputs)
        for i, x in zip(floats, xs, strict=True):
            given[i] = x
        return tuple(y for y in case.call(given) if is_float(y.dtype))

    for order in range(1, case.order + 1):
        check_backward(function, [inputs[i] for i in floats], order=order, rtol=1e-4 * case.tolerance)
    if case.order:
        xs = [Variable(inputs[i]) for i in floats]
        ys = function(*xs)
        quick = catenary.grad(ys, xs)
        for a, b in zip(quick, catenary.grad(function(*xs), xs, enable_double_backprop=True), strict=True):
            assert (a is None) == (b is None)
            if a is not None and b is not None:
                assert_close(a.array, b.array, "float64", case.tolerance)


def check_gradient_dtypes(case: FunctionCase) -> None:
    """Gradients have the dtype and the shape of their inputs, and each its own memory."""
    for dtype in case.dtypes:
        inputs = case.arrays(dtype)
        gxs = case.gradients(inputs)
        for x, gx in zip(inputs, gxs, strict=True):
            if gx is not None:
                assert (type(gx), gx.dtype, gx.shape) == (np.ndarray, x.dtype, x.shape)
        for one, other in itertools.combinations([*inputs, *(gx for gx in gxs if gx is not None)], 2):
            assert not np.may_share_memory(one, other)


def check_memory_order(case: FunctionCase) -> None:
    """Fortran order and strides change neither results nor gradients, and inputs are left alone."""
    inputs = case.arrays()
    before = [a.copy() for a in inputs]
    ys, gxs = [y.array for y in case.call(inputs)], case.gradients(inputs)
    for layout in (_fortran, _strided):
        other = [layout(a) for a in inputs]
        for a, b in zip([*ys, *gxs], [*(y.array for y in case.call(other)), *case.gradients(other)], strict=True):
            if a is not None:
                assert_close(b, a, "float64", case.tolerance)
    for a, b in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(a, b)


def _fortran(array: Array) -> Array:
    return array.copy(order="F")


def _strided(array: Array) -> Array:
    if array.ndim == 0:
        return array
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    view = wide[..., ::-2]
    view[...] = array
    return view


def check_tripwire(case: FunctionCase) -> None:
    """On another device nothing touches the host, and the results are the same."""
    inputs = case.arrays()
    device = catenary.get_device("@tripwire")
    sent = device.send(inputs)
    with nullcontext() if case.reads_values else no_reading():
        found = [*(y.array for y in case.call(sent)), *case.gradients(sent)]
    for a, b in zip(found, [*(y.array for y in case.call(inputs)), *case.gradients(inputs)], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert device.is_array_supported(a)
            assert_close(device.to_host(a), b, "float64", case.tolerance)


def check_gpu(case: FunctionCase) -> None:
    """On a GPU values and gradients are those of the host, in every dtype, for any strides."""
    device = open_gpu()
    for dtype in case.dtypes:
        inputs = case.arrays(dtype)
        with catenary.using_device(device):
            layouts = (lambda a: a, _fortran, _strided) if dtype == "float32" else (lambda a: a,)
            for layout in layouts:
                sent = [layout_on(device, layout, a) for a in inputs]
                found = [*(y.array for y in case.call(sent)), *case.gradients(sent)]
                if case.random:  # other numbers than those of the host, by the same rules
                    assert all(a is None or device.is_array_supported(a) for a in found)
                    continue
                _compare(case, device, found, [*(y.array for y in case.call(inputs)), *case.gradients(inputs)], dtype)


def layout_on(device: Any, layout: Callable[[Array], Array], array: Array) -> Array:
    """Return an array on a device with the strides that `layout` gives it on the host."""
    host = layout(array)
    if host is array or array.ndim == 0:
        return device.send(array)
    if host.flags.f_contiguous:
        return device.xp.asfortranarray(device.send(array))
    wide = device.send(np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype))
    view = wide[..., ::-2]
    view[...] = device.send(array)
    return view


def _compare(case: FunctionCase, device: Any, found: Sequence[Any], expected: Sequence[Any], dtype: str) -> None:
    for a, b in zip(found, expected, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert device.is_array_supported(a)
            assert (a.dtype, a.shape) == (b.dtype, b.shape)
            assert_close(device.to_host(a), b, dtype, case.tolerance)


def check_determinism(case: FunctionCase) -> None:
    """With the setting `deterministic`, a device that adds in no fixed order refuses just what would depend on it."""
    sent = catenary.get_device("@tripwire").send(case.arrays())
    with catenary.using_config("deterministic", True):
        if case.deterministic:
            case.gradients(sent)
        else:
            with pytest.raises(DeterminismError):
                case.gradients(sent)


def check_modes(case: FunctionCase) -> None:
    """Nothing is recorded where nothing is wanted; function and result can be pickled; implementations agree."""
    inputs = case.arrays()
    with catenary.no_backprop_mode():
        assert all(y.creator is None for y in case.call([Variable(a) for a in inputs]))
    ys = case.call(inputs)
    assert all(not y.requires_grad for y in ys)
    assert pickle.loads(pickle.dumps(case.function)) is case.function
    for y, copy in zip(ys, pickle.loads(pickle.dumps(ys)), strict=True):
        np.testing.assert_array_equal(y.array, copy.array)
    with catenary.disable_implementations():
        for y, plain in zip(ys, case.call(inputs), strict=True):
            assert_close(y.array, plain.array, "float64", case.tolerance)


CHECKS = (
    check_values,
    check_gradients,
    check_gradient_dtypes,
    check_memory_order,
    check_tripwire,
    check_determinism,
    check_modes,
)


def function_tests(cases: Sequence[FunctionCase]) -> Callable[..., None]:
    """Return a pytest test that runs every check on every case; give it a name that begins with `test_`.

    Args:
        cases: The cases.

    Example:
        >>> import numpy as np
        >>> from catenary.arithmetic import neg
        >>> from catenary.testing import FunctionCase, function_tests
        >>> test_neg = function_tests([FunctionCase(neg, [(2, 3)], np.negative)])
    """

    @pytest.mark.parametrize("case", cases, ids=str)
    @pytest.mark.parametrize(
        "check", [*CHECKS, on_gpu(check_gpu)], ids=lambda check: check.__name__.removeprefix("check_")
    )
    def test_function(check: Callable[[FunctionCase], None], case: FunctionCase) -> None:
        check(case)

    return test_function


def elementwise(function: Callable[..., Any], reference: Callable[..., Any], **options: Any) -> list[FunctionCase]:
    """Return the cases of an elementwise function of one input: 0-d, empty, vector and more axes.

    Args:
        function: The function under test.
        reference: The same on NumPy arrays.
        options: Further fields of `FunctionCase`.
    """
    options = {"shapes": "elementwise", **options}
    return [FunctionCase(function, [shape], reference, **options) for shape in ((), (0,), (3,), (2, 3, 4), (2, 0))]


def broadcasting(function: Callable[..., Any], reference: Callable[..., Any], **options: Any) -> list[FunctionCase]:
    """Return the cases of an elementwise function of two inputs: equal shapes and shapes that broadcast.

    Args:
        function: The function under test.
        reference: The same on NumPy arrays.
        options: Further fields of `FunctionCase`.
    """
    pairs = [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((1,), (2, 1, 3)), ((2, 1), (1, 3)), ((0, 3), (3,)), ((2, 3), ())]
    options = {"shapes": "broadcasting", **options}
    return [FunctionCase(function, pair, reference, **options) for pair in pairs]
