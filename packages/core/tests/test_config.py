"""The five settings: per thread, global, in scopes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import catenary
from catenary import Variable, config, global_config, using_config
from catenary.config import Settings, settings
from catenary.errors import ArgumentError

DEFAULTS = {"train": True, "enable_backprop": True, "dtype": np.dtype("f"), "debug": False, "deterministic": False}


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    vars(settings).clear()
    for name, value in DEFAULTS.items():
        setattr(Settings, name, value)
    Settings.mode = 0


def in_a_thread(work: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def records() -> bool:
    return (Variable(np.ones(1)) * 2).creator is not None


def test_defaults() -> None:
    assert {name: getattr(config, name) for name in dir(config)} == DEFAULTS
    assert {name: getattr(global_config, name) for name in dir(global_config)} == DEFAULTS
    assert catenary.get_dtype() == np.float32
    assert catenary.get_dtype("f8") == np.float64
    assert not catenary.is_debug()


def test_show_and_repr() -> None:
    assert config.show().split("\n")[0].split() == ["train", "True"]
    assert "dtype=float32" in repr(config)


@pytest.mark.parametrize(("name", "value"), [("train", False), ("dtype", np.dtype("f8")), ("debug", True)])
def test_a_thread_has_its_own_settings(name: str, value: Any) -> None:
    setattr(config, name, value)
    assert getattr(config, name) == value
    assert getattr(global_config, name) == in_a_thread(lambda: getattr(config, name)) == DEFAULTS[name]


def test_global_settings_reach_every_thread_without_its_own() -> None:
    config.train = True
    global_config.train = False
    global_config.enable_backprop = False
    global_config.debug = True
    assert (config.train, config.enable_backprop, config.debug) == (True, False, True)
    assert not records()
    assert in_a_thread(lambda: (config.train, config.enable_backprop, catenary.is_debug(), records())) == (
        False,
        False,
        True,
        False,
    )


def test_using_config_nests_and_restores() -> None:
    with using_config("train", False):
        with using_config("train", True):
            assert config.train
        assert not config.train
    assert config.train
    assert vars(settings) == {}


def test_using_config_restores_after_an_error() -> None:
    with pytest.raises(KeyError), using_config("enable_backprop", False):
        raise KeyError
    assert records()
    assert vars(settings) == {}
    config.debug = True
    with pytest.raises(KeyError), using_config("debug", False):
        raise KeyError
    assert catenary.is_debug()


def test_using_config_of_the_global_settings() -> None:
    with using_config("train", False, global_config):
        assert not in_a_thread(lambda: config.train)
    assert in_a_thread(lambda: config.train)
    with using_config("enable_backprop", False, global_config):
        assert not records()
        assert not in_a_thread(records)
    assert records()
    assert in_a_thread(records)


def test_a_thread_follows_the_global_settings_again_after_a_scope() -> None:
    ready, changed = threading.Event(), threading.Event()
    seen: list[Any] = []

    class Nothing(catenary.FunctionHook):
        name = "Nothing"

    def work() -> None:
        with catenary.no_backprop_mode(), Nothing():
            pass
        with using_config("debug", True):
            pass
        ready.set()
        changed.wait(20)
        seen.append((config.enable_backprop, records()))

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(20)
    global_config.enable_backprop = False
    changed.set()
    thread.join()
    assert seen == [(False, False)]


def test_modes() -> None:
    with catenary.no_backprop_mode():
        assert not records()
        with catenary.force_backprop_mode():
            assert records()
        assert not records()
    assert records()


def test_set_debug() -> None:
    catenary.set_debug(True)
    assert config.debug
    catenary.set_debug(False)
    assert not config.debug


@pytest.mark.parametrize("dtype", ["float16", np.float64, np.dtype("f4"), float])
def test_dtype_is_kept_as_a_dtype(dtype: Any) -> None:
    with using_config("dtype", dtype):
        assert config.dtype == np.dtype(dtype)
        assert catenary.get_dtype() is config.dtype
        assert catenary.get_dtype(None, map_mixed16=np.float32) is config.dtype
    assert config.dtype == np.float32


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("trian", True, "there is no setting 'trian'; the settings are train, enable_backprop, dtype, debug, determ"),
        ("train", 1, "train must be True or False, got 1"),
        ("debug", None, "debug must be True or False, got None"),
        ("dtype", np.int32, "dtype must be a floating-point dtype, got"),
        ("dtype", "O", "dtype must be a floating-point dtype, got 'O'"),
    ],
)
def test_wrong_settings(name: str, value: Any, message: str) -> None:
    for change in (
        lambda: setattr(config, name, value),
        lambda: setattr(global_config, name, value),
        lambda: using_config(name, value).__enter__(),
    ):
        with pytest.raises(ArgumentError, match=message):
            change()
    assert {n: getattr(config, n) for n in DEFAULTS} == DEFAULTS


def test_unknown_settings_cannot_be_read() -> None:
    for some in (config, global_config):
        with pytest.raises(AttributeError, match="config has no setting 'cudnn_fast'; the settings are train"):
            some.cudnn_fast  # noqa: B018


def test_wrong_dtype_names() -> None:
    with pytest.raises(TypeError):
        config.dtype = "no dtype"
