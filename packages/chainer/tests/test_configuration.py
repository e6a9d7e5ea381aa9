"""Chainer's settings."""

from __future__ import annotations

import io
import subprocess
import sys
import threading

import numpy as np
import pytest

import catenary
import chainer
from chainer.configuration import IDLE


def test_shared_settings_are_catenarys() -> None:
    with chainer.using_config("train", False):
        assert not catenary.config.train
        assert not chainer.config.train
    with catenary.using_config("enable_backprop", False):
        assert not chainer.config.enable_backprop
    with chainer.using_config("cudnn_deterministic", True):
        assert catenary.config.deterministic
    with chainer.using_config("dtype", chainer.mixed16):
        assert chainer.config.dtype is chainer.mixed16
        assert chainer.get_dtype() == catenary.config.dtype == np.float16
        assert chainer.get_dtype(map_mixed16=np.float32) == np.float32
        with chainer.using_config("dtype", np.float16):
            assert chainer.config.dtype == chainer.get_dtype(map_mixed16=np.float32) == np.float16
        with catenary.using_config("dtype", np.float64):
            assert chainer.config.dtype == np.float64
        assert chainer.config.dtype is chainer.mixed16
    assert chainer.config.dtype == np.float32
    assert chainer.get_dtype(chainer.mixed16, map_mixed16=np.float32) == np.float32
    assert catenary.config.train


@pytest.mark.parametrize("name", IDLE)
def test_settings_without_effect_are_kept(name: str) -> None:
    before = getattr(chainer.config, name)
    with chainer.using_config(name, "other"):
        assert getattr(chainer.config, name) == "other"
        seen = []
        thread = threading.Thread(target=lambda: seen.append(getattr(chainer.config, name)))
        thread.start()
        thread.join()
        assert seen == [before]
    assert getattr(chainer.config, name) == before == getattr(chainer.global_config, name)


def test_own_settings() -> None:
    with pytest.raises(AttributeError, match="my_setting"):
        chainer.config.my_setting  # noqa: B018
    chainer.config.my_setting = 3
    assert chainer.config.my_setting == 3
    del chainer.config.my_setting


def test_show() -> None:
    out = io.StringIO()
    chainer.config.show(file=out)
    lines = dict(line.split(None, 1) for line in out.getvalue().splitlines())
    assert lines["train"] == "True"
    assert lines["use_cudnn"] == "auto"


@pytest.mark.parametrize(
    ("variable", "value", "expression", "expected"),
    [
        ("CHAINER_DEBUG", "1", "chainer.is_debug()", "True"),
        ("CHAINER_DTYPE", "float64", "chainer.get_dtype()", "float64"),
        ("CHAINER_TYPE_CHECK", "0", "chainer.config.type_check", "False"),
    ],
)
def test_environment(variable: str, value: str, expression: str, expected: str) -> None:
    import os

    program = f"import chainer; print({expression})"
    result = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, variable: value}, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == expected
