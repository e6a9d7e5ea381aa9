"""The conformance kit for plugin authors and for Catenary itself: use it as ``catenary.testing``."""

from __future__ import annotations

from catenary_testing.completeness import untested as untested
from catenary_testing.functions import (
    FunctionCase as FunctionCase,
    broadcasting as broadcasting,
    elementwise as elementwise,
    function_tests as function_tests,
)
from catenary_testing.gpu import open_gpu as open_gpu
from catenary_testing.gradient_check import check_backward as check_backward, numerical_grad as numerical_grad
from catenary_testing.links import LinkCase as LinkCase, link_tests as link_tests
from catenary_testing.memory import (
    MemoryDeserializer as MemoryDeserializer,
    MemorySerializer as MemorySerializer,
)
from catenary_testing.optimizers import OptimizerCase as OptimizerCase, optimizer_tests as optimizer_tests
from catenary_testing.properties import property_tests as property_tests
from catenary_testing.serializers import SerializerCase as SerializerCase, serializer_tests as serializer_tests
from catenary_testing.tolerance import assert_close as assert_close
from catenary_testing.tripwire import TripwireDevice as TripwireDevice, TripwireError as TripwireError
from catenary_testing.wrong_calls import WrongCall as WrongCall, wrong_call_tests as wrong_call_tests

__all__ = [
    "FunctionCase",
    "LinkCase",
    "MemoryDeserializer",
    "MemorySerializer",
    "OptimizerCase",
    "SerializerCase",
    "TripwireDevice",
    "TripwireError",
    "WrongCall",
    "assert_close",
    "broadcasting",
    "check_backward",
    "elementwise",
    "function_tests",
    "link_tests",
    "numerical_grad",
    "open_gpu",
    "optimizer_tests",
    "property_tests",
    "serializer_tests",
    "untested",
    "wrong_call_tests",
]
