"""Catenary: a define-by-run framework for neural networks.

The core: `Variable` and the graph behind it, `@function`, devices, settings, links as containers, the reporter and
the plugin system. Layers, functions, optimizers, training and file formats are packages of their own, reached as
`catenary.links`, `catenary.functions`, ...
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from catenary import _subpackages, errors as errors, operators
from catenary.chain import Chain as Chain, ChainList as ChainList
from catenary.computational_graph import (
    ComputationalGraph as ComputationalGraph,
    build_computational_graph as build_computational_graph,
)
from catenary.config import (
    config as config,
    force_backprop_mode as force_backprop_mode,
    get_dtype as get_dtype,
    global_config as global_config,
    is_debug as is_debug,
    no_backprop_mode as no_backprop_mode,
    set_debug as set_debug,
    using_config as using_config,
)
from catenary.device import (
    Device as Device,
    get_array_module as get_array_module,
    get_device as get_device,
    get_device_from_array as get_device_from_array,
    get_random_state as get_random_state,
    seed as seed,
    set_random_state as set_random_state,
    using_device as using_device,
)
from catenary.graph.declaration import PER_CALL as PER_CALL, Saved as Saved
from catenary.graph.function import function as function, several_outputs as several_outputs
from catenary.graph.function_node import FunctionNode as FunctionNode
from catenary.graph.half import widens_half as widens_half
from catenary.graph.handle import VariableNode as VariableNode
from catenary.graph.hooks import FunctionHook as FunctionHook, get_function_hooks as get_function_hooks
from catenary.graph.implementation import (
    Implementation as Implementation,
    disable_implementations as disable_implementations,
)
from catenary.graph.old_function import Function as Function, FunctionAdapter as FunctionAdapter
from catenary.graph.walk import backward as backward, grad as grad
from catenary.initializer import Initializer as Initializer
from catenary.link import Link as Link
from catenary.link_hook import LinkHook as LinkHook
from catenary.link_mode import evaluation_mode as evaluation_mode
from catenary.parameter import Parameter as Parameter
from catenary.reporter import (
    Reporter as Reporter,
    get_current_reporter as get_current_reporter,
    report as report,
    report_scope as report_scope,
)
from catenary.sequential import Sequential as Sequential
from catenary.serializer import (
    AbstractSerializer as AbstractSerializer,
    Deserializer as Deserializer,
    Serializer as Serializer,
)
from catenary.summary import DictSummary as DictSummary, Summary as Summary
from catenary.variable import (
    Variable as Variable,
    as_array as as_array,
    as_variable as as_variable,
)

if TYPE_CHECKING:
    from catenary.plugins.hookspecs import hookimpl as hookimpl

operators.install()

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _subpackages.KNOWN:
            try:
                return importlib.import_module(f"catenary.{name}")
            except _subpackages.SubpackageNotInstalledError as error:
                raise AttributeError(str(error)) from None
        if name == "hookimpl":  # brings pluggy, which only plugins need
            from catenary.plugins import hookimpl

            return hookimpl
        if name == "__version__":
            from importlib.metadata import version

            return version("catenary-core")
        raise AttributeError(f"module 'catenary' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted([*globals(), "__version__", "hookimpl", *_subpackages.KNOWN])
