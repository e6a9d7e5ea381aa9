"""Every link of Chainer 7: the numbers of Chainer 7.8.1, and its signature."""

from __future__ import annotations

import csv
import inspect
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
import catenary.initializers
import catenary.link_hooks
import catenary.links as L
from catenary import Variable, using_config
from catenary.testing import MemoryDeserializer, MemorySerializer

HERE = Path(__file__).parent / "golden"
MAKE = runpy.run_path(str(HERE / "make.py"))
TABLES = {p.stem: runpy.run_path(str(p))["CASES"] for p in sorted(HERE.glob("*.py")) if p.name != "make.py"}
STORED = {table: dict(np.load(HERE / f"{table}.npz")) for table in TABLES}
CALLS = [
    (table, f"{name}-{i}", case)
    for table, links in TABLES.items()
    for name, cases in links.items()
    for i, case in enumerate(cases)
]
ROWS = list(csv.DictReader((HERE / "names.tsv").read_text().splitlines(), delimiter="\t"))
SIGNATURES = {(row["place"], row["name"]): row["signature"] for row in ROWS}
NAMES = [row["name"] for row in ROWS if row["place"] == "links"]
PLACES = {"links": L, "initializers": catenary.initializers, "link_hooks": catenary.link_hooks}

#: Links of Chainer that are not here, and why; and those without stored numbers in these tables.
NOT_HERE = {"TheanoFunction": "Theano is no longer maintained"}
_VISION = "GoogLeNet ResNet101Layers ResNet152Layers ResNet50Layers VGG16Layers VGG19Layers"
WITHOUT_NUMBERS = dict.fromkeys(_VISION.split(), "test_vision.py holds them to numbers of their own")


def held(link: Any) -> dict[str, Any]:
    """Return what a file of the link would hold, by path."""
    values: dict[str, Any] = {}
    link.serialize(MemorySerializer(values))
    return {key: value for key, value in values.items() if value is not None}


@pytest.mark.parametrize(("table", "key", "case"), CALLS, ids=[key for _, key, _ in CALLS])
def test_numbers_of_chainer(table: str, key: str, case: Any) -> None:
    stored = {name.partition("/")[2]: a for name, a in STORED[table].items() if name.startswith(f"{key}/")}
    before, after = ({n[2:]: a for n, a in stored.items() if n.startswith(kind)} for kind in ("p/", "q/"))
    inputs = [stored[f"x{i}"] for i in range(len(case["inputs"]))]
    link = case["make"](L)
    link.serialize(MemoryDeserializer(before))
    assert held(link).keys() == before.keys()
    with using_config("train", case.get("train", True)):
        found = MAKE["record"](F, Variable, case, link, inputs, gys=stored)
    values = held(link)
    found.update((f"q/{name}", np.asarray(values[name])) for name in after)
    assert set(found) == {name for name in stored if not name.startswith(("x", "p/"))}
    for name, array in found.items():
        assert array.shape == stored[name].shape
        assert array.dtype.kind == stored[name].dtype.kind
        np.testing.assert_allclose(array, stored[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_every_name_of_chainer_is_here_with_numbers() -> None:
    assert {name for name in NAMES if not hasattr(L, name)} == set(NOT_HERE)
    with_numbers = {name for table in TABLES.values() for name in table}
    assert set(NAMES) - with_numbers - set(NOT_HERE) == set(WITHOUT_NUMBERS)
    initializers = [name for place, name in SIGNATURES if place == "initializers"]
    assert [name for name in initializers if not hasattr(catenary.initializers, name)] == []


class Name:
    """Stands for a function that is a default."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


def parameters(signature: str) -> list[tuple[str, str]]:
    """Return the names and defaults of a signature such as ``(x, axis=1)``; keyword arguments by `**` are left out."""
    names = {name: Name(name) for name in ("accuracy", "float32", "relu", "softmax_cross_entropy")}
    found = inspect.signature(eval(f"lambda {signature[1:-1]}: 0", {**names}))
    return [(p.name, default(p)) for p in found.parameters.values() if p.kind != p.VAR_KEYWORD]


def default(parameter: inspect.Parameter) -> str:
    value = parameter.default
    if value is parameter.empty:
        return ""
    return str(getattr(value, "__name__", None) or repr(value))


@pytest.mark.parametrize(("place", "name"), [key for key in SIGNATURES if key[1] not in NOT_HERE])
def test_the_signature_begins_as_in_chainer(place: str, name: str) -> None:
    expected = parameters(SIGNATURES[place, name])
    signature = inspect.signature(getattr(PLACES[place], name))
    found = [(p.name, default(p)) for p in signature.parameters.values()]
    assert found[: len(expected)] == expected
