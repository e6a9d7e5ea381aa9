"""Small helpers that other people's code imports from `chainer.utils` and `chainer.dataset.convert`."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import chainer
from chainer.dataset import convert
from chainer.utils import cache, imgproc


@pytest.mark.parametrize(
    ("shape", "crop", "checksum"),
    [
        # The sums of crops times 0, 1, 2, ... were computed with Chainer 7.8.1.
        ((2, 5, 7), (3, 4), 10122704.0),
        ((1, 6, 6), (3, 3), 718956.0),
        ((3, 8, 5), (4, 2), 17387392.0),
    ],
)
def test_oversample(shape: tuple[int, ...], crop: tuple[int, int], checksum: float) -> None:
    images = np.arange(2.0 * np.prod(shape)).reshape(2, *shape)
    crops = imgproc.oversample(list(images), crop)
    assert crops.shape == (20, shape[0], *crop)
    assert (crops.ravel() * np.arange(crops.size)).sum() == checksum


def test_cached_property() -> None:
    class Counter:
        calls = 0

        @cache.cached_property
        def value(self) -> int:
            self.calls += 1
            return self.calls

    counter = Counter()
    assert (counter.value, counter.value, Counter().value) == (1, 1, 1)


def test_experimental(monkeypatch: pytest.MonkeyPatch) -> None:
    import chainer.utils.experimental  # the module has the name of the function, which stays

    with pytest.warns(FutureWarning, match="^f is experimental"):
        chainer.utils.experimental("f")
    monkeypatch.setattr(chainer, "disable_experimental_feature_warning", True)
    with warnings.catch_warnings(action="error"):
        chainer.utils.experimental("f")


def test_nondeterministic() -> None:
    with warnings.catch_warnings(action="error"):
        chainer.utils.nondeterministic("f")
    with chainer.using_config("warn_nondeterministic", True), pytest.warns(UserWarning, match="^f is not determ"):
        chainer.utils.nondeterministic("f")


def test_arrays_of_examples() -> None:
    np.testing.assert_array_equal(convert._concat_arrays([np.ones(2), np.zeros(2)], None), [[1, 1], [0, 0]])
    np.testing.assert_array_equal(convert._concat_arrays([1, 2, 3], None), [1, 2, 3])
    padded = convert._concat_arrays_with_padding([np.ones(1, "i"), np.zeros(2, "i")], -1)
    np.testing.assert_array_equal(padded, [[1, -1], [0, 0]])
    assert padded.dtype == np.int32
