"""Cases of functions and links as other projects write them: right ones pass, each kind of mistake is found."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
import pytest

import chainer
import chainer.functions as F
import chainer.links as L
from chainer import initializers, testing
from chainer.testing import FunctionTestError, LinkTestError


def uniform(*shape: int, dtype: Any = np.float32) -> Any:
    return np.random.uniform(0.1, 1, shape).astype(dtype)


def run(case: type[unittest.TestCase], name: str) -> Any:
    """Run one test of a class and return what it raised, None if nothing, "skipped" if it was skipped."""
    caught: list[Any] = []

    class Result(unittest.TestResult):
        def addError(self, test: Any, err: Any) -> None:
            caught.append(err[1])

        def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
            caught.append(err and err[1])

        addFailure = addError

    result = Result()
    case(name).run(result)
    assert result.testsRun == 1
    return caught[0] if caught else "skipped" if result.skipped else None


# --- a suite as another project has it; pytest collects these classes ---


@testing.parameterize(*testing.product({"shape": [(3, 2), (), (0, 2)], "dtype": [np.float16, np.float32, np.float64]}))
@testing.fix_random()
@testing.inject_backend_tests(None, [{}, {"use_cuda": True}])
class TestTanh(testing.FunctionTestCase):
    def setUp(self) -> None:
        if self.dtype == np.float16:
            self.check_forward_options.update({"atol": 1e-3, "rtol": 1e-3})
            self.check_backward_options.update({"atol": 1e-2, "rtol": 1e-2})
            self.check_double_backward_options.update({"atol": 1e-1, "rtol": 1e-1})

    def generate_inputs(self) -> Any:
        return (np.asarray(np.random.uniform(-1, 1, self.shape), self.dtype),)

    def forward(self, inputs: Any, device: Any) -> Any:
        return (F.tanh(inputs[0]),)

    def forward_expected(self, inputs: Any) -> Any:
        return (np.asarray(np.tanh(inputs[0]), self.dtype),)


class TestReLUWithoutDevices(testing.FunctionTestCase):
    dodge_nondifferentiable = True

    def generate_inputs(self) -> Any:
        return (np.random.choice([0, -1, 1], (1,)).astype(np.float32),)

    def forward(self, inputs: Any, device: Any) -> Any:
        return (F.relu(inputs[0]),)

    def forward_expected(self, inputs: Any) -> Any:
        return (np.maximum(inputs[0], 0),)


class Dense(testing.LinkTestCase):
    """The members of a case that both link cases below have."""

    __test__ = False
    param_names = ("W", "b")

    def generate_params(self) -> Any:
        return uniform(4, 3), uniform(4)

    def create_link(self, initializers: Any) -> Any:
        return L.Linear(3, 4, initialW=initializers[0], initial_bias=initializers[1])

    def generate_inputs(self) -> Any:
        return (uniform(2, 3),)

    def forward_expected(self, link: Any, inputs: Any) -> Any:
        return (inputs[0] @ link.W.array.T + link.b.array,)


@testing.inject_backend_tests(None, [{}, {"use_cuda": True}])
class TestDense(Dense):
    __test__ = True


class DenseInitializers(testing.LinkInitializersTestCase):
    __test__ = False
    param_names = ("W", "b")
    generate_params, create_link, generate_inputs = Dense.generate_params, Dense.create_link, Dense.generate_inputs

    def get_initializers(self) -> Any:
        weights = [initializers.Constant(2), 2, np.full((4, 3), 2, np.float32)]
        return weights, [initializers.Constant(1), 3, testing.InitializerArgument(None, initializers.Zero())]


@testing.inject_backend_tests(None, [{}])
class TestDenseInitializers(DenseInitializers):
    __test__ = True


@testing.unary_math_function_unittest(F.exp, label_expected="exp")
class TestExp(unittest.TestCase):
    pass


@testing.unary_math_function_unittest(
    F.log, make_data=lambda shape, dtype: [np.asarray(np.random.uniform(0.5, 1, shape), dtype) for _ in range(3)]
)
class TestLog(unittest.TestCase):
    pass


def test_the_suites_above_are_there() -> None:
    assert len(TestTanh.cases) == 18
    assert len(TestExp.cases) == len(TestLog.cases) == 6
    assert hasattr(TestExp.cases[0], "test_label") > hasattr(TestLog.cases[0], "test_label")
    assert not testing.FunctionTestCase.__test__
    assert not testing.LinkTestCase.__test__
    assert TestReLUWithoutDevices.__test__


# --- one case for each mistake ---


class Square(testing.FunctionTestCase):
    """A right case, of which the tests below make wrong ones."""

    __test__ = False

    def generate_inputs(self) -> Any:
        return (uniform(2, 3),)

    def forward(self, inputs: Any, device: Any) -> Any:
        return (inputs[0] ** 2,)

    def forward_expected(self, inputs: Any) -> Any:
        return (inputs[0] ** 2,)


class Wrong(chainer.FunctionNode):
    """x squared, with a gradient of another factor, an input that is changed, or a gradient that cannot be derived."""

    def __init__(self, factor: float = 2.0, changes: bool = False, cut: bool = False) -> None:
        self.factor, self.changes, self.cut = factor, changes, cut

    def forward(self, inputs: Any) -> Any:
        self.retain_inputs((0,))
        y = inputs[0] ** 2
        if self.changes:
            inputs[0][...] = 0
        return (y,)

    def backward(self, indexes: Any, gys: Any) -> Any:
        (x,) = self.get_retained_inputs()
        return (self.factor * (x.array if self.cut else x) * gys[0],)


def node(**options: Any) -> Any:
    return lambda self, inputs, device: Wrong(**options).apply(inputs)


NAMES = ("test_forward", "test_backward", "test_double_backward")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "members",
    [
        {},
        {"forward": node()},
        {"contiguous": "C"},
        {"numerical_grad_dtype": np.float32, "check_backward_options": {"atol": 1e-2, "rtol": 1e-2}},
        {"generate_inputs": lambda self: (uniform(dtype=np.float64),)},
        {
            "generate_inputs": lambda self: (uniform(2, 3), np.array([0, 1, 1])),
            "forward": lambda self, xs, device: (F.embed_id(xs[1], xs[0]) ** 2,),
            "forward_expected": lambda self, xs: (xs[0][xs[1]] ** 2,),
        },
        {
            "forward": lambda self, xs, device: (xs[0] ** 2, xs[0] * 3),
            "forward_expected": lambda self, xs: (xs[0] ** 2, xs[0] * 3),
        },
        {"check_forward_options": {"atol": 1}, "forward_expected": lambda self, xs: (xs[0] ** 2 + 0.5,)},
    ],
)
def test_right_functions(members: Any, name: str) -> None:
    assert run(type("Case", (Square,), members), name) is None


@pytest.mark.parametrize(
    ("members", "errors", "message"),
    [
        (
            {"forward_expected": lambda self, xs: (xs[0] ** 2 + 1e-3,)},
            (FunctionTestError, None, None),
            "output 0 does not have the expected values",
        ),
        (
            {"forward_expected": lambda self, xs: ((xs[0] ** 2).astype(np.float64),)},
            (FunctionTestError, ValueError, None),
            "expected: (2, 3):float64",
        ),
        (
            {"forward": lambda self, xs, device: (F.cast(xs[0] ** 2, np.float64),)},
            (FunctionTestError, ValueError, None),
            "got:      (2, 3):float64",
        ),
        (
            {"forward_expected": lambda self, xs: (xs[0][None] ** 2,)},
            (FunctionTestError, ValueError, ValueError),
            "expected: (1, 2, 3):float32",
        ),
        (
            {"forward_expected": lambda self, xs: (xs[0], xs[0])},
            (FunctionTestError, ValueError, ValueError),
            "expected: (2, 3):float32, (2, 3):float32",
        ),
        ({"forward": node(factor=2.01)}, (None, FunctionTestError, None), "backward is not implemented correctly"),
        ({"forward": node(cut=True)}, (None, None, FunctionTestError), "double backward is not implemented correctly"),
        ({"forward": node(changes=True)}, (FunctionTestError, object, object), "forward changed input 0"),
        (
            {"forward": lambda self, xs, device: xs[0]},
            (FunctionTestError, FunctionTestError, FunctionTestError),
            "must return a tuple of Variables",
        ),
        (
            {"forward": lambda self, xs, device: (xs[0].array,)},
            (FunctionTestError, FunctionTestError, FunctionTestError),
            "must return a tuple of Variables",
        ),
        (
            {"forward_expected": lambda self, xs: xs[0]},
            (TypeError, TypeError, TypeError),
            "forward_expected: must return a tuple of arrays",
        ),
        (
            {"generate_inputs": lambda self: uniform(2, 3)},
            (TypeError, TypeError, TypeError),
            "generate_inputs: must return a tuple of arrays",
        ),
        (
            {"generate_grad_outputs": lambda self, ys: (ys[0][:1],)},
            (None, ValueError, ValueError),
            "gradients do not fit the outputs",
        ),
        (
            {
                "dodge_nondifferentiable": True,
                "generate_inputs": lambda self: (np.zeros(1),),
                "forward": lambda self, xs, device: (F.absolute(xs[0]),),
                "forward_expected": lambda self, xs: (abs(xs[0]),),
            },
            (None, FunctionTestError, FunctionTestError),
            "no differentiable point",
        ),
        (
            {"skip_forward_test": True, "skip_backward_test": True, "skip_double_backward_test": True},
            ("skipped", "skipped", "skipped"),
            "",
        ),
    ],
)
def test_mistakes_in_functions(members: Any, errors: Any, message: str) -> None:
    """The classes are those that Chainer 7.8.1 raises for the same cases."""
    case = type("Case", (Square,), members)
    found = [run(case, name) for name in NAMES]
    for got, expected in zip(found, errors, strict=True):
        assert isinstance(got, expected) if isinstance(expected, type) else got == expected
    assert any(message in str(error) for error in found)


def test_order_of_calls() -> None:
    seen: list[Any] = []

    class Case(Square):
        def before_test(self, test_name: str) -> None:
            seen.append((test_name, self.backend_config.use_cuda))

        def generate_grad_outputs(self, outputs_template: Any) -> Any:
            seen.append([(y.shape, y.dtype.name) for y in outputs_template])
            return super().generate_grad_outputs(outputs_template)

        def generate_grad_grad_inputs(self, inputs_template: Any) -> Any:
            seen.append(len(inputs_template))
            return super().generate_grad_grad_inputs(inputs_template)

    assert run(Case, "test_double_backward") is None
    assert seen == [("test_double_backward", False), 1, [((2, 3), "float32")]]


def test_inputs_have_gaps_in_memory() -> None:
    seen = []

    class Case(Square):
        def forward(self, inputs: Any, device: Any) -> Any:
            seen.append(inputs[0].array.flags.c_contiguous)
            return super().forward(inputs, device)

    run(Case, "test_forward")
    run(type("Case", (Case,), {"contiguous": "C"}), "test_forward")
    assert seen == [False, True]


class CutBias(L.Linear):
    def forward(self, x: Any) -> Any:
        return F.linear(x, self.W, self.b.array)


@pytest.mark.parametrize(
    ("members", "errors", "message"),
    [
        ({}, (None, None), ""),
        ({"forward": lambda self, link, xs, device: (link(*xs),)}, (None, None), ""),
        (
            {"generate_params": lambda self: (initializers.Normal(), initializers.Zero())},
            (None, None),
            "",
        ),
        ({"forward": lambda self, link, xs, device: link(*xs)}, (LinkTestError, LinkTestError), "tuple of Variables"),
        (
            {"forward_expected": lambda self, link, xs: (xs[0] @ link.W.array.T,)},
            (LinkTestError, None),
            "does not have the expected values",
        ),
        ({"create_link": lambda self, init: CutBias(3, 4, False, *init)}, (None, LinkTestError), "backward is not"),
        ({"create_link": lambda self, init: None}, (TypeError, TypeError), "create_link: must return a Link"),
        ({"param_names": ("W", "c")}, (None, LinkTestError), "no parameter 'c'"),
        ({"skip_forward_test": True, "skip_backward_test": True}, ("skipped", "skipped"), ""),
    ],
)
def test_links(members: Any, errors: Any, message: str) -> None:
    """The classes are those that Chainer 7.8.1 raises for the same cases."""
    case = type("Case", (Dense,), members)
    found = [run(case, name) for name in NAMES[:2]]
    for got, expected in zip(found, errors, strict=True):
        assert isinstance(got, expected) if isinstance(expected, type) else got == expected
    assert any(message in str(error) for error in found)


@pytest.mark.parametrize(
    "lists",
    [
        ([testing.InitializerArgument(None, initializers.Constant(1))], []),
        ([], [testing.InitializerArgument(None, initializers.Constant(1))]),
        ([testing.InitializerArgument(2, 3)], []),
        ([initializers.Normal()], []),
    ],
)
def test_wrong_initializers(lists: Any) -> None:
    case = type("Case", (DenseInitializers,), {"get_initializers": lambda self: lists})
    assert isinstance(run(case, "test_initializers"), LinkTestError)
    assert run(DenseInitializers, "test_initializers") is None


def test_wrong_unary_functions() -> None:
    made = testing.unary_math_function_unittest(F.exp, func_expected=np.exp2, label_expected="exponential")
    case = made(type("TestWrong", (unittest.TestCase,), {"__module__": __name__})).cases[2]
    for one in list(globals()):
        if one.startswith("TestWrong"):
            del globals()[one]
    assert isinstance(run(case, "test_forward"), FunctionTestError)
    assert "label 'exp', expected 'exponential'" in str(run(case, "test_label"))
    with pytest.raises(ValueError, match="NumPy has no relu"):
        testing.unary_math_function_unittest(F.relu)
