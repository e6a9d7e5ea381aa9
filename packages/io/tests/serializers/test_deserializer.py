from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from catenary.errors import LoadMismatchError
from catenary.serializer import Deserializer
from catenary.serializers import EntriesDeserializer, NpzDeserializer, collect


def equal(left: Any, right: Any) -> bool:
    a, b = left.flat(), right.flat()
    return list(a) == list(b) and all(type(a[k]) is type(b[k]) and np.array_equal(a[k], b[k]) for k in a)


def test_everything_is_restored(model: Any, blank: Any) -> None:
    arrays = {key: value for key, value in blank.flat().items() if isinstance(value, np.ndarray)}
    EntriesDeserializer(collect(model)).load(blank)
    assert equal(blank, model)
    assert all(blank.flat()[key] is value for key, value in arrays.items())


@pytest.mark.parametrize("path", ["updater/model:main/", "updater/model:main", "/updater/model:main"])
def test_path_chooses_a_part(path: str, model: Any, blank: Any, node: Any) -> None:
    entries = collect(node(updater=node(**{"model:main": model, "t": 3}), other=1))
    EntriesDeserializer(entries, path).load(blank)
    assert equal(blank, model)


def test_all_problems_are_in_one_message_and_nothing_changes(model: Any, blank: Any) -> None:
    entries = collect(model)
    del entries["rate"], entries["l1/b"]
    entries |= {
        "done": np.array(2.5),
        "l1/W": np.zeros((3, 2), dtype=np.float32),
        "bn/mask": np.zeros(2),
        "bn/extra": np.zeros(1),
        "surplus": None,
    }
    before = {key: np.copy(value) for key, value in blank.flat().items()}
    with pytest.raises(LoadMismatchError) as error:
        EntriesDeserializer(entries).load(blank)
    lines = str(error.value).splitlines()
    assert lines[0].startswith("EntriesDeserializer.load: what is stored does not fit the Node, which stays")
    assert lines[1:-1] == [
        "  'rate': missing in the file, a float is expected",
        "  'done': the file has () float64, a bool is expected",
        "  'l1/W': the file has (3, 2) float32, (2, 3) float32 is expected",
        "  'l1/b': missing in the file, (2,) float32 is expected",
        "  'bn/mask': the file has (2,) float64, (2,) bool is expected",
        "  'bn/extra': in the file, but not expected",
        "  'surplus': in the file, but not expected",
    ]
    assert "strict=False" in lines[-1]
    assert all(np.array_equal(value, before[key]) for key, value in blank.flat().items())


def test_lenient_loading_passes_over_names_but_not_over_shapes(model: Any, blank: Any) -> None:
    entries = collect(model)
    del entries["rate"]
    entries["surplus"] = np.zeros(1)
    EntriesDeserializer(entries, strict=False).load(blank)
    assert (blank.values["rate"], blank.values["epoch"]) == (0.0, 3)
    entries["l1/W"] = np.zeros(3)
    with pytest.raises(LoadMismatchError, match="l1/W"):
        EntriesDeserializer(entries, strict=False).load(blank)


@pytest.mark.parametrize(
    "ignore_names",
    ["l1/W", ["l1/W"], lambda name: name.endswith("W"), ["nothing", lambda name: name == "l1/W"]],
)
def test_ignored_names_stay_as_they_are(ignore_names: Any, model: Any, blank: Any) -> None:
    entries = collect(model)
    entries["l1/W"] = np.zeros(99)
    EntriesDeserializer(entries, ignore_names=ignore_names).load(blank)
    assert not blank.children["l1"].values["W"].any()
    assert blank.children["l1"].values["b"].tolist() == [7, 8]


def test_ignored_names_may_be_surplus_or_missing(node: Any) -> None:
    target = node(a=0)
    EntriesDeserializer({"b": np.array(1)}, ignore_names=["a", "b"]).load(target)
    assert target.values == {"a": 0}


def test_predicates_see_full_names(node: Any) -> None:
    seen: list[str] = []
    EntriesDeserializer({"p/a/x": np.array(1)}, "p", ignore_names=lambda name: bool(seen.append(name))).load(
        node(a=node(x=0))
    )
    assert set(seen) == {"p/a/x"}


def test_direct_use_writes_at_once_and_raises_at_the_first_problem(node: Any) -> None:
    target = node(a=0, b=0, c=0)
    with pytest.raises(LoadMismatchError, match="EntriesDeserializer: 'b': the file has"):
        target.serialize(EntriesDeserializer({"a": np.array(1), "b": np.array(1.5), "c": np.array(3)}))
    assert target.values == {"a": 1, "b": 0, "c": 0}


def test_an_error_of_the_object_in_the_first_pass_changes_nothing() -> None:
    class Broken:
        array = np.zeros(2)

        def serialize(self, serializer: Any) -> None:
            self.array = serializer("array", self.array)
            raise RuntimeError("no")

    broken = Broken()
    with pytest.raises(RuntimeError, match="no"):
        EntriesDeserializer({"array": np.ones(2)}).load(broken)
    assert not broken.array.any()


def test_entries_are_read_once() -> None:
    class Counting(dict[str, Any]):
        reads = 0

        def __getitem__(self, key: str) -> Any:
            self.reads += 1
            return super().__getitem__(key)

    class Twice:
        def serialize(self, serializer: Any) -> None:
            self.x = serializer("x", 0)

    entries, obj = Counting(x=np.array(4)), Twice()
    EntriesDeserializer(entries).load(obj)
    assert (obj.x, entries.reads) == (4, 1)


def test_a_deserializer_serves_several_objects(node: Any) -> None:
    entries = {"x": np.array(0)}
    deserializer = EntriesDeserializer(entries)
    for x in (1, 2):
        entries["x"] = np.array(x)
        target = node(x=0)
        deserializer.load(target)
        assert target.values == {"x": x}
    with pytest.raises(LoadMismatchError, match="'x': in the file"):
        deserializer.load(node())


def test_membership_of_entries_and_children() -> None:
    deserializer = EntriesDeserializer({"a/b/c": np.array(1), "x": None})
    assert isinstance(deserializer["a"], Deserializer)
    assert "x" in deserializer
    assert "a" in deserializer
    assert "b" in deserializer["a"]
    assert "c" in deserializer["a"]["b"]
    assert "c" not in deserializer
    assert "a/b/cc" not in deserializer


def test_npz_deserializer_takes_mappings_of_anything_array_like() -> None:
    deserializer = NpzDeserializer({"n": 3, "none": np.array(None, dtype=object), "none2": None})
    assert deserializer("n", 0) == 3
    assert deserializer("none", np.zeros(2)) is None
    assert deserializer("none2", 1) is None
    with pytest.raises(LoadMismatchError, match=r"NpzDeserializer: 'x': the file has \(1,\) object"):
        NpzDeserializer({"x": np.array([None])})("x", np.zeros(1))


def test_npz_deserializer_takes_what_numpy_load_gives(tmp_path: Any, model: Any, blank: Any) -> None:
    entries = {key: value for key, value in collect(model).items() if value is not None}
    np.savez(tmp_path / "model.npz", **entries)
    with np.load(tmp_path / "model.npz") as npz:
        NpzDeserializer(npz, ignore_names="nothing").load(blank)
    assert equal(blank, model)


def test_pickles_in_an_open_npz_are_a_problem_of_their_entry(tmp_path: Any, node: Any) -> None:
    np.savez(tmp_path / "x.npz", a=np.array([{}]), b=np.array(1))
    target = node(a=None, b=0)
    with np.load(tmp_path / "x.npz") as npz, pytest.raises(LoadMismatchError, match="'a': Object arrays"):
        NpzDeserializer(npz).load(target)
    assert target.values == {"a": None, "b": 0}
