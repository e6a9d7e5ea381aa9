"""Keyword arguments that are checked by hand."""

from __future__ import annotations

from typing import Any

import pytest

from chainer.utils import argument


def dropout(x: float, **kwargs: Any) -> Any:
    return argument.parse_kwargs(kwargs, ("ratio", 0.5), ("mask", None), train="dropout: use using_config")


def test_values_and_defaults() -> None:
    assert dropout(1.0) == (0.5, None)
    assert dropout(1.0, mask=3) == (0.5, 3)


def test_refused() -> None:
    with pytest.raises(ValueError, match="dropout: use using_config"):
        dropout(1.0, train=True)
    with pytest.raises(TypeError, match=r"^dropout\(\) got unexpected keyword argument\(s\) 'a', 'b'$"):
        dropout(1.0, b=1, a=2)


def empty(**kwargs: Any) -> None:
    argument.assert_kwargs_empty(kwargs)


def test_none_at_all() -> None:
    empty()
    with pytest.raises(TypeError, match=r"empty\(\) got .* 'x'"):
        empty(x=1)
    argument.check_unexpected_kwargs({"y": 1}, x="no x")
    with pytest.raises(ValueError, match="no x"):
        argument.check_unexpected_kwargs({"x": 1}, x="no x")
