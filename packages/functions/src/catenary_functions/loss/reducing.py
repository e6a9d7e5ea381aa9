"""What losses do with the numbers that they have for each element or row."""

from __future__ import annotations

from catenary import Variable
from catenary.arithmetic import sum
from catenary_functions.checks import check_word

__all__: list[str] = []


def reduced(name: str, loss: Variable, reduce: str, words: tuple[str, ...] = ("mean", "no")) -> Variable:
    """Return a loss as it is ("no"), its sum ("sum" and longer words), or its mean ("mean").

    Args:
        name: The function that asks, for messages.
        loss: The losses of elements or rows.
        reduce: The word that the caller gave.
        words: The words that the function takes.

    Raises:
        ArgumentError: If `reduce` is none of `words`.
    """
    check_word(name, "reduce", reduce, words)
    if reduce == "no":
        return loss
    total = sum(loss)
    return total / max(loss.size, 1) if reduce == "mean" else total
