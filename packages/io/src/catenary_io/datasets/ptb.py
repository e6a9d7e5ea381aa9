"""The words of the Penn Treebank."""

from __future__ import annotations

import os

import numpy as np

from catenary.errors import FileFormatError
from catenary.types import Array
from catenary_io.datasets.sources import PTB

#: How many words each file has, with one `<eos>` per line.
WORDS = {"train": 929_589, "valid": 73_760, "test": 82_430}
#: How many of them differ.
VOCABULARY = 10_000


def get_ptb_words() -> tuple[Array, Array, Array]:
    """Return the text of the Penn Treebank as T. Mikolov prepared it: three arrays of word numbers.

    Words are numbered as they first appear in the training text; each sentence ends with `<eos>`. The files (6 MB) are
    downloaded at the first use. No checksums of them have been published: instead the words are counted (929,589,
    73,760 and 82,430, of which 10,000 differ), which shows accidents but not intent.

    Source: M. P. Marcus, B. Santorini and M. A. Marcinkiewicz, "Building a Large Annotated Corpus of English: The Penn
    Treebank", Computational Linguistics 19(2), 1993; T. Mikolov et al., "Recurrent neural network based language
    model", Interspeech 2010. The text is licensed by the Linguistic Data Consortium.

    Returns:
        Training, validation and test text: arrays of int32 of shape (number of words,).

    Raises:
        DownloadError: If no server gives a file.
        FileFormatError: If a file has another number of words; it is deleted.

    Example:
        >>> from catenary.datasets import get_ptb_words
        >>> train, valid, test = get_ptb_words()  # doctest: +SKIP
    """
    vocabulary = get_ptb_words_vocabulary()
    train, valid, test = (
        np.array([vocabulary.get(word, -1) for word in _read(part)], np.int32) for part in ("train", "valid", "test")
    )
    for part, words in (("valid", valid), ("test", test)):
        if (words < 0).any():
            raise _refuse(part, "has words that are not in the training text")
    return train, valid, test


def get_ptb_words_vocabulary() -> dict[str, int]:
    """Return the number of each word of the Penn Treebank, as `get_ptb_words` has them.

    Returns:
        Word -> number, in the order of the numbers.

    Raises:
        DownloadError: If no server gives the file.
        FileFormatError: If it has another number of words; it is deleted.

    Example:
        >>> from catenary.datasets import get_ptb_words_vocabulary
        >>> len(get_ptb_words_vocabulary())  # doctest: +SKIP
        10000
    """
    words = dict.fromkeys(_read("train"))
    if len(words) != VOCABULARY:
        raise _refuse("train", f"should have {VOCABULARY} different words, it has {len(words)}")
    return {word: number for number, word in enumerate(words)}


def _read(part: str) -> list[str]:
    """Return the words of a file."""
    with open(_path(part), encoding="utf-8", errors="replace") as lines:
        words = [word for line in lines for word in (*line.split(), "<eos>")]
    if len(words) != WORDS[part]:
        raise _refuse(part, f"should have {WORDS[part]} words, it has {len(words)}")
    return words


def _path(part: str) -> str:
    return PTB.get(f"ptb.{part}.txt")


def _refuse(part: str, why: str) -> FileFormatError:
    """Delete a file, and return the error that says so."""
    path = _path(part)
    os.unlink(path)
    return FileFormatError(f"get_ptb_words: {path} {why}; it was deleted")
