"""The library: found where it is named, absent without harm, its errors told with what it says of them."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from cudnn_double import Double

from catenary.errors import MissingLibraryError
from catenary_cupy.cudnn import library
from catenary_cupy.cudnn.library import Library, Owned, RefusedError, StatusError, candidates, describe, load

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Double:
    """The double, loaded whether there is CuPy or not."""
    made = Double()
    monkeypatch.setattr(library, "open_file", lambda path: made)
    return made


def test_modules_do_without_cupy_and_the_library() -> None:
    program = (
        "import sys; from pathlib import Path; import catenary_cupy.cudnn as package, importlib\n"
        "for file in Path(package.__file__).parent.glob('*.py'):\n"
        "    importlib.import_module(f'catenary_cupy.cudnn.{file.stem}')\n"
        "from catenary_cupy.cudnn.library import _load\n"
        "print('cupy' in sys.modules, _load.cache_info().currsize)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False 0\n"


def test_the_named_one_is_the_only_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATENARY_CUDNN_LIBRARY", "/somewhere/mine.so")
    assert list(candidates()) == ["/somewhere/mine.so"]


def test_wheels_come_before_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "cudnn/lib").mkdir(parents=True)
    (tmp_path / "cudnn/lib/libcudnn.so.9").touch()
    spec = type("Spec", (), {"submodule_search_locations": [str(tmp_path)]})
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda name: spec if name == "nvidia" else None)
    assert list(candidates()) == [str(tmp_path / "cudnn/lib/libcudnn.so.9"), "libcudnn.so.9"]
    monkeypatch.setattr(library.importlib.util, "find_spec", lambda name: None)
    assert list(candidates()) == ["libcudnn.so.9"]


def test_without_it_nothing_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "libcudnn.so.9"
    broken.write_bytes(b"no library")
    for path, reason in ((str(tmp_path / "nowhere.so"), "cannot open shared object"), (str(broken), "too short")):
        monkeypatch.setenv("CATENARY_CUDNN_LIBRARY", path)
        library._load.cache_clear()
        library.is_usable.cache_clear()
        assert not library.is_usable()
        with pytest.raises(MissingLibraryError, match=r"run: pip install 'catenary-cupy\[cuda13\]'") as caught:
            load()
        assert f"cuDNN: {path} cannot be loaded" in str(caught.value)
        assert reason in str(caught.value)
        assert str(caught.value).count("pip install") == 1
        assert describe() == f"not there, CuPy serves all calls ({caught.value})"


def test_another_library_is_refused() -> None:
    with pytest.raises(MissingLibraryError, match=r"libm\.so\.6 cannot be loaded: .*cudnnGetVersion"):
        Library("libm.so.6")


@pytest.mark.parametrize(("version", "text"), [(8907, r"8\.9\.7"), (100200, r"10\.2\.0")])
def test_other_versions_are_refused(version: int, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "open_file", lambda path: Double(version))
    with pytest.raises(MissingLibraryError, match=rf"here\.so has version {text}, expected 9\.x; run: pip install"):
        Library("here.so")


def test_a_library_without_a_function_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "open_file", lambda path: Double(missing=("RNNForward",)))
    with pytest.raises(MissingLibraryError, match=r"here\.so cannot be loaded: .*cudnnRNNForward"):
        Library("here.so")


def test_it_is_described(alone: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATENARY_CUDNN_LIBRARY", "here.so")
    assert describe() == "9.28.0, here.so"
    assert load() is load()


def test_threads_that_ask_at_once_get_the_same_one(alone: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    found: list[Library] = []
    together = threading.Barrier(6)

    def open_file(path: str) -> Double:
        opened.append(path)
        time.sleep(0.01)
        return alone

    def work() -> None:
        together.wait()
        found.append(load())

    monkeypatch.setattr(library, "open_file", open_file)
    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    assert len(set(map(id, found))) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(2000, StatusError), (3002, RefusedError), (4003, RefusedError), (1008, RefusedError), (5000, StatusError)],
)
def test_errors_say_what_the_library_says(status: int, kind: type[Exception], alone: Double) -> None:
    alone.refusals["Create"] = [status]
    expected = rf"^cudnnCreate: CUDNN_STATUS_{status} \(status {status}\): refused as the test wishes$"
    with pytest.raises(StatusError, match=expected) as caught:
        Owned("")
    assert type(caught.value) is kind
    Owned("")


def test_functions_that_are_not_there_are_named(alone: Double) -> None:
    with pytest.raises(AttributeError, match="cuDNN has no function cudnnNothing"):
        load().Nothing  # noqa: B018


def test_what_is_owned_is_destroyed_with_its_owner(alone: Double) -> None:
    made: list[Any] = [Owned("TensorDescriptor") for _ in range(3)]
    assert alone.alive("Tensor") == 3
    made.pop()
    assert alone.alive("Tensor") == 2
    made.clear()
    assert alone.objects == {}


def test_numbers_are_read_back(alone: Double) -> None:
    by, x = Owned(""), Owned("TensorDescriptor")
    ask = load().GetBatchNormalizationTrainingExReserveSpaceSize
    assert library.result(ask, ctypes.c_size_t, by, 1, 0, None, x) == 64
