"""Progress bars on terminals and in notebooks."""

from __future__ import annotations

import shutil
import sys
from typing import IO, Any

from tqdm import tqdm

#: Characters that a line is to have beside its bar, where the terminal is wide enough.
TEXT = 70
#: The least width of a bar.
LEAST = 10


def make_bar(out: IO[str] | None, bar_length: int | None = None, **options: Any) -> tqdm[Any]:
    """Make a bar of tqdm that is shown on a terminal or in a notebook, and nowhere else.

    Args:
        out: Where to show it; None means standard output, or the notebook.
        bar_length: Width of `{bar}` on terminals in characters, less on narrow ones; None for what is left of the line.
        **options: For tqdm.
    """
    if out is None and in_notebook():
        from tqdm.auto import tqdm as widget

        return widget(**options)
    columns = shutil.get_terminal_size().columns
    if bar_length is not None:
        width = min(bar_length, max(columns - TEXT, LEAST))
        options["bar_format"] = options["bar_format"].replace("{bar}", f"{{bar:{width}}}")
    return tqdm(file=out or sys.stdout, ncols=columns, disable=None, **options)  # None: shown on terminals only


def in_notebook() -> bool:
    """Return whether this runs in the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
