"""`check_type_forward` of a user's functions is called, and says what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainer
from chainer.utils import type_check


class New(chainer.FunctionNode):
    def check_type_forward(self, in_types: Any) -> None:
        type_check.expect(in_types.size() == 1, in_types[0].dtype.kind == "f", in_types[0].ndim == 2)

    def forward(self, inputs: Any) -> Any:
        return (inputs[0] * 2,)

    def backward(self, indexes: Any, gys: Any) -> Any:
        return (gys[0] * 2,)


class Old(chainer.Function):
    check_type_forward = New.check_type_forward

    def forward(self, inputs: Any) -> Any:
        return (inputs[0] * 2,)

    def backward(self, inputs: Any, gys: Any) -> Any:
        return (gys[0] * 2,)


@pytest.mark.parametrize("call", [lambda x: New().apply((x,))[0], lambda x: Old()(x)], ids=["new", "old"])
def test_functions_of_users(call: Any) -> None:
    np.testing.assert_array_equal(call(np.ones((2, 3), np.float32)).array, np.full((2, 3), 2))
    for wrong in (np.ones(3, np.float32), np.ones((2, 3), int)):
        with pytest.raises(type_check.InvalidType, match="in_types"):
            call(wrong)
        with chainer.using_config("type_check", False):
            call(wrong)
