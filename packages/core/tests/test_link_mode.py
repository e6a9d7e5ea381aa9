"""Training and evaluation mode of links: what goes before what."""

from __future__ import annotations

import numpy as np
import pytest

import catenary
from catenary import Chain, Link, Variable, config, evaluation_mode, using_config


class Mode(Link):
    """Returns the setting `train` that it sees."""

    def forward(self, train: bool | None = None) -> bool:
        return config.train if train is None else train


class Pair(Chain):
    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.first, self.second = Mode(), Mode()

    def forward(self) -> list[bool]:
        return [config.train, self.first(), self.second()]


def test_a_link_follows_the_setting_at_first_and_again() -> None:
    model = Pair()
    assert model() == [True] * 3
    with using_config("train", False):
        assert model() == [False] * 3
        assert model.train()() == [True] * 3
        assert model.train(None)() == [False] * 3


def test_a_link_goes_before_the_setting_and_an_argument_before_the_link() -> None:
    model = Pair().eval()
    assert model() == [False] * 3
    assert model.first(True) is True
    assert config.train is True
    model.first.train()
    assert model() == [False, True, False]


def test_a_link_below_inherits_the_mode_of_the_call() -> None:
    model = Pair()
    model._train = False  # of the chain alone
    assert model() == [False] * 3


def test_evaluation_mode_goes_before_all_links_and_ends() -> None:
    model = Pair().train()
    model.second.train(None)
    with evaluation_mode(model):
        assert model() == [False] * 3
        assert (Variable(np.ones(1)) * 2).creator is None
    with pytest.raises(ZeroDivisionError), evaluation_mode(model):
        raise ZeroDivisionError
    assert (model.first._train, model.second._train) == (True, None)
    assert config.train is True
    with evaluation_mode():
        assert model() == [True, True, True]  # it was not named


def test_the_mode_is_copied_and_not_saved() -> None:
    model = Pair().eval()
    assert model.copy()() == [False] * 3
    assert catenary.Sequential(Mode().eval()).repeat(2)[0]() is False
