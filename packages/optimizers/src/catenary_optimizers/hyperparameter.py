"""Hyperparameters: those of an optimizer, and those of one parameter that fall back to them."""

from __future__ import annotations

from typing import Any


class Hyperparameter:
    """Named numbers; one that is not set here is the parent's.

    Args:
        parent: Where missing ones are looked up.

    Example:
        >>> from catenary.optimizers import Hyperparameter
        >>> common = Hyperparameter()
        >>> common.lr = 0.1
        >>> own = Hyperparameter(parent=common)
        >>> own.lr
        0.1
    """

    def __init__(self, parent: Hyperparameter | None = None) -> None:
        self.__dict__["_parent"] = parent

    @property
    def parent(self) -> Hyperparameter | None:
        """Where missing ones are looked up."""
        return self.__dict__["_parent"]  # type: ignore[no-any-return]

    @property
    def parents(self) -> list[Hyperparameter]:
        """Where missing ones are looked up, and where that one looks, and so on."""
        return [] if self.parent is None else [self.parent, *self.parent.parents]

    @property
    def is_own(self) -> bool:
        """Whether any is set here."""
        return len(self.__dict__) > 1

    def get_dict(self) -> dict[str, Any]:
        """Return all of them by name."""
        inherited = {} if self.parent is None else self.parent.get_dict()
        return inherited | {key: value for key, value in self.__dict__.items() if key != "_parent"}

    def __getattr__(self, name: str) -> Any:
        parent = self.__dict__.get("_parent")
        if parent is None:
            raise AttributeError(f"there is no hyperparameter {name!r}")
        return getattr(parent, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __repr__(self) -> str:
        return f"Hyperparameter({', '.join(f'{key}={value}' for key, value in self.get_dict().items())})"


class HyperparameterProxy:
    """Makes a hyperparameter of an optimizer an attribute of it: `alpha = HyperparameterProxy()`.

    Args:
        attr_name: The name of the hyperparameter; that of the attribute by default.
    """

    def __init__(self, attr_name: str = "") -> None:
        self.name = attr_name

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        return self if optimizer is None else getattr(optimizer.hyperparam, self.name)

    def __set__(self, optimizer: Any, value: Any) -> None:
        setattr(optimizer.hyperparam, self.name, value)
