"""Declared functions whose bodies and gradient rules run as few kernels: their own bodies and rules, traced."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

from catenary import Implementation, Saved, Variable
from catenary.graph.declaration import Declaration, Rule, passed_on
from catenary.graph.function import declare_as
from catenary.graph.node import DeclaredNode
from catenary_cupy.fusion import structures
from catenary_cupy.fusion.programs import Fused, can_fuse


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
    many = declaration.many

    def accepts(*values: Any) -> bool:
        named = dict(zip(declaration.signature.parameters, values))
        return can_fuse(*(named[many] if many else [named[name] for name in declaration.inputs]))

    return Implementation(declare_as(mine, declaration.body), accepts)


def _body(body: Callable[..., Any], takes_xp: bool, takes_saved: bool) -> Callable[..., Any]:
    names = list(inspect.signature(body).parameters)

    def traced(**named: Any) -> Any:
        saved = Saved()
        first = named.pop("xp", None)
        y = body(first, **named, **({"saved": saved} if takes_saved else {}))
        return y, saved

    run = Fused(traced)

    def call(xp: Any, *args: Any, **kwargs: Any) -> Any:
        named = {**dict(zip(names[1:], args)), **kwargs}
        saved = named.pop("saved", None)
        y, noted = run({**({"xp": xp} if takes_xp else {}), **named})
        if saved is not None:
            vars(saved).update(vars(noted))
        return y

    return call


def _rule(rule: Rule) -> Rule:
    if rule is passed_on:
        return rule
    names = list(inspect.signature(rule).parameters)
    run = Fused(rule)

    def call(*args: Any) -> Any:
        named = dict(zip(names, args))
        return rule(*args) if structures.holds(Variable, named) else run(named)

    call.__signature__ = inspect.signature(rule)  # type: ignore[attr-defined]
    return call
