"""The small helpers: repetition, random numbers, requirements, patches, files, trainers, matrices."""

from __future__ import annotations

import random
import unittest
import warnings
from typing import Any

import numpy as np
import pytest

import chainer
import chainer.links as L
from chainer import testing
from chainer.testing import condition


class Counted(unittest.TestCase):
    """A case whose test fails at the runs that `failing` says."""

    failing: Any = ()

    def setUp(self) -> None:
        self.log.append("setUp")  # type: ignore[attr-defined]

    def tearDown(self) -> None:
        self.log.append("tearDown")  # type: ignore[attr-defined]

    def body(self) -> None:
        run = self.log.count("run")  # type: ignore[attr-defined]
        self.log.append("run")  # type: ignore[attr-defined]
        assert run not in self.failing


@pytest.mark.parametrize(
    ("decorator", "failing", "runs", "passes"),
    [
        (condition.repeat(3), (), 3, True),
        (condition.repeat(3), (1,), 2, False),
        (condition.retry(3), (), 1, True),
        (condition.retry(3), (0, 1), 3, True),
        (condition.retry(3), (0, 1, 2), 3, False),
        (condition.repeat_with_success_at_least(4, 2), (0, 2), 4, True),
        (condition.repeat_with_success_at_least(4, 2), (0, 1, 2), 3, False),
    ],
)
def test_conditions(decorator: Any, failing: Any, runs: int, passes: bool) -> None:
    log: list[str] = []
    case = type("Case", (Counted,), {"log": log, "failing": failing, "test_it": decorator(Counted.body)})
    result = unittest.TestResult()
    case("test_it").run(result)
    assert result.wasSuccessful() == passes
    assert log == ["setUp", "run", "tearDown"] * runs
    assert passes or "must pass" in result.failures[0][1]


def test_conditions_skip() -> None:
    @condition.retry(3)
    def skip() -> None:
        raise unittest.SkipTest

    with pytest.raises(unittest.SkipTest):
        skip()


@pytest.mark.parametrize("names", [{}, {"setup_method": "setup_method", "teardown_method": "teardown_method"}])
def test_fix_random(names: dict[str, str]) -> None:
    setup, teardown = names.values() or ("setUp", "tearDown")
    drawn = []

    def draw(self: Any) -> None:
        drawn.append((np.random.rand(), random.random(), L.Linear(2, 2).W.array.tolist()))

    for members in ({setup: draw}, {}):
        instance = testing.fix_random(**names)(type("Case", (), members))()
        for _ in range(2):
            np.random.rand(1000), random.random()
            before = np.random.get_state()[1].tolist(), random.getstate()
            getattr(instance, setup)()
            draw(instance)
            getattr(instance, teardown)()
            assert (np.random.get_state()[1].tolist(), random.getstate()) == before
    assert drawn[0] == drawn[2] == drawn[4] == drawn[5]
    assert drawn[1] == drawn[3] != drawn[0]


def test_generate_seed() -> None:
    np.random.seed(0)
    seeds = {testing.generate_seed() for _ in range(5)}
    assert len(seeds) == 5
    assert all(type(seed) is int and 0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize(
    ("requirement", "met"),
    [
        ("numpy", True),
        ("numpy>=1", True),
        ("numpy>=2,<3", True),
        ("numpy>=99", False),
        ("numpy>=1,<2", False),
        ("numpy==0.1", False),
        ("numpy!=0.1", True),
        ("numpy~=2.0", True),
        ("numpy~=1.0", False),
        ("not-there-at-all", False),
    ],
)
def test_requirements(requirement: str, met: bool) -> None:
    for decorator, skips in ((testing.with_requires, not met), (testing.without_requires, met)):

        def test() -> None:
            pass

        (mark,) = decorator(requirement)(test).pytestmark
        assert mark.args == (skips,)
        assert requirement in mark.kwargs["reason"]
    with pytest.raises(ValueError, match="with_requires"):
        testing.with_requires("numpy is new")


def test_assert_warns() -> None:
    with testing.assert_warns(UserWarning):
        warnings.warn("a", UserWarning, stacklevel=1)
    with pytest.raises(AssertionError, match="expected a UserWarning, got"), testing.assert_warns(UserWarning):
        warnings.warn("a", FutureWarning, stacklevel=1)


def test_patch() -> None:
    with testing.patch("chainer.training.extensions.Evaluator", new=3):
        assert chainer.training.extensions.Evaluator == 3
    assert chainer.training.extensions.Evaluator != 3


@pytest.mark.parametrize("copy", [testing.save_and_load_npz, testing.save_and_load_hdf5])
def test_save_and_load(copy: Any) -> None:
    source, target = L.Linear(3, 2), L.Linear(3, 2)
    copy(source, target)
    np.testing.assert_array_equal(target.W.array, source.W.array)


def test_trainer_with_mock_updater_as_in_chainer() -> None:
    trainer = testing.get_trainer_with_mock_updater((2, "epoch"), 5)
    updater = trainer.updater
    assert (updater.iteration, updater.epoch, updater.epoch_detail, updater.is_new_epoch) == (0, 0, 0, True)
    seen = []

    def look(trainer: Any) -> None:
        seen.append((updater.iteration, updater.epoch, updater.epoch_detail, updater.is_new_epoch))
        assert updater.previous_epoch_detail == pytest.approx(updater.epoch_detail - 0.2)

    trainer.extend(look, name="look", trigger=(1, "iteration"))
    trainer.run()
    assert seen == [(i, i // 5, i / 5, i % 5 == 0) for i in range(1, 11)]
    extended = testing.get_trainer_with_mock_updater(extensions=[chainer.training.make_extension()(look)])
    assert extended.get_extension("look")
    assert extended.stop_trigger.period == 10


def test_generate_matrix() -> None:
    one = testing.generate_matrix((2, 3, 4), np.complex64, singular_values=np.array([[3, 2, 1], [4, 5, 6]]))
    assert (one.shape, one.dtype) == ((2, 3, 4), np.complex64)
    np.testing.assert_allclose(np.linalg.svd(one)[1], [[3, 2, 1], [6, 5, 4]], rtol=1e-5)
    assert not np.allclose(one.imag, 0)
    flat = testing.generate_matrix((4, 2), np.float32, singular_values=1)
    np.testing.assert_allclose(flat.T @ flat, np.eye(2), atol=1e-6)
    for error, shape, dtype, options in (
        (ValueError, (3,), float, {"singular_values": 1}),
        (ValueError, (3, 3), float, {"singular_values": [1, 2]}),
        (TypeError, (3, 3), np.int32, {"singular_values": 1}),
        (TypeError, (3, 3), float, {}),
        (TypeError, (3, 3), float, {"singular_values": 1, "other": 1}),
    ):
        with pytest.raises(error):
            testing.generate_matrix(shape, dtype, **options)
