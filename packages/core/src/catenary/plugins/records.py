"""What is known of each plugin, and of each name that it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from catenary.errors import ArgumentError
from catenary.plugins.kinds import FIRST_PARTY

Status = Literal["ok", "blocked", "broken", "incompatible"]

#: The identity of what a user registers by hand in the running process.
LOCAL = "local"

_IMPLEMENTATION = re.compile(r"(?P<function>[A-Za-z_]\w*)@(?P<device>[A-Za-z_]\w*):(?P<provider>[\w.-]+)")


@dataclass(frozen=True)
class PluginRecord:
    """One plugin, that is, one distribution with entry points in the group ``catenary``.

    Attributes:
        distribution: Its normalized name, which is its identity.
        version: The version of the distribution.
        entry_points: The modules that its entry points name.
        status: ``"ok"``, ``"blocked"`` by the user, ``"broken"``, or ``"incompatible"`` with this plugin API.
        error: Why it is not ``"ok"``, in one line.
        cause: The exception behind a ``"broken"``.
        names: Kind -> name -> target, as far as its hooks returned them.
        unknown_hooks: Hooks that this core does not have.
    """

    distribution: str
    version: str
    entry_points: tuple[str, ...] = ()
    status: Status = "ok"
    error: str = ""
    cause: BaseException | None = field(default=None, repr=False, compare=False)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unknown_hooks: tuple[str, ...] = ()

    @property
    def first_party(self) -> bool:
        """Whether this is one of Catenary's own packages."""
        return self.distribution in FIRST_PARTY

    @property
    def label(self) -> str:
        """Name and version, for messages."""
        return f"{self.distribution} {self.version}".rstrip()


class Entry(NamedTuple):
    """One name of one plugin."""

    record: PluginRecord
    kind: str
    name: str
    target: str

    @property
    def qualified(self) -> str:
        """The name that no other plugin has: ``"<distribution>:<name>"``."""
        return f"{self.record.distribution}:{self.name}"


class ImplementationName(NamedTuple):
    """The three parts of an implementation's name.

    Example:
        >>> ImplementationName.parse("convolution_2d@numpy:onednn")
        ImplementationName(function='convolution_2d', device='numpy', provider='onednn')
    """

    function: str
    device: str
    provider: str

    @classmethod
    def parse(cls, text: str) -> ImplementationName:
        """Split ``"<function>@<device kind>:<provider>"``.

        Raises:
            ArgumentError: If the text is not of that form.
        """
        match = _IMPLEMENTATION.fullmatch(text)
        if match is None:
            raise ArgumentError(
                f"an implementation is named '<function>@<device kind>:<provider>', "
                f"for example 'convolution_2d@numpy:onednn'; got {text!r}"
            )
        return cls(*match.groups())


@dataclass(frozen=True)
class ImplementationRecord:
    """One registered implementation of a function; its object is imported by `load`.

    Attributes:
        name: ``"<function>@<device>:<provider>"``.
        function: The function that it implements.
        device: The kind of device, such as ``"numpy"``.
        provider: The plugin's own word for it.
        distribution: The distribution that gives it.
        version: The version of that distribution.
        target: Where the object is, ``"module:attribute"``.
    """

    name: str
    function: str
    device: str
    provider: str
    distribution: str
    version: str
    target: str
    _registry: Any = field(repr=False, compare=False)

    def load(self) -> Any:
        """Import and return the implementation object.

        Raises:
            PluginError: If the target cannot be imported.
        """
        return self._registry.get("implementations", f"{self.distribution}:{self.name}")
