"""Device: moving arrays, and what a plugin's class must give."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import catenary
from catenary import Device
from catenary.errors import ArgumentTypeError

HOST = catenary.get_device("@numpy")
TRIPWIRE = catenary.get_device("@tripwire")


class Batch(NamedTuple):
    """A structure with names."""

    x: Any
    t: Any


def test_send_keeps_the_structure() -> None:
    a, b = np.arange(2.0), np.arange(3)
    sent = TRIPWIRE.send({"pair": (a, [b, None]), "batch": Batch(a, 2)})
    assert type(sent["pair"]) is tuple
    assert type(sent["pair"][1]) is list
    assert sent["pair"][1][1] is None
    assert type(sent["batch"]) is Batch
    for array in (sent["pair"][0], sent["pair"][1][0], sent["batch"].x, sent["batch"].t):
        assert TRIPWIRE.is_array_supported(array)
    back = HOST.send(sent)
    np.testing.assert_array_equal(back["pair"][1][0], b)
    assert back["batch"].t == 2
    assert type(back["batch"].t) is np.ndarray


def test_what_is_here_already_is_not_copied() -> None:
    a = np.arange(2.0)
    assert HOST.send(a) is a
    there = TRIPWIRE.send(a)
    assert TRIPWIRE.send(there) is there


@pytest.mark.parametrize("wrong", ["text", object(), [1.0, "text"]], ids=repr)
def test_what_is_no_array_is_refused(wrong: Any) -> None:
    with pytest.raises(
        ArgumentTypeError, match=r"Device\.send: expected an array \(or lists, tuples, dicts of arrays\)"
    ):
        HOST.send(wrong)


def test_names_and_equality() -> None:
    assert (HOST.name, str(HOST), repr(HOST), HOST.xp) == ("@numpy", "@numpy", "<NumpyDevice @numpy>", np)
    assert type(HOST)() == HOST
    assert hash(type(HOST)()) == hash(HOST)
    assert HOST != TRIPWIRE
    assert HOST != "@numpy"
    assert HOST.is_array_supported(np.zeros(1))
    assert not HOST.is_array_supported(TRIPWIRE.send(np.zeros(1)))
    with HOST.create_context():
        pass


def test_a_class_says_what_it_lacks() -> None:
    class Bare(Device):
        name = "@bare"

    for call in (lambda: Bare().random, lambda: Bare().send(np.zeros(1)), lambda: Bare().to_host(np.zeros(1))):
        with pytest.raises(NotImplementedError, match="Bare gives no"):
            call()
