"""Link hooks: what runs before and after the call of a link, for one link or for all links of a thread."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from catenary.config import using_config
from catenary.errors import ArgumentTypeError, LinkError

if TYPE_CHECKING:
    from catenary.link import Link


class ForwardPreprocessArgs(NamedTuple):
    """What `LinkHook.forward_preprocess` gets."""

    link: Link
    forward_name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class ForwardPostprocessArgs(NamedTuple):
    """What `LinkHook.forward_postprocess` gets."""

    link: Link
    forward_name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: Any


class LinkHook:
    """Base of link hooks: override what is wanted.

    A hook is active for all links of the thread inside a `with` statement, or for one link after
    `link.add_hook(hook)`.

    Attributes:
        name: The key of the hook; there is one active hook per name.

    Example:
        >>> import catenary
        >>> class Twice(catenary.Link):
        ...     def forward(self, x):
        ...         return 2 * x
        >>> class Names(catenary.LinkHook):
        ...     name = "Names"
        ...     def forward_preprocess(self, args):
        ...         print(type(args.link).__name__, args.args)
        >>> with Names():
        ...     y = Twice()(3)
        Twice (3,)
    """

    name = "LinkHook"

    def __enter__(self) -> Self:
        if self.name in _active.hooks:
            raise LinkError(f"LinkHook: a hook named {self.name!r} is active in this thread already")
        _active.hooks[self.name] = self
        in_use.append(self)
        self.added(None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del _active.hooks[self.name]
        in_use.remove(self)
        self.deleted(None)

    def added(self, link: Link | None) -> None:
        """Run when the hook becomes active: for `link`, or for the thread (None)."""

    def deleted(self, link: Link | None) -> None:
        """Run when the hook is no longer active."""

    def forward_preprocess(self, args: ForwardPreprocessArgs) -> None:
        """Run before the link's `forward`."""

    def forward_postprocess(self, args: ForwardPostprocessArgs) -> None:
        """Run after the link's `forward`, if it has raised nothing."""


class _Active(threading.local):
    def __init__(self) -> None:
        self.hooks: dict[str, LinkHook] = {}


_active = _Active()

#: The hooks that are active in any thread. Links look at this alone while it is empty.
in_use: list[LinkHook] = []


def get_link_hooks() -> dict[str, LinkHook]:
    """Return the hooks that are active for all links of this thread, by name."""
    return _active.hooks


class HookedLink:
    """The hooks of one link."""

    _local_link_hooks: dict[str, LinkHook] | None = None

    @property
    def local_link_hooks(self) -> dict[str, LinkHook]:
        """The hooks of this link alone, by name."""
        if self._local_link_hooks is None:
            self._local_link_hooks = {}
        return self._local_link_hooks

    def add_hook(self, hook: LinkHook, name: str | None = None) -> Self:
        """Run a hook at each call of this link.

        Args:
            hook: The hook.
            name: Its key; by default its own name.

        Returns:
            self.

        Raises:
            ArgumentTypeError: If it is not a LinkHook.
            LinkError: If there is a hook of that name.
        """
        if not isinstance(hook, LinkHook):
            raise ArgumentTypeError(f"Link.add_hook: expected a LinkHook, got {type(hook).__name__}")
        name = hook.name if name is None else name
        if name in self.local_link_hooks:
            raise LinkError(f"Link.add_hook: this {type(self).__name__} has a hook named {name!r} already")
        self.local_link_hooks[name] = hook
        hook.added(cast("Link", self))
        return self

    def delete_hook(self, name: str) -> None:
        """Remove a hook of this link.

        Raises:
            LinkError: If there is none of that name.
        """
        if name not in self.local_link_hooks:
            known = ", ".join(map(repr, self.local_link_hooks)) or "none"
            raise LinkError(f"Link.delete_hook: there is no hook named {name!r} (hooks: {known})")
        self.local_link_hooks.pop(name).deleted(cast("Link", self))


def call_with_hooks(link: Link, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call `link.forward` in the mode of the link, with the hooks of the thread and of the link around it."""
    hooks = list({**_active.hooks, **link.local_link_hooks}.values())
    before = ForwardPreprocessArgs(link, "forward", args, kwargs)
    for hook in hooks:
        hook.forward_preprocess(before)
    with nullcontext() if link._train is None else using_config("train", link._train):
        out = link.forward(*args, **kwargs)
    after = ForwardPostprocessArgs(*before, out)
    for hook in hooks:
        hook.forward_postprocess(after)
    return out
