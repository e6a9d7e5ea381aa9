"""Training and evaluation mode of single links."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, cast

from catenary.config import no_backprop_mode, using_config

if TYPE_CHECKING:
    from catenary.link import Link


class LinkMode:
    """The mode of a link: a value of the setting `train` for its calls, or None to follow the setting.

    What a call says by an argument goes before the mode of the link, and that goes before the setting.
    """

    _train: bool | None = None

    def train(self, mode: bool | None = True) -> Self:
        """Put this link and all below it into training mode, whatever the setting `train` says.

        Args:
            mode: False for evaluation mode; None to follow the setting, as every link does at first.

        Returns:
            self.

        Example:
            >>> import catenary
            >>> model = catenary.Sequential(catenary.Chain())
            >>> model.train(None) is model
            True
        """
        for link in cast("Link", self).links():
            link._train = mode
        return self

    def eval(self) -> Self:
        """Put this link and all below it into evaluation mode, whatever the setting `train` says.

        Returns:
            self.
        """
        return self.train(False)


@contextmanager
def evaluation_mode(*links: Any) -> Iterator[None]:
    """Run a `with` block in evaluation mode, by the setting and by links with a mode of their own; record no graph.

    Args:
        links: The links that the block calls; objects of other kinds are left alone.

    Example:
        >>> import catenary
        >>> model = catenary.Sequential().train()
        >>> with catenary.evaluation_mode(model):
        ...     catenary.config.train
        False
    """
    all_links = [below for link in links if isinstance(link, LinkMode) for below in cast("Link", link).links()]
    own = {link: link._train for link in all_links if link._train is not None}
    try:
        for link in own:
            link._train = False
        with using_config("train", False), no_backprop_mode():
            yield
    finally:
        for link, mode in own.items():
            link._train = mode
