"""Parts of a data set, and ways to split one."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from catenary.device import get_device
from catenary.errors import ArgumentError, ArgumentTypeError
from catenary.types import Array
from catenary_io.datasets.examples import Examples, ExampleSequence, get_arrays

#: A permutation of all indices of a data set.
Order = Sequence[int] | np.ndarray[Any, Any] | None


class SubDataset(ExampleSequence):
    """A contiguous part of a data set, or of a permutation of one.

    Args:
        dataset: A list, an array or a data set.
        start: Index of the first example.
        finish: Index after the last example.
        order: A permutation of all indices of `dataset`; the part is taken from the permuted data set.

    Raises:
        ArgumentError: If `start` to `finish` is no part of the data set, or `order` has another length.

    Example:
        >>> from catenary.datasets import SubDataset
        >>> SubDataset("abcd", 1, 3)[:], SubDataset("abcd", 1, 3, order=[3, 2, 1, 0])[:]
        (['b', 'c'], ['c', 'b'])
    """

    def __init__(self, dataset: Examples, start: int, finish: int, order: Order = None) -> None:
        if not 0 <= start <= finish <= len(dataset):
            raise ArgumentError(
                f"SubDataset: expected 0 <= start <= finish <= {len(dataset)} (the number of examples), "
                f"got start={start}, finish={finish}"
            )
        if order is not None and len(order) != len(dataset):
            raise ArgumentError(
                f"SubDataset: expected an order of all {len(dataset)} examples, got one of {len(order)}"
            )
        self._dataset = dataset
        self._start = start
        self._length = finish - start
        self._order = order

    def __len__(self) -> int:
        return self._length

    def get_example(self, i: int) -> Any:
        index = self._start + i
        return self._dataset[index if self._order is None else self._order[index]]

    def get_batch(self, indices: Array) -> Any:
        """Return the arrays of a batch, or None; see `ExampleSequence.get_batch`."""
        indices = self._start + indices
        return get_arrays(self._dataset, indices if self._order is None else np.asarray(self._order)[indices])


def split_dataset(dataset: Examples, split_at: int, order: Order = None) -> tuple[SubDataset, SubDataset]:
    """Split a data set in two.

    Args:
        dataset: A list, an array or a data set.
        split_at: Number of examples in the first part.
        order: A permutation of all indices, to split the permuted data set.

    Returns:
        The first `split_at` examples, and the rest.

    Raises:
        ArgumentError: If there are fewer examples than `split_at`.
        ArgumentTypeError: If `split_at` is no integer.

    Example:
        >>> from catenary.datasets import split_dataset
        >>> [part[:] for part in split_dataset("abcd", 3)]
        [['a', 'b', 'c'], ['d']]
    """
    size = len(dataset)
    split_at = _check_size("split_dataset", "split_at", split_at, size)
    return SubDataset(dataset, 0, split_at, order), SubDataset(dataset, split_at, size, order)


def split_dataset_random(dataset: Examples, first_size: int, seed: int | None = None) -> tuple[SubDataset, SubDataset]:
    """Split a data set in two at random.

    Args:
        dataset: A list, an array or a data set.
        first_size: Number of examples in the first part.
        seed: Seed of the permutation; the same seed gives the split that Chainer makes. Without one, the
            generator that `catenary.seed` seeds is used.

    Returns:
        Two parts without common examples.

    Example:
        >>> from catenary.datasets import split_dataset_random
        >>> train, test = split_dataset_random(range(10), 7, seed=0)
        >>> len(train), len(test), sorted(train[:] + test[:]) == list(range(10))
        (7, 3, True)
    """
    first_size = _check_size("split_dataset_random", "first_size", first_size, len(dataset))
    return split_dataset(dataset, first_size, _permutation(len(dataset), seed))


def get_cross_validation_datasets(
    dataset: Examples, n_folds: int | None = None, order: Order = None, **kwargs: Any
) -> list[tuple[SubDataset, SubDataset]]:
    """Make the pairs of training and test sets for cross validation.

    Each example is in one test set. The test set of the first pair is the end of the data set, that of the
    last pair its beginning; their sizes differ by one at most.

    Args:
        dataset: A list, an array or a data set.
        n_folds: Number of pairs.
        order: A permutation of all indices.
        **kwargs: `n_fold`, the old name of `n_folds`.

    Returns:
        Pairs of a training set and a test set.

    Raises:
        ArgumentError: If there are fewer examples than folds, or no fold.
        ArgumentTypeError: If an argument is unknown or no integer.

    Example:
        >>> from catenary.datasets import get_cross_validation_datasets
        >>> [(train[:], test[:]) for train, test in get_cross_validation_datasets("abc", 3)]
        [(['a', 'b'], ['c']), (['c', 'a'], ['b']), (['b', 'c'], ['a'])]
    """
    n_folds = _get_folds("get_cross_validation_datasets", n_folds, kwargs, len(dataset))
    size = len(dataset)
    indices = np.arange(size) if order is None else np.asarray(order)
    bounds = [fold * size // n_folds for fold in range(n_folds + 1)]
    pairs = []
    for start, end in zip(reversed(bounds[:-1]), reversed(bounds[1:])):
        # A training set begins where its test set ends, and goes round.
        rotated = np.concatenate([indices[end:], indices[:start], indices[start:end]])
        pairs.append(split_dataset(dataset, size - (end - start), rotated))
    return pairs


def get_cross_validation_datasets_random(
    dataset: Examples, n_folds: int | None = None, seed: int | None = None, **kwargs: Any
) -> list[tuple[SubDataset, SubDataset]]:
    """Make the pairs of training and test sets for cross validation from a random permutation.

    Args:
        dataset: A list, an array or a data set.
        n_folds: Number of pairs.
        seed: Seed of the permutation; the same seed gives the sets that Chainer makes. Without one, the
            generator that `catenary.seed` seeds is used.
        **kwargs: `n_fold`, the old name of `n_folds`.

    Returns:
        Pairs of a training set and a test set.

    Example:
        >>> from catenary.datasets import get_cross_validation_datasets_random
        >>> [len(test) for _, test in get_cross_validation_datasets_random(range(10), 3, seed=0)]
        [4, 3, 3]
    """
    n_folds = _get_folds("get_cross_validation_datasets_random", n_folds, kwargs, len(dataset))
    return get_cross_validation_datasets(dataset, n_folds, _permutation(len(dataset), seed))


def _permutation(size: int, seed: int | None) -> np.ndarray[Any, Any]:
    if seed is None:
        order: np.ndarray[Any, Any] = get_device("@numpy").random.permutation(size)
        return order
    # The old generator: a seed gives the split that it gave in Chainer.
    return np.random.RandomState(seed).permutation(size)


def _check_size(caller: str, name: str, value: Any, limit: int) -> int:
    try:
        size = operator.index(value)
    except TypeError:
        raise ArgumentTypeError(f"{caller}: expected an integer for {name}, got {value!r}") from None
    if not 0 <= size <= limit:
        raise ArgumentError(f"{caller}: expected 0 <= {name} <= {limit} (the number of examples), got {size}")
    return size


def _get_folds(caller: str, n_folds: int | None, kwargs: dict[str, Any], size: int) -> int:
    if n_folds is None:
        n_folds = kwargs.pop("n_fold", None)
    if kwargs:
        raise ArgumentTypeError(f"{caller}: expected n_folds and order or seed, got {', '.join(kwargs)}")
    if n_folds is None:
        raise ArgumentTypeError(f"{caller}: expected the number of folds as n_folds, got none")
    n_folds = _check_size(caller, "n_folds", n_folds, size)
    if n_folds == 0:
        raise ArgumentError(f"{caller}: expected one fold or more, got n_folds=0")
    return n_folds
