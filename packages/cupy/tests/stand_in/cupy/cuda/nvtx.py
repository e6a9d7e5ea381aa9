"""Ranges in the timeline of a profiler; here they are noted in a list.

Attributes:
    noted: `("push", message)` and `("pop", "")`, in order.
"""

available = True
noted: list[tuple[str, str]] = []


def RangePush(message: str, id_color: int = -1) -> None:
    """Begin a range."""
    noted.append(("push", message))


def RangePop() -> None:
    """End the range that began last."""
    noted.append(("pop", ""))


def Mark(message: str, id_color: int = -1) -> None:
    """Note a moment."""
    noted.append(("mark", message))
