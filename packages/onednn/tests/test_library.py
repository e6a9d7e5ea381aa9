"""The library: found where it is named, absent without harm, used by threads at once, left alone after a fork."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary.errors import NotAvailableError
from catenary_onednn import library, pooling
from catenary_onednn.layouts import KEPT, plain
from catenary_onednn.library import Library, StatusError, describe, load
from catenary_onednn.primitive import described

PROGRAM = """
import numpy as np, catenary.functions as F
from catenary_onednn.library import describe, is_usable
y = F.convolution_2d(np.ones((8, 16, 20, 20), np.float32), np.ones((16, 16, 3, 3), np.float32))
print(is_usable(), y.array.min(), y.array.max(), describe(), sep="|")
"""


def run(path: str) -> list[str]:
    """Run the program where the library is named so, and return what it prints."""
    environment = {**__import__("os").environ, "CATENARY_ONEDNN_LIBRARY": path}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split("|")


def test_the_named_one_is_taken() -> None:
    usable, *values, line = run(load().path)
    assert (usable, values) == ("True", ["144.0", "144.0"])
    assert line == describe()
    assert line.endswith(load().path)


def test_without_it_numpy_serves(tmp_path: Path) -> None:
    other = tmp_path / "libdnnl.so.3"
    other.write_bytes(b"no library")
    for path, reason in ((str(tmp_path / "nowhere.so"), "cannot open"), (str(other), "cannot be loaded")):
        usable, *values, line = run(path)
        assert (usable, values) == ("False", ["144.0", "144.0"])
        assert line.startswith("not there, NumPy serves all calls (oneDNN: ")
        assert reason in line


def test_another_library_is_refused() -> None:
    with pytest.raises(NotAvailableError, match=r"libm\.so\.6 cannot be loaded: .*dnnl_version"):
        Library("libm.so.6")


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MAJOR", 4)
    with pytest.raises(NotAvailableError, match=r"has version 3\.\d+, expected 4\.x"):
        Library(load().path)


def test_the_doctor_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    from catenary.cli import main

    main(["doctor"])
    assert f"oneDNN: {describe()}" in capsys.readouterr().out


def test_what_it_cannot_do_is_an_error() -> None:
    with pytest.raises(StatusError, match=r"dnnl_eltwise_forward_primitive_desc_create: status \d"):
        described("eltwise_forward", 64, 0x7FFF, plain((2,), (4,)), plain((2,), (4,)), 0.0, 0.0, None)
    with pytest.raises(AttributeError, match="has no function dnnl_nothing"):
        load().nothing  # noqa: B018


def work(seed: int) -> list[np.ndarray]:
    """Do one step of a small network."""
    rng = np.random.default_rng(seed)
    x = catenary.Variable(rng.standard_normal((4, 3, 12 + seed % 3, 12)).astype(np.float32))
    W = catenary.Variable(rng.standard_normal((8, 3, 3, 3)).astype(np.float32))
    gamma = catenary.Variable(rng.random(8).astype(np.float32))
    h = F.relu(F.batch_normalization(F.convolution_2d(x, W, pad=1), gamma, gamma))
    loss = F.sum(F.square(F.max_pooling_2d(h, 2)))
    loss.backward()
    return [loss.array, x.grad, W.grad, gamma.grad]


def test_eight_threads_at_once() -> None:
    expected = {seed: work(seed) for seed in range(8)}
    failures: list[BaseException] = []

    def repeat(seed: int) -> None:
        try:
            for _ in range(20):
                for found, wanted in zip(work(seed), expected[seed], strict=True):
                    np.testing.assert_array_equal(found, wanted)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=repeat, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def in_child(queue: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    queue.put((library.is_usable(), [float(np.sum(a)) for a in work(1)]))


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # a fork with threads, which this is about
def test_a_forked_process_uses_numpy() -> None:
    mine = [float(np.sum(a)) for a in work(1)]
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=in_child, args=(queue,))
    child.start()
    usable, theirs = queue.get(timeout=60)
    child.join()
    assert not usable
    np.testing.assert_allclose(theirs, mine, rtol=1e-3)
    assert library.is_usable()


def test_primitives_are_kept_and_bounded() -> None:
    pooling._forward.cache_clear()
    for _ in range(3):
        for size in (6, 8):
            F.max_pooling_2d(np.ones((1, 2, size, size), np.float32), 2)
    found = pooling._forward.cache_info()
    assert (found.misses, found.hits) == (2, 4)
    assert found.maxsize is not None


def test_primitives_of_many_shapes_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    destroyed: list[object] = []
    destroy = load().primitive_destroy
    monkeypatch.setattr(load(), "primitive_destroy", lambda handle: destroyed.append(handle) or destroy(handle))
    pooling._forward.cache_clear()
    x = np.ones((1, 1, 40, 40), np.float32)
    for i in range(KEPT + 10):
        F.max_pooling_2d(x[:, :, : 4 + i % 36, : 4 + i // 36], 2)
    assert pooling._forward.cache_info().currsize == KEPT
    assert len(destroyed) == 10
