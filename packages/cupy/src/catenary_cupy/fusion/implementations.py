"""Declared functions whose bodies and gradient rules run as few kernels: their own bodies and rules, traced."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from catenary import Implementation, Saved, Variable
from catenary.config import settings
from catenary.graph.declaration import Declaration, Rule, passed_on
from catenary.graph.function import declare_as
from catenary.graph.node import DeclaredNode
from catenary_cupy.fusion import structures
from catenary_cupy.fusion.expressions import SUPPORTED
from catenary_cupy.fusion.programs import Fused


def fused(declaration: Declaration) -> Implementation:
    """Return an implementation of a function for GPUs: the same body and the same rules, traced.

    Args:
        declaration: What is known of the function.
    """
    mine = dataclasses.replace(
        declaration,
        body=_body(declaration.body, declaration.takes_xp, declaration.takes_saved),
        rules={name: _rule(rule) for name, rule in declaration.rules.items()},
        joint_rule=_rule(declaration.joint_rule) if declaration.joint_rule else None,
        widens_half=False,  # kernels compute halves in float32
        node_class=DeclaredNode,
        alternatives=(),
        serves=True,
    )
    parameters = list(declaration.signature.parameters)
    places = [parameters.index(name) for name in declaration.inputs]

    def accepts(*values: Any) -> bool:
        arrays = values[places[0]] if declaration.many else [values[place] for place in places]
        if settings.debug:  # then bodies look at values
            return False
        return all(a is None or a.dtype.char in SUPPORTED for a in arrays)

    return Implementation(declare_as(mine, declaration.body), accepts)


def _body(body: Callable[..., Any], takes_xp: bool, takes_saved: bool) -> Callable[..., Any]:
    _, *names = inspect.signature(body).parameters
    names = names[:-1] if takes_saved else names

    def traced(**named: Any) -> Any:
        xp = named.pop("xp", None)
        if not takes_saved:
            return body(xp, **named)
        saved = Saved()
        return body(xp, **named, saved=saved), saved

    run = Fused(traced, [*names, "xp"] if takes_xp else names)

    def call(xp: Any, *args: Any, saved: Any = None, **kwargs: Any) -> Any:
        values = (*args, *(kwargs[name] for name in names[len(args) :])) if kwargs else args
        y = run(*values, xp) if takes_xp else run(*values)
        if takes_saved:
            y, noted = y
            vars(saved).update(vars(noted))
        return y

    return call


def _rule(rule: Rule) -> Rule:
    if rule is passed_on:
        return rule
    run = Fused(rule, list(inspect.signature(rule).parameters))

    def call(*args: Any) -> Any:
        return rule(*args) if structures.holds(Variable, args) else run(*args)

    call.__signature__ = inspect.signature(rule)  # type: ignore[attr-defined]
    return call
