"""Chain and ChainList: links made of links, by name and by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSequence
from typing import Any, cast

from catenary.device_resident import DeviceResidentsVisitor
from catenary.errors import ArgumentTypeError, LinkError, UnknownNameError
from catenary.link import Link
from catenary.link_parts import MissingInit
from catenary.parameter import Parameter
from catenary.serializer import AbstractSerializer


class Container(Link):
    """A link with children: what Chain and ChainList have in common."""

    def _named_children(self) -> Iterator[tuple[str, Link]]:
        """Yield the children with their keys, in the order in which everything goes through them."""
        raise NotImplementedError(f"{type(self).__name__} gives no _named_children")

    def _paired_children(self, method: str, link: Link) -> Iterator[tuple[Link, Link]]:
        """Yield the children with those of another link that have the same keys."""
        theirs = dict(link._named_children()) if isinstance(link, Container) else {}
        for key, child in self._named_children():
            if key not in theirs:
                raise LinkError(f"{method}: the given {type(link).__name__} has no child {key!r}")
            yield child, theirs[key]

    def children(self) -> Iterator[Link]:
        """Yield the links that this one holds directly."""
        for _, child in self._named_children():
            yield child

    def namedparams(self, include_uninit: bool = True) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters of this link, then those of its children, with their paths."""
        yield from super().namedparams(include_uninit)
        for key, child in self._named_children():
            for path, param in child.namedparams(include_uninit):
                yield f"/{key}{path}", param

    def _collect_params(self, found: list[Parameter]) -> None:
        super()._collect_params(found)
        for child in self.children():
            child._collect_params(found)

    def namedlinks(self, skipself: bool = False) -> Iterator[tuple[str, Link]]:
        """Yield this link, as ``"/"``, and all links below it with their paths."""
        yield from super().namedlinks(skipself)
        for key, child in self._named_children():
            yield f"/{key}", child
            for path, link in child.namedlinks(skipself=True):
                yield f"/{key}{path}", link

    def addgrads(self, link: Link) -> None:
        """Add the gradients of another link's parameters, and its children's, to those of this one."""
        super().addgrads(link)
        for mine, theirs in self._paired_children("addgrads", link):
            mine.addgrads(theirs)

    def copyparams(self, link: Link, copy_persistent: bool = True) -> None:
        """Copy the values of another link's parameters, and its children's, into those of this one."""
        super().copyparams(link, copy_persistent)
        for mine, theirs in self._paired_children("copyparams", link):
            mine.copyparams(theirs, copy_persistent)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the parameters and persistent values, those of the children below their keys."""
        super().serialize(serializer)
        for key, child in self._named_children():
            child.serialize(serializer[key])

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameters and persistent arrays, also of the children, to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        for child in self.children():
            child.device_resident_accept(visitor)

    def _named_lines(self) -> Iterator[tuple[str, str]]:
        """Yield what `repr` shows of each item, with its key."""
        for key, child in self._named_children():
            yield key, repr(child)

    def __repr__(self) -> str:
        text = super().__repr__()
        lines = [f"  ({key}): {item},".replace("\n", "\n  ") for key, item in self._named_lines()]
        return "\n".join([text[:-1], *lines, ")"]) if lines else text


class Chain(Container):
    """A link whose children have names.

    Children are registered by assigning them inside `init_scope`, or as keyword arguments.

    Args:
        links: Name -> link, to be registered.

    Example:
        >>> import catenary
        >>> class Net(catenary.Chain):
        ...     def __init__(self):
        ...         super().__init__()
        ...         with self.init_scope():
        ...             self.first = catenary.Link(W=(2, 3))
        ...             self.second = catenary.Link(W=(3,))
        >>> [path for path, _ in Net().namedparams()]
        ['/first/W', '/second/W']
    """

    _children: set[str] = cast(Any, MissingInit())

    def __init__(self, **links: Link) -> None:
        super().__init__()
        self._children = set()
        for name, link in links.items():
            self.add_link(name, link)

    def __getitem__(self, name: str) -> Any:
        """Return the child or parameter of this name.

        Raises:
            UnknownNameError: If there is none.
        """
        known = self._children | self._params | self._persistent
        if name not in known:
            raise UnknownNameError(
                f"{type(self).__name__} has no child or parameter {name!r} (it has {', '.join(sorted(known))})"
            )
        return getattr(self, name)

    def add_link(self, name: str, link: Link) -> None:
        """Register a child.

        Args:
            name: Its name, which becomes an attribute.
            link: The child.

        Raises:
            ArgumentTypeError: If it is not a link.
            LinkError: If there is an attribute of that name.
        """
        self._check_new("add_link", name)
        check_link("add_link", link)
        with self.init_scope():
            setattr(self, name, link)

    def _register(self, name: str, value: Parameter | Link) -> None:
        if isinstance(value, Link):
            self._check_new("init_scope", name)
            value.name = name
            self._children.add(name)
        else:
            super()._register(name, value)
            self._children.discard(name)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._children.discard(name)

    def _named_children(self) -> Iterator[tuple[str, Link]]:
        for name in sorted(self._children):
            yield name, self.__dict__[name]

    def _unshare(self) -> None:
        super()._unshare()
        self._children = set(self._children)
        for name, child in self._named_children():
            self.__dict__[name] = new = child.copy("share")
            new.name = name


class ChainList(Container, MutableSequence[Any]):
    """A link whose children are numbered; it is a list of them.

    Args:
        links: The first children.

    Example:
        >>> import catenary
        >>> layers = catenary.ChainList(catenary.Link(W=(2, 3)), catenary.Link(W=(3,)))
        >>> layers.append(catenary.Link(b=(3,)))
        >>> [path for path, _ in layers.namedparams()]
        ['/0/W', '/1/W', '/2/b']
    """

    _children: list[Link] = cast(Any, MissingInit())

    def __init__(self, *links: Link) -> None:
        super().__init__()
        self._replace(list(links))

    def add_link(self, link: Link) -> None:
        """Add a child at the end.

        Raises:
            ArgumentTypeError: If it is not a link.
        """
        self.append(link)

    def insert(self, index: int, link: Any) -> None:
        """Insert an item before the one of number `index`."""
        items = list(self._children)
        items.insert(index, link)
        self._replace(items)

    def extend(self, links: Iterable[Any]) -> None:
        """Add several items at the end."""
        self._replace([*self._children, *links])

    def index(self, link: Any, start: int | None = 0, end: int | None = None) -> int:
        """Return the number of the first item that equals `link`.

        Args:
            link: What to look for.
            start: The number to begin at; None for the beginning.
            end: The number to end before; None for the end.

        Raises:
            LinkError: If there is none.
        """
        for number in range(*slice(start, end).indices(len(self))):
            if self[number] is link or self[number] == link:
                return number
        raise LinkError(f"{type(self).__name__}: {link!r} is not among its items")

    def __getitem__(self, index: Any) -> Any:
        """Return the item of a number, or a list of the items of a slice."""
        return self._items()[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        items = list(self._children)
        items[index] = value
        self._replace(items)

    def __delitem__(self, index: Any) -> None:
        items = list(self._children)
        del items[index]
        self._replace(items)

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items())

    def _items(self) -> list[Any]:
        return self._children

    def _replace(self, items: list[Any]) -> None:
        """Take new items, all or none."""
        for item in items:
            check_link(type(self).__name__, item)
        self._children = items
        self._renumber()

    def _renumber(self) -> None:
        for number, child in enumerate(self._children):
            child.name = str(number)

    def _register(self, name: str, value: Parameter | Link) -> None:
        if isinstance(value, Link):
            raise LinkError(
                f"{type(self).__name__}: cannot register the link {name!r} by name; call add_link, or derive from Chain"
            )
        super()._register(name, value)

    def _named_children(self) -> Iterator[tuple[str, Link]]:
        for number, child in enumerate(self._children):
            yield str(number), child

    def _unshare(self) -> None:
        super()._unshare()
        self._children = [child.copy("share") for child in self._children]
        self._renumber()


def check_link(where: str, link: object) -> None:
    """Raise unless `link` is one.

    Raises:
        ArgumentTypeError: If it is something else, or a class of links.
    """
    if isinstance(link, type) and issubclass(link, Link):
        raise ArgumentTypeError(f"{where}: expected a link, got the class {link.__name__}; make an instance")
    if not isinstance(link, Link):
        raise ArgumentTypeError(f"{where}: expected a link, got {type(link).__name__}")
