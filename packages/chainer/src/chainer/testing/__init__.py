"""Help for tests: cases of functions and links, parameters, devices, marks."""

from chainer.testing import attr as attr, condition as condition
from chainer.testing.array import assert_allclose as assert_allclose
from chainer.testing.backend import BackendConfig as BackendConfig, inject_backend_tests as inject_backend_tests
from chainer.testing.function_link import (
    FunctionTestCase as FunctionTestCase,
    FunctionTestError as FunctionTestError,
    InitializerArgument as InitializerArgument,
    LinkInitializersTestCase as LinkInitializersTestCase,
    LinkTestCase as LinkTestCase,
    LinkTestError as LinkTestError,
)
from chainer.testing.helper import (
    assert_warns as assert_warns,
    patch as patch,
    run_module as run_module,
    with_requires as with_requires,
    without_requires as without_requires,
)
from chainer.testing.matrix import generate_matrix as generate_matrix
from chainer.testing.parameterized import (
    from_pytest_parameterize as from_pytest_parameterize,
    parameterize as parameterize,
    parameterize_pytest as parameterize_pytest,
    product as product,
    product_dict as product_dict,
)
from chainer.testing.random import fix_random as fix_random, generate_seed as generate_seed
from chainer.testing.serializer import (
    save_and_load as save_and_load,
    save_and_load_hdf5 as save_and_load_hdf5,
    save_and_load_npz as save_and_load_npz,
)
from chainer.testing.training import get_trainer_with_mock_updater as get_trainer_with_mock_updater
from chainer.testing.unary_math_function_test import (
    unary_math_function_unittest as unary_math_function_unittest,
)
