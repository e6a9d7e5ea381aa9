"""What `@function` reads from a body, and what it knows of a function when a call comes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from catenary.errors import DeclarationError
from catenary.graph.node import DeclaredNode

Rule = Callable[..., Any]
#: Where a body keeps what its gradient rules need besides inputs, output and attributes.
Saved = SimpleNamespace
#: The default of the parameter `saved`: the engine passes a new one at each call.
PER_CALL = Saved()


def passed_on(gy: Any) -> Any:
    """The rule of a gradient that is passed on as it is; the engine then calls nothing."""
    return gy


INPUT_ANNOTATIONS = {"Array": "one", "Array | None": "optional", "Arrays": "many"}


@dataclass
class Declaration:
    """A declared function.

    Attributes:
        name: Its name.
        body: The forward body, on arrays.
        inputs: The names of its array inputs with their kinds: "one", "optional" or "many" (a list).
        attributes: The names of the other parameters.
        signature: The signature that callers see.
        rules: The gradient rules by input.
        joint_rule: One rule for all inputs, in place of `rules`.
        composed: The same function out of others.
        widens_half: Whether half precision is computed in float32.
        node_class: The class of its nodes, made at the first call.
        alternatives: The implementations that may serve its calls.
        serves: Whether it was made to serve calls of another one, so that nothing serves its own.
    """

    name: str
    body: Callable[..., Any]
    inputs: dict[str, str]
    attributes: tuple[str, ...]
    signature: inspect.Signature
    takes_xp: bool
    takes_saved: bool
    several_outputs: bool
    keeps_numbers: bool
    widens_half: bool
    rules: dict[str, Rule] = field(default_factory=dict)
    joint_rule: Rule | None = None
    composed: Callable[..., Any] | None = None
    node_class: type[DeclaredNode] = DeclaredNode
    alternatives: tuple[Any, ...] = ()
    serves: bool = False

    @functools.cached_property
    def many(self) -> str | None:
        """The name of the input that is a list, if there is one."""
        return next((name for name, kind in self.inputs.items() if kind == "many"), None)

    @functools.cached_property
    def _order(self) -> tuple[list[int], int, tuple[str, ...]]:
        """Where each parameter stands among inputs and attributes, how many are positional, the names of the others."""
        names = [*self.inputs, *self.attributes]
        parameters = self.signature.parameters.values()
        by_name = tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)
        return [names.index(p.name) for p in parameters], len(names) - len(by_name), by_name

    def in_order(self, inputs: tuple[Any, ...], attributes: tuple[Any, ...]) -> list[Any]:
        """Return inputs and attributes in the order of the parameters.

        Args:
            inputs: The inputs; a list of them counts as one.
            attributes: The attributes.
        """
        given = (*inputs, *attributes)
        return [given[i] for i in self._order[0]]

    def call_other(self, function: Callable[..., Any], inputs: tuple[Any, ...], attributes: tuple[Any, ...]) -> Any:
        """Call a function that has the same parameters.

        Args:
            function: The function.
            inputs: The inputs; a list of them counts as one.
            attributes: The attributes.
        """
        _, count, by_name = self._order
        values = self.in_order(inputs, attributes)
        return function(*values[:count], **dict(zip(by_name, values[count:]))) if by_name else function(*values)

    @property
    def needs(self) -> set[str]:
        """All names that rules take."""
        return {name for rule in self.all_rules for name in parameter_names(rule)}

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The gradient rules; none for a function that is not differentiable."""
        return (self.joint_rule,) if self.joint_rule else tuple(self.rules.values())

    @property
    def kept_inputs(self) -> tuple[str, ...]:
        """The inputs that are kept for the rules (all of them for a composed definition)."""
        return tuple(self.inputs) if self.composed else tuple(n for n in self.inputs if n in self.needs)

    @property
    def kept_attributes(self) -> tuple[str, ...]:
        """The attributes that are kept for the rules."""
        return self.attributes if self.composed else tuple(n for n in self.attributes if n in self.needs)

    @property
    def keeps_output(self) -> bool:
        """Whether the output is kept for the rules."""
        return bool(self.needs & {"y", "ys"} - set(self.inputs))

    def set_composed(self, definition: Callable[..., Any]) -> Callable[..., Any]:
        """Take the same function out of others; it has the same parameters."""
        self._check_open("compose")
        self.composed = definition
        return definition

    def add_rules(self, **rules: Rule) -> None:
        """Take gradient rules, after checking that they name what is there."""
        self._check_open("gradient")
        for name, rule in rules.items():
            if name not in self.inputs:
                raise DeclarationError(
                    f"{self.name}.gradient: {name!r} is not an input; the inputs are {', '.join(self.inputs)}"
                )
            self._check_rule(rule)
        self.rules.update(rules)

    def set_joint_rule(self, rule: Rule) -> Rule:
        """Take one rule for all inputs: it returns a tuple with their gradients."""
        self._check_open("joint_gradient")
        self._check_rule(rule)
        self.joint_rule = rule
        return rule

    def _check_open(self, method: str) -> None:
        if self.node_class is not DeclaredNode:
            raise DeclarationError(
                f"{self.name}.{method}: {self.name} was called before; give all rules before the first call"
            )

    def _check_rule(self, rule: Rule) -> None:
        known = {"gys" if self.several_outputs else "gy", "ys" if self.several_outputs else "y", "xp"}
        known |= {*self.inputs, *self.attributes} | ({"saved"} if self.takes_saved else set())
        for need in parameter_names(rule):
            if need not in known:
                raise DeclarationError(
                    f"{self.name}.gradient: a rule asks for {need!r}; it may name {', '.join(sorted(known))}"
                )


def parameter_names(rule: Rule) -> tuple[str, ...]:
    """Return the names of a rule's parameters (defaults excepted: they are the rule's own constants)."""
    parameters = inspect.signature(rule).parameters.values()
    return tuple(p.name for p in parameters if p.default is p.empty)


def read_body(
    body: Callable[..., Any], *, several_outputs: bool, keeps_numbers: bool, widens_half: bool
) -> Declaration:
    """Return the declaration of a forward body.

    Raises:
        DeclarationError: If the body is not of the form that `@function` takes.
    """
    name = body.__name__.lstrip("_")  # as messages and graphs call it
    parameters = list(inspect.signature(body).parameters.values())
    takes_xp = bool(parameters) and parameters[0].name == "xp"
    if not takes_xp and not (parameters and parameters[0].name == "_"):
        raise DeclarationError(
            f"@function {name}: the first parameter must be `xp` (the array module), or `_` where the body needs none"
        )
    takes_saved = parameters[-1].name == "saved"
    rest = parameters[1 : len(parameters) - takes_saved]
    kinds = {p.name: INPUT_ANNOTATIONS.get(str(p.annotation).strip("'\"")) for p in rest}
    inputs = {parameter: kind for parameter, kind in kinds.items() if kind is not None}
    if not inputs or ("many" in inputs.values() and len(inputs) > 1):
        raise DeclarationError(
            f"@function {name}: annotate the inputs with Array or `Array | None`, or the only one with Arrays "
            "(and begin the module with `from __future__ import annotations`)"
        )
    if reserved := {"gy", "gys", "xp", "saved"} & {p.name for p in rest}:
        raise DeclarationError(f"@function {name}: {', '.join(reserved)} means something else in rules; rename it")
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in rest):
        raise DeclarationError(
            f"@function {name}: *args and **kwargs are not supported; annotate one input with Arrays"
        )
    attributes = tuple(p.name for p in rest if p.name not in inputs)
    signature = inspect.Signature(rest, return_annotation="tuple[Variable, ...]" if several_outputs else "Variable")
    return Declaration(
        name, body, inputs, attributes, signature, takes_xp, takes_saved, several_outputs, keeps_numbers, widens_half
    )
