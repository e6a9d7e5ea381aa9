"""`import chainer` again: code written for Chainer 1 to 7, on Catenary.

What Chainer 7 documents is here under the same names. Where Catenary has the same interface, it is the same object;
what differs is adapted in this package: settings (`configuration`), devices (`backends`), random numbers.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from catenary import (
    AbstractSerializer as AbstractSerializer,
    Chain as Chain,
    ChainList as ChainList,
    Deserializer as Deserializer,
    DictSummary as DictSummary,
    Function as Function,
    FunctionAdapter as FunctionAdapter,
    FunctionHook as FunctionHook,
    FunctionNode as FunctionNode,
    Initializer as Initializer,
    Link as Link,
    LinkHook as LinkHook,
    Parameter as Parameter,
    Reporter as Reporter,
    Sequential as Sequential,
    Serializer as Serializer,
    Summary as Summary,
    VariableNode as VariableNode,
    as_array as as_array,
    as_variable as as_variable,
    backward as backward,
    force_backprop_mode as force_backprop_mode,
    get_current_reporter as get_current_reporter,
    get_device as get_device,
    get_function_hooks as get_function_hooks,
    grad as grad,
    is_debug as is_debug,
    no_backprop_mode as no_backprop_mode,
    report as report,
    report_scope as report_scope,
    set_debug as set_debug,
    using_device as using_device,
)
from catenary.device_resident import (
    DeviceResident as DeviceResident,
    DeviceResidentsVisitor as DeviceResidentsVisitor,
)
from catenary.distributions import (
    Distribution as Distribution,
    cross_entropy as cross_entropy,
    kl_divergence as kl_divergence,
    register_kl as register_kl,
)
from catenary.optimizers import (
    GradientMethod as GradientMethod,
    Hyperparameter as Hyperparameter,
    HyperparameterProxy as HyperparameterProxy,
    Optimizer as Optimizer,
)
from chainer import _modules, _random, configuration as configuration
from chainer._environment import (
    DebugMode as DebugMode,
    disable_experimental_feature_warning as disable_experimental_feature_warning,
    get_array_types as get_array_types,
    get_compute_mode as get_compute_mode,
    get_cpu_array_types as get_cpu_array_types,
    get_dtype as get_dtype,
    is_arrays_compatible as is_arrays_compatible,
    print_runtime_info as print_runtime_info,
    static_code as static_code,
    static_graph as static_graph,
)
from chainer._variable import Variable as Variable
from chainer.backends import cuda as cuda
from chainer.backends.cuda import (
    should_use_cudnn as should_use_cudnn,
    should_use_cudnn_tensor_core as should_use_cudnn_tensor_core,
)
from chainer.configuration import (
    config as config,
    global_config as global_config,
    mixed16 as mixed16,
    using_config as using_config,
)
from chainer.function_set import FunctionSet as FunctionSet
from chainer.optimizers._rules import UpdateRule as UpdateRule
from chainer.utils import type_check

__version__ = "7.8.1"

sys.modules[f"{__name__}.cuda"] = cuda
_modules.install()
_random.install()
FunctionNode.check_inputs = type_check.check_forward
configuration.read_environment()


def __getattr__(name: str) -> Any:
    if name in _modules.TABLE or name in ("gradient_check", "testing", "exporters"):
        return importlib.import_module(f"{__name__}.{name}")
    if name == "chainerx":
        return importlib.import_module("chainerx")
    raise AttributeError(f"module 'chainer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(path for path in _modules.TABLE if "." not in path)})
