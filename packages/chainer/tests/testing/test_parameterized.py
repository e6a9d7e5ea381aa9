"""Classes of tests with parameters and devices, as pytest and unittest find them."""

from __future__ import annotations

import re
import subprocess
import sys
import unittest
from pathlib import Path

import pytest

import chainer
from chainer import testing
from chainer.testing import BackendConfig, attr

SUITE = """
import unittest
from chainer import testing
import chainer.functions as F

@testing.parameterize({"x": 1, "function": F.relu, "kind": int}, {"x": 2, "function": abs, "kind": float})
class TestUnittest(unittest.TestCase):
    def setUp(self):
        self.double = 2 * self.x
    def test_double(self):
        assert self.double == 2
    def test_function(self):
        self.function(self.kind(3)) if self.kind is float else None

@testing.parameterize(*testing.product({"x": [1, 2]}))
class TestPlain:
    def test_x(self, tmp_path):
        assert self.x and tmp_path

@testing.inject_backend_tests(["test_b"], [{}, {"use_cuda": True, "cuda_device": 99}, {"use_ideep": "always"}])
class TestBackends(unittest.TestCase):
    def test_b(self, config):
        assert config.xp.__name__ == "numpy" and not config.use_cuda
    def test_once(self):
        pass

@testing.parameterize(*testing.product({"x": [1, 2]}))
@testing.inject_backend_tests(None, [{}, {"use_chainerx": True, "chainerx_device": "native:0"}])
class TestBoth:
    def test_b(self, backend_config, tmp_path):
        assert self.x == 1 and backend_config and tmp_path
    def test_other(self):
        pass

@testing.inject_backend_tests(None, [{}])
@testing.parameterize(*testing.product({"x": [1]}))
class TestBothTheOtherWay(unittest.TestCase):
    def test_b(self, backend_config):
        assert self.x == 1 and backend_config.device.xp is backend_config.xp

@testing.attr.gpu
@testing.attr.cudnn
def test_marks():
    pass

@testing.attr.slow
def test_slow():
    pass

@testing.attr.multi_gpu(99)
class TestMany:
    def test_a(self):
        pass

testing.run_module(__name__, __file__)
"""


def run_suite(folder: Path, *options: str) -> str:
    """Return what pytest prints on the suite in a process of its own, where warnings are errors."""
    (folder / "test_suite.py").write_text(SUITE)
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "test_suite.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_a_suite_in_pytest(tmp_path: Path) -> None:
    output = run_suite(tmp_path)
    # passed: TestUnittest 3, TestPlain 2, TestBackends 2, TestBoth 3, TestBothTheOtherWay 1, test_slow
    # failed: test_double and TestBoth.test_b for x = 2; skipped: two devices, ChainerX twice, test_marks, TestMany
    assert output.splitlines()[-1].startswith("2 failed, 12 passed, 6 skipped")
    assert re.search(r"E +Test parameters:\nE +x: 2", output)


def test_choosing_by_marks(tmp_path: Path) -> None:
    output = run_suite(tmp_path, "--collect-only", "-m", "not slow and not gpu")
    assert "16/20 tests collected (4 deselected)" in output
    assert "test_slow" not in output


def test_marks_that_are_not_registered_under_strict_markers(tmp_path: Path) -> None:
    assert "20 tests collected" in run_suite(tmp_path, "--collect-only", "--strict-markers")


def test_run_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest, "main", lambda arguments: arguments[0])
    testing.run_module("somewhere", "test_it.py")
    with pytest.raises(SystemExit, match=r"^test_it\.py$"):
        testing.run_module("__main__", "test_it.py")


def test_products_as_in_chainer() -> None:
    assert testing.product({"b": ["x"], "a": [1, 2]}) == [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]
    assert testing.product([[{"a": 1}, {"a": 2}], [{"b": 3}]]) == [{"a": 1, "b": 3}, {"a": 2, "b": 3}]
    assert testing.product_dict([{"a": 1}, {"a": 2}], [{"b": 3}, {"b": 4, "c": 5}]) == [
        {"a": 1, "b": 3},
        {"a": 1, "b": 4, "c": 5},
        {"a": 2, "b": 3},
        {"a": 2, "b": 4, "c": 5},
    ]
    assert testing.from_pytest_parameterize("a,b", [(1, 2), (3, 4)]) == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert testing.from_pytest_parameterize("a", [1, 2]) == [{"a": 1}, {"a": 2}]
    with pytest.raises(TypeError, match="product: expected"):
        testing.product([("a",), ("b", "c")])


@testing.parameterize_pytest("x, function", [(1, abs), (2, lambda x: -x)])
class TestAttributes(unittest.TestCase):
    def test_functions_do_not_become_methods(self) -> None:
        assert self.function(-self.x) == self.x  # type: ignore[attr-defined]


def test_names_of_classes() -> None:
    case = type("TestNames", (), {"__module__": __name__})
    long = testing.parameterize({"x": "y" * 1000, "kind": float})(case).cases[0]
    del globals()[long.__name__]
    assert long.__name__.startswith("TestNames_param_0_{x=yyyy")
    assert long.__name__.endswith("yyy, kind=float}")
    assert len(long.__name__) < 150


def test_backend_config() -> None:
    config = BackendConfig({"cudnn_deterministic": True, "use_cudnn": "always"})
    assert (config.use_cuda, config.use_ideep, config.cuda_device) == (False, "never", None)
    assert BackendConfig({"use_cuda": True}).cuda_device == 0
    before = chainer.config.use_cudnn
    with config:
        assert chainer.config.use_cudnn == "always"
        assert chainer.config.cudnn_deterministic
    assert chainer.config.use_cudnn == before != "always"
    assert not chainer.config.cudnn_deterministic
    assert "use_cudnn='always'" in repr(config)
    assert config.get_func_str() == "use_cudnn_always__cudnn_deterministic_true"
    assert BackendConfig({}).get_func_str() == "cpu"
    assert config.get_array(None) is None
    assert config.get_pytest_marks() == []
    assert len(BackendConfig({"use_cuda": True, "use_cudnn": "always"}).get_pytest_marks()) == 2
    with pytest.raises(ValueError, match="use_gpu"):
        BackendConfig({"use_gpu": True})
    with pytest.raises(ValueError, match=r"has no \['test_b'\]"):
        testing.inject_backend_tests(["test_b"], [{}])(type("TestNone", (), {"__module__": __name__}))


def test_limit_of_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINER_TEST_GPU_LIMIT", "0")

    def test() -> None:
        pass

    (skip,) = [mark for mark in attr.gpu(test).pytestmark if mark.name == "skipif"]
    assert skip.args == (True,)
    assert skip.kwargs["reason"] == "needs 1 GPU(s), found 0"
