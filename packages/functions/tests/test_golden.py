"""Every function of Chainer 7: the numbers of Chainer 7.8.1, and its signature."""

from __future__ import annotations

import csv
import inspect
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import catenary.functions as F
from catenary import Variable

HERE = Path(__file__).parent / "golden"
MAKE = runpy.run_path(str(HERE / "make.py"))
TABLES = {p.stem: runpy.run_path(str(p))["CASES"] for p in sorted(HERE.glob("*.py")) if p.name != "make.py"}
STORED = {family: dict(np.load(HERE / f"{family}.npz")) for family in TABLES}
CALLS = [
    (family, f"{name}-{i}", case[0])
    for family, table in TABLES.items()
    for name, cases in table.items()
    for i, case in enumerate(cases)
]
NAMES = {
    row["name"]: row["signature"]
    for row in csv.DictReader((HERE / "names.tsv").read_text().splitlines(), delimiter="\t")
}

#: Parameters with another name than in Chainer: there `absolute` is a method of Variable.
RENAMED = {"absolute": {"x": "self"}}
#: Functions without stored numbers, and why.
WITHOUT_NUMBERS = {"gumbel_softmax": "it draws its noise inside, and none can be given"}


@pytest.mark.parametrize(("family", "key", "call"), CALLS, ids=[key for _, key, _ in CALLS])
def test_numbers_of_chainer(family: str, key: str, call: Any) -> None:
    stored = {name.partition("/")[2]: a for name, a in STORED[family].items() if name.startswith(f"{key}/")}
    inputs = [stored[f"x{i}"] for i in range(sum(name.startswith("x") for name in stored))]
    found = MAKE["record"](F, Variable, call, inputs, gys=stored)
    assert set(found) == {name for name in stored if not name.startswith("x")}
    for name, array in found.items():
        expected = stored[name]
        assert array.shape == expected.shape
        assert array.dtype.kind == expected.dtype.kind
        np.testing.assert_allclose(array, expected, rtol=1e-4, atol=1e-5, err_msg=name)


def test_every_name_of_chainer_is_here_with_numbers() -> None:
    assert sorted(name for name in NAMES if not hasattr(F, name)) == []
    with_numbers = {name for table in TABLES.values() for name in table}
    assert set(NAMES) - with_numbers == set(WITHOUT_NUMBERS)


def parameters(signature: str) -> list[tuple[str, str]]:
    """Return the names and defaults of a signature such as ``(x, axis=1)``; keyword arguments by `**` are left out."""
    found = inspect.signature(eval(f"lambda {signature[1:-1]}: 0"))
    return [
        (p.name, "" if p.default is p.empty else repr(p.default))
        for p in found.parameters.values()
        if p.kind != p.VAR_KEYWORD
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_begins_as_in_chainer(name: str) -> None:
    expected = parameters(NAMES[name])
    found = [
        (RENAMED.get(name, {}).get(p.name, p.name), "" if p.default is p.empty else repr(p.default))
        for p in inspect.signature(getattr(F, name)).parameters.values()
    ]
    assert found[: len(expected)] == expected
