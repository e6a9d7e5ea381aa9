"""Writes the code of a declared function, once, at its first call.

For `linear(xp, x, W, b=None)` the text looks like this (`text_of` returns it, tracebacks show it)::

    def linear(x, W, b=_b_default):
        _mode = _settings.mode
        if _mode > 1:
            if _mode == 2 and type(x) is _ndarray and type(W) is _ndarray and (b is None or type(b) is _ndarray):
                return _body(_numpy, x, W, b)
            if _mode == 2 and type(x) in _array_types and ...:
                return _body(_module_of(*(x, W, b, )), x, W, b)
            return _special(_declaration, (x, W, b), ())
        if isinstance(x, _Variable):
            x_array = x._array; x_source = x._node
            if x_source is None and x.requires_grad: x_source = x
        else:
            x_array = x if type(x) is _ndarray else _plain(x, 'linear', 'x')
            x_source = None
        ...
        try:
            _y = _body(_xp, x_array, W_array, b_array)
        except Exception as _error:
            _explain(_error, _declaration, (x_array, W_array, b_array))
            raise
        _out = _new(_Variable)
        _out._array = _y
        if _mode or (x_source is None and W_source is None and b_source is None):
            _out.requires_grad = False
            return _out
        _node = _NodeClass()
        _node.order = _next_order()
        _node.source_x = x_source
        _node.array_x = x_array if W_source is not None else None
        ...

Nothing is decided here but what the declaration says; `call.py` does the same work step by step where hooks,
debug mode, half precision or other implementations are involved.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from typing import Any

import numpy as np

from catenary.config import settings
from catenary.device import current
from catenary.graph import call as steps
from catenary.graph.declaration import Declaration, Rule, Saved, parameter_names, passed_on
from catenary.graph.half import is_half
from catenary.graph.implementation import chosen, find_alternatives
from catenary.graph.node import DeclaredNode, next_order
from catenary.variable import Variable


def specialise(function: Any, declaration: Declaration) -> None:
    """Replace the code of `function` by code written for its declaration."""
    declaration.node_class = _node_class(declaration)
    declaration.alternatives = find_alternatives(declaration)
    namespace = function.__globals__
    namespace.update(
        _NodeClass=declaration.node_class,
        _Saved=Saved,
        _array_types=current.array_types,
        _Variable=Variable,
        _body=declaration.body,
        _chosen=chosen,
        _declaration=declaration,
        _connect=steps.connect,
        _constants=steps.constants,
        _explain=steps.explain,
        _from_size=_from_size(declaration),
        _is_half=is_half,
        _module_of=steps.module_of,
        _ndarray=np.ndarray,
        _new=object.__new__,
        _next_order=next_order,
        _numpy=np,
        _only_numpy={np.ndarray},
        _output_array=steps.output_array,
        _plain=steps.plain_number if declaration.keeps_numbers else steps.plain,
        _settings=settings,
        _special=steps.call,
        _unwrap_list=steps.unwrap_list,
    )
    for p in declaration.signature.parameters.values():
        if p.default is not p.empty:
            namespace[f"_{p.name}_default"] = p.default
    made = _compile(f"<catenary {declaration.name}>", text_of(declaration), namespace)[declaration.name]
    function.__defaults__, function.__kwdefaults__ = made.__defaults__, made.__kwdefaults__
    function.__code__ = made.__code__  # last: from here on, calls take the new code


def text_of(declaration: Declaration) -> str:
    """Return the source of the specialised function."""
    special = _special(declaration)
    head = f"def {declaration.name}({_parameters(declaration)}):"
    lines = [head, "    _mode = _settings.mode", "    if _mode > 1:", *_raw(declaration), f"        {special}"]
    for name, kind in declaration.inputs.items():
        lines += _unwrap(declaration, name, kind)
    if declaration.alternatives:
        lines += _serve(declaration)
    return "\n".join([*lines, *_forward(declaration), *_record(declaration)]) + "\n"


def _raw(declaration: Declaration) -> list[str]:
    """Return what a first-order backward walk runs: from arrays to arrays, without more ado."""
    small = [f"{_size(declaration, '')} < _from_size"] if _from_size(declaration) is not None else []
    lines = _body_on(declaration, ("type({0}) is _ndarray", "{{*map(type, {0})}} == _only_numpy"), small, "_numpy")
    if not any(one.device != "numpy" for one in declaration.alternatives):
        elsewhere = "type({0}) in _array_types", "{{*map(type, {0})}} <= _array_types"
        lines += _body_on(declaration, elsewhere, small, f"_module_of(*{_tuple_or_list(declaration)})")
    return lines


def _body_on(declaration: Declaration, kinds: tuple[str, str], more: list[str], module: str) -> list[str]:
    """Return a test for arrays of some classes, and the call of the body for them.

    Args:
        declaration: What is known of the function.
        kinds: The test of one input, and that of a list of them.
        more: Further tests.
        module: The expression for the module of the arrays.
    """
    tests = ["_mode == 2"]
    for name, kind in declaration.inputs.items():
        test = kinds[kind == "many"].format(name)
        tests.append(f"({name} is None or {test})" if kind == "optional" else test)
    if declaration.widens_half:
        tests.append(f"{_first(declaration, '')}.itemsize != 2")
    arguments = [module if declaration.takes_xp else "None", *_arguments(declaration, "")]
    if declaration.takes_saved:
        arguments.append("saved=_Saved()")
    return [f"        if {' and '.join([*tests, *more])}:", f"            return _body({', '.join(arguments)})"]


def _tuple_or_list(declaration: Declaration) -> str:
    return declaration.many or _tuple(declaration.inputs)


def _from_size(declaration: Declaration) -> int | None:
    """Return from which size on an implementation may serve NumPy arrays; None if none does."""
    sizes = [one.implementation.from_size for one in declaration.alternatives if one.device == "numpy"]
    return min(sizes, default=None)


def _serve(declaration: Declaration) -> list[str]:
    """Return what looks for an implementation, and calls it in place of the function."""
    arrays = f"{declaration.many}_array" if declaration.many else _tuple(f"{n}_array" for n in declaration.inputs)
    return [
        f"    if {_may_be_served(declaration)}:",
        f"        _other = _chosen(_declaration, {arrays}, {_tuple(declaration.attributes)})",
        f"        if _other is not None: return _other({', '.join(_arguments(declaration, ''))})",
    ]


def _may_be_served(declaration: Declaration) -> str:
    """Return the test for arrays that an implementation may serve."""
    elsewhere = f"type({_first(declaration, '_array')}) is not _ndarray"
    size = _size(declaration, "_array")
    if _from_size(declaration) is None:
        return elsewhere
    if any(one.device != "numpy" for one in declaration.alternatives):
        return f"{elsewhere} or {size} >= _from_size"
    return f"{size} >= _from_size"


def _first(declaration: Declaration, suffix: str) -> str:
    """Return the expression for the first input array."""
    return f"{next(iter(declaration.inputs))}{suffix}" + ("[0]" if declaration.many else "")


def _size(declaration: Declaration, suffix: str) -> str:
    """Return the expression for what `Implementation.from_size` is compared with."""
    name = f"{next(iter(declaration.inputs))}{suffix}"
    return f"sum([x.size for x in {name}])" if declaration.many else f"{name}.size"


def _arguments(declaration: Declaration, suffix: str) -> list[str]:
    """Return the arguments of the body, where input arrays have names with this suffix."""
    arguments = []
    for p in declaration.signature.parameters.values():
        value = f"{p.name}{suffix}" if p.name in declaration.inputs else p.name
        arguments.append(f"{p.name}={value}" if p.kind is p.KEYWORD_ONLY else value)
    return arguments


def _special(declaration: Declaration) -> str:
    return f"return _special(_declaration, {_tuple(declaration.inputs)}, {_tuple(declaration.attributes)})"


def _parameters(declaration: Declaration) -> str:
    texts = []
    for p in declaration.signature.parameters.values():
        if p.kind is p.KEYWORD_ONLY and "*" not in texts:
            texts.append("*")
        texts.append(p.name if p.default is p.empty else f"{p.name}=_{p.name}_default")
    return ", ".join(texts)


def _unwrap(declaration: Declaration, name: str, kind: str) -> list[str]:
    if kind == "many":
        return [f"    {name}_array, {name}_source = _unwrap_list(_declaration, {name})"]
    absent = [f"    if {name} is None:", f"        {name}_array = {name}_source = None"] * (kind == "optional")
    plain = f"_plain({name}, {declaration.name!r}, {name!r}"
    if declaration.keeps_numbers:
        inputs = list(declaration.inputs)
        plain += f", {inputs[inputs.index(name) - 1]}"  # the other one
    return [
        *absent,
        f"    {'elif' if absent else 'if'} isinstance({name}, _Variable):",
        f"        {name}_array = {name}._array; {name}_source = {name}._node",
        f"        if {name}_source is None and {name}.requires_grad: {name}_source = {name}",
        "    else:",
        f"        {name}_array = {name} if type({name}) is _ndarray else {plain})",
        f"        {name}_source = None",
    ]


def _forward(declaration: Declaration) -> list[str]:
    names = [f"{name}_array" for name in declaration.inputs]
    arrays = names[0] if declaration.many else _tuple(names)
    arguments = ["_xp" if declaration.takes_xp else "None", *_arguments(declaration, "_array")]
    lines = []
    if declaration.takes_xp:
        same = " and ".join(f"type({a}) is _ndarray" for a in names)
        test = f"{{*map(type, {arrays})}} == _only_numpy" if declaration.many else same
        lines.append(f"    _xp = _numpy if {test} else _module_of(*{arrays})")
    if declaration.takes_saved:
        lines.append("    _saved = _Saved()")
        arguments.append("saved=_saved")
    half = []
    if declaration.widens_half:
        first = _first(declaration, "_array")
        half = [f"        if {first}.itemsize == 2 and _is_half({first}.dtype): {_special(declaration)}"]
    output = f"    if type(_y) is not _ndarray: _y = _output_array(_y, _declaration, {arrays})"
    outputs = f"    _y = tuple([y if type(y) is _ndarray else _output_array(y, _declaration, {arrays}) for y in _y])"
    return [
        *lines,
        "    try:",
        *half,
        f"        _y = _body({', '.join(arguments)})",
        "    except Exception as _error:",
        f"        _explain(_error, _declaration, {arrays})",
        "        raise",
        outputs if declaration.several_outputs else output,
    ]


def _record(declaration: Declaration) -> list[str]:
    several = declaration.several_outputs
    constant = (
        ["        return _constants(_y)"] if several else ["        _out.requires_grad = False", "        return _out"]
    )
    lines = [] if several else ["    _out = _new(_Variable)", "    _out._array = _y"]
    if not declaration.all_rules:
        return [*lines, *(line[4:] for line in constant)]
    sources = [f"{name}_source" for name in declaration.inputs]
    none = (
        f"all([s is None for s in {sources[0]}])"
        if declaration.many
        else " and ".join(f"{source} is None" for source in sources)
    )
    lines += [
        f"    if _mode or ({none}):",
        *constant,
        "    _node = _NodeClass()",
        "    _node.order = _next_order()",
        *(f"    _node.source_{name} = {name}_source" for name in declaration.inputs),
        *(f"    _node.array_{name} = {_kept(declaration, name)}" for name in declaration.kept_inputs),
        *(f"    _node.attribute_{name} = {name}" for name in declaration.kept_attributes),
    ]
    if declaration.keeps_output:
        lines.append("    _node.y = _y")
    if declaration.takes_saved:
        lines.append("    _node.saved = _saved")
    if several:
        return [
            *lines,
            "    _node.likes = tuple([(y.shape, y.dtype) for y in _y])",
            "    return _connect(_node, _y, True)",
        ]
    return [
        *lines,
        "    _node.shape = _y.shape",
        "    _node.dtype = _y.dtype",
        "    _node.grad = None",
        "    _out._node = _node",
        "    return _out",
    ]


def _kept(declaration: Declaration, name: str) -> str:
    """Return the expression for what a node keeps of an input: its array where a rule that will run names it."""
    users = _users(declaration, name)
    if not users:
        return f"{name}_array"
    return f"{name}_array if {' or '.join(f'{n}_source is not None' for n in users)} else None"


def _users(declaration: Declaration, name: str) -> tuple[str, ...]:
    """Return the inputs whose rules name an input that is kept; none if it is always kept."""
    users = tuple(n for n, rule in declaration.rules.items() if name in parameter_names(rule))
    always = declaration.joint_rule or declaration.composed or len(users) == len(declaration.inputs)
    return () if always else users


def _node_class(declaration: Declaration) -> type[DeclaredNode]:
    """Return the class of a function's nodes, with `propagate` written for its rules."""
    inputs = tuple(declaration.inputs)
    namespace: dict[str, Any] = {f"_rule_of_{name}": rule for name, rule in declaration.rules.items()}
    namespace.update(
        _joint_rule=declaration.joint_rule,
        _numpy=np,
        _ndarray=np.ndarray,
        _module_of=steps.module_of,
        _complete=steps.complete,
    )
    text = "\n".join(["def propagate(self, gy):", *_propagate(declaration)]) + "\n"
    kept = [f"array_{name}" for name in declaration.kept_inputs]
    kept += [f"attribute_{name}" for name in declaration.kept_attributes]
    kept += ["y"] * declaration.keeps_output + ["saved"] * declaration.takes_saved
    kept += ["likes", "outs"] * declaration.several_outputs
    slots = (*(f"source_{name}" for name in inputs), *kept)
    members = {
        "__slots__": slots,
        "slots": slots,
        "propagate": _compile(f"<catenary gradient of {declaration.name}>", text, namespace)["propagate"],
        "label": declaration.name,
        "input_names": inputs,
        "attribute_names": declaration.kept_attributes,
        "users": {name: _users(declaration, name) for name in declaration.kept_inputs},
        "takes_list": bool(declaration.many),
        "composed": staticmethod(declaration.composed) if declaration.composed else None,
    }
    return type(declaration.name, (DeclaredNode,), members)


def _propagate(declaration: Declaration) -> list[str]:
    needs = declaration.needs - {*declaration.inputs, *declaration.attributes}
    given = {**_FROM_NODE, "xp": "_module_of(gys[0])"} if declaration.several_outputs else _FROM_NODE
    needs |= {"gys"} if declaration.several_outputs else set()
    lines = [f"    {name} = {value}" for name, value in given.items() if name in needs]
    if declaration.joint_rule:
        call = f"_joint_rule({_rule_arguments(declaration, declaration.joint_rule)})"
        return [*lines, f"    return tuple(zip(self.sources, {call}))"]
    calls = {
        name: "gy" if rule is passed_on else f"_rule_of_{name}({_rule_arguments(declaration, rule)})"
        for name, rule in declaration.rules.items()
    }
    if declaration.many:
        gxs = calls.get(declaration.many, "()")
        return [*lines, f"    return tuple(zip(self.source_{declaration.many}, {gxs}))"]
    pairs = [f"(self.source_{n}, {call} if self.source_{n} is not None else None)" for n, call in calls.items()]
    return [*lines, f"    return {_tuple(pairs)}"]


#: What a rule may name besides inputs and attributes, and where `propagate` finds it.
_FROM_NODE = {
    "gys": "_complete(gy, self)",
    "y": "self.y",
    "ys": "self.y",
    "saved": "self.saved",
    "xp": "_numpy if type(gy) is _ndarray else _module_of(gy)",
}


def _rule_arguments(declaration: Declaration, rule: Rule) -> str:
    texts = []
    for need in parameter_names(rule):
        if need in declaration.inputs:
            texts.append(f"self.array_{need}")
        else:
            texts.append(f"self.attribute_{need}" if need in declaration.attributes else need)
    return ", ".join(texts)


def _tuple(names: Iterable[str]) -> str:
    return "(" + "".join(f"{name}, " for name in names) + ")"


def _compile(title: str, text: str, namespace: dict[str, Any]) -> dict[str, Any]:
    linecache.cache[title] = (len(text), None, text.splitlines(True), title)  # so that tracebacks show it
    exec(compile(text, title, "exec"), namespace)
    return namespace
