"""Link: parameters, and the computation that uses them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from catenary.device import get_device
from catenary.device_resident import DeviceResident, DeviceResidentsVisitor
from catenary.errors import ArgumentError, ArgumentTypeError, LinkError, NotAvailableError
from catenary.link_hook import HookedLink, call_with_hooks, in_use
from catenary.link_mode import LinkMode
from catenary.link_parts import (
    MissingInit,
    Typed,
    check_same_parameters,
    copy_persistents,
    initialize_again,
    keep_loaded,
)
from catenary.parameter import Parameter
from catenary.parameter_group import ParameterGroup
from catenary.serializer import AbstractSerializer
from catenary.types import DType, InitializerSpec, Shape
from catenary.variable import Variable, is_array

if TYPE_CHECKING:
    from catenary.link_summary import LinkSummary

_NOTHING: Any = object()


class Link(DeviceResident, HookedLink, LinkMode, ParameterGroup):
    """A building block of networks: parameters, and a `forward` method that uses them.

    Parameters are registered by assigning them inside `init_scope`. Calling a link calls its `forward`.

    Args:
        params: Name -> shape, or ``(shape, dtype)``, of parameters to add.

    Attributes:
        name: The name that the parent has given to this link, or None.

    Example:
        >>> import numpy as np, catenary
        >>> class Scale(catenary.Link):
        ...     def __init__(self, size):
        ...         super().__init__()
        ...         with self.init_scope():
        ...             self.W = catenary.Parameter(2.0, (size,))
        ...     def forward(self, x):
        ...         return x * self.W
        >>> Scale(3)(np.ones(3, np.float32)).array
        array([2., 2., 2.], dtype=float32)
    """

    name: str | None = None
    #: What `repeat` puts copies into; given by `catenary.sequential`, which builds on this module.
    sequence_type: ClassVar[Callable[..., Any]]

    _params: set[str] = cast(Any, MissingInit())
    _persistent: set[str] = cast(Any, MissingInit())
    _within_init_scope = False

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self._params = set()
        self._persistent = set()
        if get_device() != self._device:
            self._device = get_device()
        for name, value in params.items():
            with_dtype = isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], tuple)
            self.add_param(name, *value) if with_dtype else self.add_param(name, value)

    if TYPE_CHECKING:
        __call__: Callable[..., Any]  # old code overrides it, with whatever parameters
    else:

        def __call__(self, x: Any = _NOTHING, /, *args: Any, **kwargs: Any) -> Any:
            """Call `forward` with the same arguments, and the active link hooks around it."""
            if in_use or self._local_link_hooks or self._train is not None:
                return call_with_hooks(self, args if x is _NOTHING else (x, *args), kwargs)
            # One positional argument, as most links take, without packing and unpacking.
            if x is _NOTHING:
                return self.forward(**kwargs)
            if args or kwargs:
                return self.forward(x, *args, **kwargs)
            return self.forward(x)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses define it.

        Raises:
            LinkError: If the subclass does not define it.
        """
        raise LinkError(f"{type(self).__name__}: calling it needs a method forward(self, ...), which it lacks")

    # --- registering ---

    @property
    def within_init_scope(self) -> bool:
        """Whether the `init_scope` of this link is open."""
        return self._within_init_scope

    @contextmanager
    def init_scope(self) -> Iterator[None]:
        """Register what is assigned to attributes inside the `with` statement.

        Raises:
            LinkError: If ``super().__init__()`` has not been called.
        """
        _ = self._params  # raises without super().__init__()
        before = self._within_init_scope
        self._within_init_scope = True
        try:
            yield
        finally:
            self._within_init_scope = before

    def __setattr__(self, name: str, value: Any) -> None:
        if self._within_init_scope and isinstance(value, Parameter | Link):
            self._register(name, value)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._params.discard(name)
        self._persistent.discard(name)

    def _register(self, name: str, value: Parameter | Link) -> None:
        if isinstance(value, Link):
            raise LinkError(
                f"{type(self).__name__}: cannot register the link {name!r}, for a Link has no children; "
                "derive from Chain instead"
            )
        value.name = name
        if value.device != self._device:
            value.to_device(self._device)
        self._params.add(name)
        self._persistent.discard(name)

    def _check_new(self, method: str, name: str) -> None:
        """Raise unless `name` can be given to something new."""
        if not isinstance(name, str):
            raise ArgumentTypeError(f"{method}: expected a name as a str, got {name!r}")
        if "/" in name or not name:
            raise LinkError(f"{method}: a name has no slash and is not empty, got {name!r}")
        if name in self.__dict__:
            raise LinkError(f"{method}: this {type(self).__name__} has an attribute {name!r} already")

    def add_param(
        self,
        name: str,
        shape: int | Shape | None = None,
        dtype: DType | None = None,
        initializer: InitializerSpec = None,
    ) -> None:
        """Add a parameter.

        Args:
            name: Its name, which becomes an attribute.
            shape: Its shape; None if it is not known yet.
            dtype: Its dtype; None for that of the initializer, or the setting `dtype`.
            initializer: A number, an array, a callable that fills an array in place, or None for NaN.

        Raises:
            LinkError: If there is an attribute of that name.
        """
        self._check_new("add_param", name)
        param = Parameter(initializer if dtype is None else Typed(initializer, dtype), shape)
        with self.init_scope():
            setattr(self, name, param)

    def add_persistent(self, name: str, value: Any) -> None:
        """Add a value that is saved with the parameters but not trained.

        Args:
            name: Its name, which becomes an attribute.
            value: An array, a number, a string or None.

        Raises:
            LinkError: If there is an attribute of that name.
        """
        self._check_new("add_persistent", name)
        setattr(self, name, value)
        self.register_persistent(name)

    def register_persistent(self, name: str) -> None:
        """Let an attribute that exists be saved with the parameters.

        Raises:
            LinkError: If there is none of that name.
        """
        if name not in self.__dict__:
            raise LinkError(f"register_persistent: this {type(self).__name__} has no attribute {name!r}")
        self._persistent.add(name)
        self._params.discard(name)

    # --- looking through ---

    def namedparams(self, include_uninit: bool = True) -> Iterator[tuple[str, Parameter]]:
        """Yield the parameters with their paths, such as ``("/l1/W", ...)``; the order is that of `params`.

        Args:
            include_uninit: Whether parameters without a shape are among them.
        """
        for name in sorted(self._params):
            param = self._param(name)
            if include_uninit or param._array is not None:
                yield f"/{name}", param

    def params(self, include_uninit: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, by name, then those of the children.

        Args:
            include_uninit: Whether parameters without a shape are among them.
        """
        found: list[Parameter] = []
        self._collect_params(found)
        return iter(found if include_uninit else [param for param in found if param._array is not None])

    def _collect_params(self, found: list[Parameter]) -> None:
        """Append the parameters to a list: a walk through the tree without a generator for each of its links."""
        for name in sorted(self._params):
            found.append(self._param(name))

    def _param(self, name: str) -> Parameter:
        param = self.__dict__[name]
        if not isinstance(param, Variable):
            raise LinkError(
                f"{type(self).__name__}.{name} is registered as a parameter and holds "
                f"{type(param).__name__}; assign a Parameter, or delete the attribute"
            )
        return cast(Parameter, param)

    def links(self, skipself: bool = False) -> Iterator[Link]:
        """Yield this link and all links below it.

        Args:
            skipself: Whether to leave this link out.
        """
        for _, link in self.namedlinks(skipself):
            yield link

    def namedlinks(self, skipself: bool = False) -> Iterator[tuple[str, Link]]:
        """Yield this link, as ``"/"``, and all links below it with their paths.

        Args:
            skipself: Whether to leave this link out.
        """
        if not skipself:
            yield "/", self

    def children(self) -> Iterator[Link]:
        """Yield the links that this one holds directly."""
        return iter(())

    @property
    def printable_specs(self) -> Iterator[tuple[str, Any]]:
        """The names and values that the text of this link shows, such as ``("in_size", 3)``."""
        return iter(())

    def __repr__(self) -> str:
        specs = ", ".join(f"{name}={value}" for name, value in self.printable_specs)
        return f"{type(self).__name__}({specs})"

    def summary(self, *args: Any, **kwargs: Any) -> LinkSummary:
        """Call this link once and return a table of its layers: outputs, parameters, bytes and multiply-adds.

        The call is made in evaluation mode and records no graph.

        Args:
            args: What to call it with.
            kwargs: The same by name.

        Example:
            >>> import numpy as np, catenary
            >>> catenary.Sequential(abs).summary(np.ones((2, 3), np.float32))
            layer       output  parameters  bytes  multiply-adds
            Sequential  (2, 3)           0      0              0
            total                        0      0              0
        """
        from catenary.link_summary import summarize  # it is seldom needed

        return summarize(self, args, kwargs)

    def multiply_adds(self, args: tuple[Any, ...], out: Any) -> int:
        """Return how many multiplications with an addition a call took; links that know override it.

        Args:
            args: What the link was called with.
            out: What it returned.
        """
        return 0

    # --- parameters as a whole ---

    def addgrads(self, link: Link) -> None:
        """Add the gradients of another link's parameters to those of this one.

        Args:
            link: A link with the same parameters.

        Raises:
            LinkError: If it lacks one.
            ShapeError: If shapes differ.
        """
        check_same_parameters("addgrads", self, link)
        for name in sorted(self._params):
            self.__dict__[name].addgrad(link.__dict__[name])

    def copyparams(self, link: Link, copy_persistent: bool = True) -> None:
        """Copy the values of another link's parameters into those of this one.

        Args:
            link: A link with the same parameters, perhaps on another device.
            copy_persistent: Whether to copy persistent values, too.

        Raises:
            LinkError: If it lacks a parameter.
            ShapeError: If shapes differ.
        """
        check_same_parameters("copyparams", self, link)
        for name in sorted(self._params):
            self.__dict__[name].copydata(link.__dict__[name])
        if copy_persistent:
            copy_persistents(self, link)

    def serialize(self, serializer: AbstractSerializer) -> None:
        """Save or load the parameters and persistent values, each under its name."""
        attributes = self.__dict__
        for name in sorted(self._params):
            keep_loaded(attributes[name], serializer(name, attributes[name].array))
        for name in sorted(self._persistent):
            attributes[name] = serializer(name, attributes[name])

    def device_resident_accept(self, visitor: DeviceResidentsVisitor) -> None:
        """Show the parameters and persistent arrays to `visitor`, which moves them."""
        super().device_resident_accept(visitor)
        for name in sorted(self._params):
            visitor.visit_variable(self.__dict__[name])
        for name in sorted(self._persistent):
            value = self.__dict__[name]
            if is_array(value):
                self.__dict__[name] = visitor.visit_array(value)

    # --- copies ---

    def copy(self, mode: str = "share") -> Self:
        """Return a copy of this link.

        Args:
            mode: ``"share"``: new parameters on the same arrays. ``"copy"``: a deep copy. ``"init"``: a deep
                copy whose parameters are initialized anew.

        Raises:
            ArgumentError: If there is no such mode.
        """
        if mode not in ("share", "copy", "init"):
            raise ArgumentError(f"Link.copy: mode must be 'share', 'copy' or 'init', got {mode!r}")
        if mode == "share":
            new = copy.copy(self)
            new._unshare()
        else:
            new = copy.deepcopy(self)
            if mode == "init":
                initialize_again(new)
        new.name = None
        return new

    def _unshare(self) -> None:
        """Give a shallow copy sets and Parameters of its own; the arrays stay shared."""
        self._params, self._persistent = set(self._params), set(self._persistent)
        if self._local_link_hooks is not None:
            self._local_link_hooks = dict(self._local_link_hooks)
        for name in self._params:
            self.__dict__[name] = copy.copy(self.__dict__[name])

    def repeat(self, n_repeat: int, mode: str = "init") -> Any:
        """Return a Sequential of copies of this link.

        Args:
            n_repeat: How many copies.
            mode: How to copy, as in `copy`.

        Raises:
            ArgumentError: If `n_repeat` is negative or there is no such mode.
        """
        if n_repeat < 0:
            raise ArgumentError(f"Link.repeat: n_repeat must not be negative, got {n_repeat}")
        return self.sequence_type(*(self.copy(mode) for _ in range(n_repeat)))

    @classmethod
    def from_params(cls, *args: Any, **kwargs: Any) -> Self:
        """Make a link from arrays of parameters; links for which that makes sense define it.

        Raises:
            NotAvailableError: If this class does not.
        """
        raise NotAvailableError(f"{cls.__name__} cannot be made from parameters: it defines no from_params")
