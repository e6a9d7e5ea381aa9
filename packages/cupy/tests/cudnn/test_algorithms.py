"""The choice of algorithms: in order, within limits, measured once if that is wished, the next one where one fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import catenary
import catenary.functions as F
from catenary.errors import PluginWarning
from catenary_cupy.cudnn import algorithms
from catenary_cupy.cudnn.prototypes import Performance

#: Number, bytes of workspace, whether the result is the same each time; the best first.
PROPOSED = [(5, 4096, 0), (7, 0, 0), (1, 1024, 1), (0, 0, 1)]
KINDS = ("Forward", "BackwardData", "BackwardFilter")


@pytest.fixture
def step(cupy: Any, double: Any) -> Callable[..., None]:
    """A convolution and its gradients, compared with what NumPy finds."""
    double.proposed = list(PROPOSED)
    double.measured = [PROPOSED[2], PROPOSED[0], PROPOSED[1], PROPOSED[3]]
    rng = np.random.default_rng(0)
    x, W = (rng.standard_normal(shape).astype(np.float32) for shape in ((2, 3, 6, 6), (4, 3, 3, 3)))

    def run(dtype: str = "float32", batch: int = 2) -> None:
        mine = [catenary.Variable(cupy.asarray(a.astype(dtype))) for a in (x[:batch], W)]
        plain = [catenary.Variable(a.astype(dtype)) for a in (x[:batch], W)]
        y, expected = F.convolution_2d(*mine, pad=1), F.convolution_2d(*plain, pad=1)
        F.sum(y * y).backward()
        F.sum(expected * expected).backward()
        tolerance = 5e-2 if dtype == "float16" else 1e-4
        np.testing.assert_allclose(y.array.get(), expected.array, rtol=tolerance, atol=tolerance)
        for one, other in zip(mine, plain):
            np.testing.assert_allclose(one.grad.get(), other.grad, rtol=tolerance, atol=30 * tolerance)

    return run


def used(double: Any, kind: str) -> list[int]:
    """Return the numbers of the algorithms that were run in a direction."""
    return [arguments[7] for arguments in double.arguments(f"Convolution{kind}")]


def arithmetic(double: Any, kind: str) -> list[int]:
    return [double.objects[arguments[6]].arithmetic for arguments in double.arguments(f"Convolution{kind}")]


def test_the_first_one_is_used(step: Callable[..., None], double: Any) -> None:
    step()
    step()
    for kind in KINDS:
        assert used(double, kind) == [5, 5]
        assert double.count()[f"GetConvolution{kind}Algorithm_v7"] == 1
        assert double.count()[f"FindConvolution{kind}AlgorithmEx"] == 0
        spaces = [arguments[8:10] for arguments in double.arguments(f"Convolution{kind}")]
        assert all(address and size == 4096 for address, size in spaces)


def test_workspaces_are_limited(step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, expected in ((4096, 5), (4095, 7), (0, 7), (5000, 5)):
        monkeypatch.setenv("CATENARY_CUDNN_WORKSPACE", str(limit))
        step()
        assert [used(double, kind)[-1] for kind in KINDS] == [expected] * 3


def test_determinism_is_obeyed(step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for value, limit, expected in ((False, 4096, 5), (True, 4096, 1), ("warn", 4096, 1), (True, 1000, 0)):
        monkeypatch.setenv("CATENARY_CUDNN_WORKSPACE", str(limit))
        with catenary.using_config("deterministic", value):
            step()
        assert [used(double, kind)[-1] for kind in KINDS] == [expected] * 3


@pytest.mark.parametrize("status", [3000, 3001, 4003, 4004])
def test_the_next_one_is_used_where_one_fails(status: int, step: Callable[..., None], double: Any) -> None:
    for kind in KINDS:
        double.refusals[f"Convolution{kind}"] = [status, status]
    step()
    step()
    for kind in KINDS:
        assert used(double, kind) == [5, 7, 1, 1]


def test_a_gpu_without_memory_makes_it_the_next_one(
    step: Callable[..., None], double: Any, cupy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def workspace(self: Any, size: int) -> int:
        if size > 2000:
            raise cupy.cuda.memory.OutOfMemoryError(size, 0, 0)
        return 0

    monkeypatch.setattr(algorithms.Handle, "workspace", workspace)
    step()
    assert [used(double, kind) for kind in KINDS] == [[7]] * 3


def test_other_failures_are_errors(step: Callable[..., None], double: Any) -> None:
    double.refusals["ConvolutionForward"] = [5000]
    with pytest.raises(RuntimeError, match=r"cudnnConvolutionForward: CUDNN_STATUS_5000 \(status 5000\)"):
        step()


def test_plain_bodies_serve_where_none_is_left(step: Callable[..., None], double: Any) -> None:
    for kind in KINDS:
        double.refusals[f"Convolution{kind}"] = [3000] * 4
    with pytest.warns(PluginWarning) as caught:
        step()
    messages = [str(one.message) for one in caught]
    assert [text.split()[0] for text in messages] == ["convolution", "deconvolution", "filter_gradient"]
    shapes = "(2, 3, 6, 6), (4, 3, 3, 3), (2, 4, 6, 6) in float32"
    assert f"runs without cuDNN: no algorithm for ConvolutionForward of {shapes}" in messages[0]
    assert "cudnnConvolutionForward: CUDNN_STATUS_3000" in messages[0]
    step()  # without a second warning
    assert [used(double, kind) for kind in KINDS] == [[5, 7, 1, 0]] * 3


def test_without_an_algorithm_plain_bodies_serve(step: Callable[..., None], double: Any) -> None:
    double.proposed = [(5, 4096, 0)]
    with (
        catenary.using_config("deterministic", True),
        pytest.warns(PluginWarning, match="gives the same result each time"),
    ):
        step()
    assert [used(double, kind) for kind in KINDS] == [[], [], []]


def test_measuring_is_done_once_for_each_shape(
    step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATENARY_CUDNN_AUTOTUNE", "1")
    for batch in (2, 2, 1, 1, 2):
        step(batch=batch)
    for kind in KINDS:
        assert used(double, kind) == [1] * 5
        assert double.count()[f"FindConvolution{kind}AlgorithmEx"] == 2
        *_, space, size = double.arguments(f"FindConvolution{kind}AlgorithmEx")[0]
        assert space
        assert size == 4096


def test_what_is_measured_stays_within_limits(
    step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATENARY_CUDNN_AUTOTUNE", "1")
    monkeypatch.setenv("CATENARY_CUDNN_WORKSPACE", "1000")
    step()
    assert [used(double, kind) for kind in KINDS] == [[7]] * 3
    with catenary.using_config("deterministic", True):
        step()
    assert [used(double, kind)[-1] for kind in KINDS] == [0] * 3


def test_where_nothing_can_be_measured_what_is_proposed_is_used(
    step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATENARY_CUDNN_AUTOTUNE", "1")
    for kind in KINDS:
        double.refusals[f"FindConvolution{kind}AlgorithmEx"] = [3000]
    step()
    assert [used(double, kind) for kind in KINDS] == [[5]] * 3


@pytest.mark.parametrize(
    ("dtype", "tf32", "expected"),
    [("float32", "0", 3), ("float32", "1", 0), ("float16", "0", 1), ("float64", "1", 0)],
)
def test_arithmetic(
    dtype: str, tf32: str, expected: int, step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPY_TF32", tf32)
    step(dtype)
    assert [arithmetic(double, kind) for kind in KINDS] == [[expected]] * 3


@pytest.mark.parametrize(("tf32", "expected"), [("0", 3), ("1", 2)])
def test_float32_stays_exact_whatever_is_proposed(
    tf32: str, expected: int, step: Callable[..., None], double: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPY_TF32", tf32)
    double.arithmetic = 2
    double.refusals["GetConvolutionForwardWorkspaceSize"] = [3000]
    step()
    assert [arithmetic(double, kind) for kind in KINDS] == [[expected]] * 3
    assert used(double, "Forward") == [7 if tf32 == "0" else 5]  # the first one has no other arithmetic


def test_what_cannot_be_used_is_left_out() -> None:
    problem = algorithms.Problem("Forward", (), None, 1, 0, 100, False, 0)  # type: ignore[arg-type]
    found = [Performance(5, 3000, 1.0, 50, 1, 0), Performance(6, 0, 1.0, 101, 1, 0), Performance(7, 0, 1.0, 50, 1, 1)]
    assert problem.within_limits(found) == [(7, 50, 1)]


def test_choices_are_kept_and_bounded(step: Callable[..., None], double: Any) -> None:
    step()
    found = algorithms._choice.cache_info()
    assert (found.currsize, found.maxsize) == (3, 1024)
