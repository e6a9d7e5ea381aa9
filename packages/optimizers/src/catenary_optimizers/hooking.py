"""Hooks of optimizers and update rules: what runs before and after updates."""

from __future__ import annotations

from typing import Any

from catenary import AbstractSerializer, Deserializer
from catenary.errors import ArgumentError, ArgumentTypeError

Hooks = dict[str, dict[str, Any]]


def no_hooks() -> Hooks:
    """Return an empty collection: timing -> name -> hook."""
    return {"pre": {}, "post": {}}


def add_hook(hooks: Hooks, hook: Any, name: str | None, timing: str) -> None:
    """Add a hook to a collection, at its own timing if `timing` is "auto".

    Raises:
        ArgumentTypeError: If the hook is not callable.
        ArgumentError: If the timing is another word, the hook has no name, or the name is taken.
    """
    if not callable(hook):
        raise ArgumentTypeError(f"add_hook: expected a callable, got {type(hook).__name__}")
    if timing not in ("pre", "post", "auto"):
        raise ArgumentError(f"add_hook: timing must be 'pre', 'post' or 'auto', got {timing!r}")
    timing = getattr(hook, "timing", "pre") if timing == "auto" else timing
    name = getattr(hook, "name", getattr(hook, "__name__", None)) if name is None else name
    if name is None:
        raise ArgumentError("add_hook: the hook has no name; give one with name=...")
    if any(name in by_name for by_name in hooks.values()):
        raise ArgumentError(f"add_hook: there is a hook named {name!r} already")
    hooks[timing][name] = hook


def remove_hook(hooks: Hooks, name: str) -> None:
    """Remove a hook from a collection.

    Raises:
        ArgumentError: If there is none of this name.
    """
    for by_name in hooks.values():
        if by_name.pop(name, None) is not None:
            return
    known = ", ".join(name for by_name in hooks.values() for name in by_name) or "none"
    raise ArgumentError(f"remove_hook: there is no hook named {name!r} (hooks: {known})")


def numbers_of(hook: Any) -> list[tuple[str, float]]:
    """Return the attributes of a hook that are numbers."""
    return [(name, value) for name, value in getattr(hook, "__dict__", {}).items() if isinstance(value, int | float)]


def serialize_hooks(hooks: Hooks, serializer: AbstractSerializer) -> None:
    """Save or load the hooks that have something to save, each under its name; a file may lack them."""
    for by_name in hooks.values():
        for name, hook in by_name.items():
            if hasattr(hook, "serialize"):
                children = serializer["hooks"]
                if not isinstance(children, Deserializer) or name in children:
                    hook.serialize(children[name])
