"""Conformance of file formats: give a registered format, the kit saves, loads, damages and compares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from catenary import AbstractSerializer, Chain, Link, Parameter
from catenary.errors import FileFormatError, LoadMismatchError


@dataclass(frozen=True)
class SerializerCase:
    """A file format.

    Attributes:
        format: What a plugin registers: it has `name`, `suffixes`, `sniff`, `save` and `load`.
    """

    format: Any

    def __str__(self) -> str:
        return str(self.format.name)


class Everything:
    """An object with all kinds of values, some of them unusual."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.values: dict[str, Any] = {
            "float16": rng.standard_normal(3).astype("float16"),
            "float64": rng.standard_normal((2, 3)),
            "fortran": np.asfortranarray(rng.standard_normal((2, 3, 4))),
            "big_endian": rng.standard_normal(4).astype(">f4"),
            "int32": rng.integers(0, 100, (2, 2), np.int32),
            "bool": rng.random(5) > 0.5,
            "empty": np.zeros((0, 3), np.float32),
            "zero_d": np.asarray(rng.standard_normal()),
            "number": seed,
            "fraction": seed + 0.5,
            "text": f"été {seed}",
            "nothing": None,
        }

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Pass on each value, half of them below a child."""
        for i, (key, value) in enumerate(self.values.items()):
            self.values[key] = (serializer["child"] if i % 2 else serializer)(key, value)


class Model(Chain):
    """A chain with a lazy parameter, persistent values and a child."""

    child: Any
    count: Any
    mean: Any

    def __init__(self, value: float | None) -> None:
        child = Link()
        with child.init_scope():
            child.W = Parameter(value, None if value is None else (2, 3))
        super().__init__(child=child)
        self.add_persistent("count", 0 if value is None else int(value))
        self.add_persistent("mean", np.full(3, 0.0 if value is None else value, np.float32))


def check_round_trip(case: SerializerCase, folder: Path) -> None:
    """Every kind of value comes back as it was; the suffix and the content say the format."""
    file, mine, other = folder / f"any{case.format.suffixes[0]}", Everything(1), Everything(2)
    case.format.save(file, mine)
    case.format.load(file, other)
    for key, value in mine.values.items():
        found = other.values[key]
        assert type(found) is type(value), key
        if isinstance(value, np.ndarray):
            assert (found.shape, found.dtype) == (value.shape, value.dtype), key
        np.testing.assert_array_equal(found, value, err_msg=key)
    assert case.format.sniff(file.read_bytes()[:512])
    assert not case.format.sniff(b"")
    assert not case.format.sniff(b"something else, of no format at all")


def check_links(case: SerializerCase, folder: Path) -> None:
    """Links are saved by their paths and load into lazy ones; the name of the file is kept."""
    file, full, lazy = folder / "my.model", Model(3.0), Model(None)
    case.format.save(file, full)
    assert [p.name for p in folder.iterdir()] == ["my.model"]
    case.format.load(file, lazy)
    np.testing.assert_array_equal(lazy.child.W.array, full.child.W.array)
    np.testing.assert_array_equal(lazy.mean, full.mean)
    assert lazy.count == 3


def check_nothing_half_done(case: SerializerCase, folder: Path) -> None:
    """A file that does not fit, or is damaged, changes nothing and says what is wrong."""
    file, target = folder / "file", Model(1.0)
    before = [target.child.W.array.copy(), target.mean.copy(), target.count]
    wrong = Model(5.0)
    wrong.child.W.array = np.zeros((7, 3), np.float32)
    wrong.add_persistent("extra", np.zeros(2))
    case.format.save(file, wrong)
    with pytest.raises(LoadMismatchError) as caught:
        case.format.load(file, target)
    for word in ("child/W", "(7, 3)", "(2, 3)", "extra"):
        assert word in str(caught.value)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(FileFormatError):
        case.format.load(file, target)
    for now, then in zip([target.child.W.array, target.mean, target.count], before, strict=True):
        np.testing.assert_array_equal(now, then)


def check_atomic_saving(case: SerializerCase, folder: Path) -> None:
    """A save that fails leaves the old file alone, and nothing beside it."""
    file, good = folder / "file", Model(2.0)
    case.format.save(file, good)
    content = file.read_bytes()

    class Failing(Model):
        def serialize(self, serializer: AbstractSerializer) -> None:
            super().serialize(serializer)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        case.format.save(file, Failing(9.0))
    assert file.read_bytes() == content
    assert len(list(folder.iterdir())) == 1


SERIALIZER_CHECKS = (check_round_trip, check_links, check_nothing_half_done, check_atomic_saving)


def serializer_tests(cases: Sequence[SerializerCase]) -> Callable[..., None]:
    """Return a pytest test that runs every check on every format; give it a name that begins with `test_`.

    Args:
        cases: The cases.
    """

    @pytest.mark.parametrize("case", cases, ids=str)
    @pytest.mark.parametrize("check", SERIALIZER_CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
    def test_serializer(check: Callable[[SerializerCase, Path], None], case: SerializerCase, tmp_path: Path) -> None:
        check(case, tmp_path)

    return test_serializer
