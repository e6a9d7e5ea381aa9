"""Assertions on arrays."""

from chainer.gradient_check import assert_allclose as assert_allclose

__all__ = ["assert_allclose"]
