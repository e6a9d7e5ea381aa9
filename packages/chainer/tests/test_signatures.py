"""What Chainer 7 documents takes the same arguments: their names, order and defaults, of functions and of members.

`names.tsv` has the names, `members.tsv` the methods, properties and attributes of the classes, each with the signature
that Chainer 7.8.1 shows for it. More arguments may be taken here, if they may be left out.
"""

from __future__ import annotations

import csv
import fnmatch
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainer
from chainer import distributions as D

HERE = Path(__file__).parent


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader((HERE / file).read_text().splitlines(), delimiter="\t"))


NAMES = {row["name"]: row for row in rows("names.tsv") if row["kind"] != "data"}
MEMBERS = {f"{row['class']}.{row['member']}": row for row in rows("members.tsv")}

#: Where arguments differ from Chainer's, or members are missing, and why. A star stands for anything.
DIFFERENT = {
    "chainer.variable.VariableNode": "nobody but a Variable makes its node",
    "chainer.backend.ChainerxDevice.*": "ChainerX is not available: none can be made",
    "chainer.backend.Intel64Device.*": "iDeep is not available: none can be made",
    "chainer.*chainerx*": "ChainerX is not available",
    "chainer.links.caffe.CaffeFunction.forward": "none can be made",
    "chainer.links.TheanoFunction.forward": "none can be made",
    "chainer.iterators.DaliIterator.*": "none can be made",
    "chainer.training.updaters.MultiprocessParallelUpdater.*": "none can be made",
    "chainer.utils.WalkerAlias.*": "it draws on the host, and has no arrays on devices",
    "chainer.function_hooks.CupyMemoryProfileHook.total_acquired_bytes": "devices tell what is used, not what is held",
    "chainer.distributions.Independent.perplexity": "a property, as that of all other distributions",
    "chainer.*.__copy__": "`copy.copy` needs none",
    "chainer.links.Bilinear.zero_grads": "of Chainer 1: `zerograds` is the method",
    "chainer.links.GRU.forward": "it takes one input, whatever the stars say",
    "chainer.link_hooks.SpectralNormalization.normalize_weight": "a step of its own work",
    "chainer.link_hooks.SpectralNormalization.reshape_W": "a step of its own work",
    "chainer.training.extensions.PolynomialShift.invoke_before_training": "of Chainer 2: `initialize` does it",
    "chainer.training.extensions.VariableStatisticsPlot.save_plot_using_module": "a step of its own work",
    "chainer.*.TimerHook.table": "a step of its own work",
    "chainer.optimizer_hooks.GradientClipping.__call__": "optimizers call it, by position",
}
#: Methods that the framework calls, by position: users write them, or never see them.
CALLED_BY_POSITION = {
    *("forward_preprocess", "forward_postprocess", "added", "deleted", "get_example", "initialize", "trigger"),
}


@cache
def resolve(name: str) -> Any:
    """Return what a dotted name stands for, in the way of somebody who imports the modules before the dots."""
    found: Any = chainer
    path = "chainer"
    for part in name.split(".")[1:]:
        path = f"{path}.{part}"
        if not hasattr(found, part):
            __import__(path)
        found = getattr(found, part)
    return found


def half() -> np.ndarray[Any, Any]:
    return np.full(2, 0.5, np.float32)


#: Objects that have attributes which their classes have not.
OBJECTS: dict[str, Callable[[], Any]] = {
    "chainer.backend.Device": lambda: chainer.get_device("@numpy"),
    "chainer.backend.CpuDevice": lambda: chainer.get_device("@numpy"),
    "chainer.backend.GpuDevice": lambda: chainer.get_device("@numpy"),
    "chainer.configuration.GlobalConfig": lambda: chainer.global_config,
    "chainer.FunctionAdapter": lambda: chainer.FunctionAdapter(chainer.Function()),
    "chainer.UpdateRule": lambda: chainer.UpdateRule(),
    "chainer.function_hooks.TimerHook": lambda: chainer.function_hooks.TimerHook(),
    "chainer.link_hooks.TimerHook": lambda: chainer.link_hooks.TimerHook(),
    "chainer.initializers.Zero": lambda: chainer.initializers.Zero(),
    "chainer.initializers.One": lambda: chainer.initializers.One(),
    "chainer.initializers.NaN": lambda: chainer.initializers.NaN(),
    "chainer.links.EmbedID": lambda: chainer.links.EmbedID(2, 3),
    "chainer.links.BatchNormalization": lambda: chainer.links.BatchNormalization(2),
    **{
        f"chainer.distributions.{name}": lambda name=name: getattr(D, name)(half())
        for name in ("Bernoulli", "Categorical", "Chisquare", "Dirichlet", "Exponential", "Geometric", "Poisson")
    },
    **{
        f"chainer.distributions.{name}": lambda name=name: getattr(D, name)(half(), half())
        for name in ("Beta", "Cauchy", "Gamma", "Gumbel", "Laplace", "LogNormal", "Normal", "Pareto")
    },
    "chainer.distributions.OneHotCategorical": lambda: D.OneHotCategorical(half()),
    "chainer.distributions.Uniform": lambda: D.Uniform(loc=half(), scale=half()),
    "chainer.distributions.Independent": lambda: D.Independent(D.Normal(half(), half())),
    "chainer.distributions.MultivariateNormal": lambda: D.MultivariateNormal(half(), scale_tril=np.eye(2)),
}


class Missing:
    """Stands for a default that is not there, or cannot be written."""


@dataclass(frozen=True)
class Argument:
    """An argument as a signature of Chainer shows it.

    Attributes:
        how: "", "*" or "**", "/" where it is taken by position only, "=" by keyword only.
    """

    name: str
    how: str
    default: Any


def pieces(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators that stand in no brackets and no quotes."""
    found, depth, quote = [""], 0, ""
    for letter in text:
        if quote or letter in "'\"":
            quote = "" if letter == quote else quote or letter
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == separator and not depth and not quote:
            found.append("")
        else:
            found[-1] += letter
    return found


def value(text: str) -> Any:
    """Return a default, if it is a number, a text, True, False or None."""
    if re.fullmatch(r"[-\w. /()']+(, ?[-\w. /()']+)*", text.strip()):
        try:
            return eval(text, {"__builtins__": {}, "nan": float("nan")})
        except (NameError, SyntaxError):
            return Missing
    return Missing


def arguments(signature: str) -> list[Argument]:
    """Return the arguments of a signature, without `self` and `cls`."""
    found: list[Argument] = []
    how = ""
    for piece in pieces(signature.partition(" -> ")[0].strip()[1:-1], ","):
        left, *default = pieces(piece, "=")
        name = pieces(left, ":")[0].strip()
        stars, name = name[: name.count("*")], name.lstrip("*")
        if name == "/":
            found = [Argument(a.name, "/", a.default) for a in found]
        elif name not in ("", "self", "cls"):
            found.append(Argument(name, stars or how, value(default[0]) if default else inspect.Parameter.empty))
        how = "=" if stars == "*" else how
    return found


def same(found: Any, expected: Any) -> bool:
    """Return whether a default is Chainer's, in whose table classes of numbers stand as texts."""
    if isinstance(found, type):
        return f"{found.__module__}.{found.__name__}" == expected
    if isinstance(found, bool) != isinstance(expected, bool):
        return False
    return bool(found == expected or (found != found and expected != expected))


def differences(wanted: list[Argument], found: list[inspect.Parameter]) -> Iterator[str]:
    """Say what a signature does not take that Chainer's took."""
    by_name = {p.name: p for p in found if p.kind != p.POSITIONAL_ONLY}
    stars = {p.kind for p in found} & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    places = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if [a.how for a in wanted] == ["*", "**"]:
        return  # it hands on what it gets, and does not say to whom
    for i, argument in enumerate(wanted):
        if argument.how == "*" and inspect.Parameter.VAR_POSITIONAL not in stars:
            yield f"does not take *{argument.name}"
        if argument.how in ("*", "**"):
            continue
        parameter = places[i] if argument.how == "/" and i < len(places) else by_name.get(argument.name)
        if parameter is None:
            yield f"does not take {argument.name}="
            continue
        if argument.how == "" and [p.name for p in places[i : i + 1]] != [argument.name]:
            yield f"{argument.name} is not at place {i}"
        if argument.default is inspect.Parameter.empty:
            continue
        if parameter.default is inspect.Parameter.empty:
            yield f"{argument.name} is required"
        elif argument.default is not Missing and not same(parameter.default, argument.default):
            yield f"{argument.name}={parameter.default!r}, not {argument.default!r}"
    yield from required_more(wanted, found)


def required_more(wanted: list[Argument], found: list[inspect.Parameter]) -> Iterator[str]:
    """Say which arguments have to be given here and not in Chainer, unless its signature leaves them to `**`."""
    if any(a.how in ("/", "*", "**") for a in wanted):
        return
    names = {a.name for a in wanted}
    for p in found:
        if p.name not in names and p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            yield f"{p.name} is required"


def same_number(wanted: list[Argument], found: list[inspect.Parameter]) -> Iterator[str]:
    """Say if a method cannot be called with as many arguments as Chainer's, by position."""
    required = [p for p in found if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if not len(required) <= len(wanted) <= len(found):
        yield f"takes {len(required)} to {len(found)} arguments, not {len(wanted)}"


def parameters(function: Any) -> list[inspect.Parameter]:
    found = list(inspect.signature(function).parameters.values())
    return [p for p in found if p.name not in ("self", "cls")]


def is_listed(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in DIFFERENT)


def differences_of_name(name: str) -> list[str]:
    """Return how a documented name differs from the signature, or from that in the documentation if it fits better."""
    found = parameters(resolve(name))
    shown = [NAMES[name][column] for column in ("signature", "documented_signature") if NAMES[name][column]]
    if shown[0] == "(self)":  # F.absolute, a method of Variable
        return list(same_number([Argument("x", "/", inspect.Parameter.empty)], found))
    return min((list(differences(arguments(signature), found)) for signature in shown), key=len)


def differences_of_member(name: str) -> list[str]:
    """Return how a member of a class differs; what is called by its sign, such as `__add__`, has only to be there."""
    row = MEMBERS[name]
    member, owner = row["member"], resolve(row["class"])
    if not hasattr(owner, member):
        owner = OBJECTS[row["class"]]() if row["class"] in OBJECTS else owner
    if not hasattr(owner, member):
        return ["it is missing"]
    found = getattr(owner, member)
    if row["kind"] == "method" and row["signature"] and not (member.startswith("__") and member != "__call__"):
        if not callable(found):
            return ["it is not a method"]
        compare = same_number if member in CALLED_BY_POSITION else differences
        return list(compare(arguments(row["signature"]), parameters(found)))
    expected = value(row["signature"]) if row["kind"] == "attribute" and row["signature"] else Missing
    if expected in (Missing, None) or isinstance(found, property) or same(found, expected):
        return []
    return [f"{found!r}, not {expected!r}"]


@pytest.mark.parametrize("name", [name for name in NAMES if not is_listed(name)])
def test_names_take_what_chainers_took(name: str) -> None:
    assert differences_of_name(name) == []


@pytest.mark.parametrize("name", [name for name in MEMBERS if not is_listed(name)])
def test_members_take_what_chainers_took(name: str) -> None:
    assert differences_of_member(name) == []


@pytest.mark.parametrize("pattern", DIFFERENT)
def test_what_is_listed_as_different_is_different(pattern: str) -> None:
    names = fnmatch.filter(NAMES, pattern)
    members = fnmatch.filter(MEMBERS, pattern)
    assert any(map(differences_of_name, names)) or any(map(differences_of_member, members))


@pytest.mark.parametrize(
    ("wanted", "found", "said"),
    [
        ("(x, axis=1)", lambda x, axis=1, more=0: 0, []),
        ("(x, axis=1)", lambda x, axis=True: 0, ["axis=True, not 1"]),
        ("(x, axis=1)", lambda axis=1, x=0: 0, ["x is not at place 0", "axis is not at place 1"]),
        ("(x: Union[int, None] = None, *, a='b,c') -> Dict[str, int]", lambda x=None: 0, ["does not take a="]),
        ("(x=<object at 0x1>, y=0)", lambda x, y, z: 0, ["x is required", "y is required", "z is required"]),
        ("(*xs)", lambda xs: 0, ["does not take *xs"]),
        ("(self, x=0, /)", lambda value=0, /: 0, []),
        ("(dtype='numpy.int32', s=(1, 'epoch'))", lambda dtype=np.int32, s=(1, "epoch"): 0, []),
    ],
)
def test_differences_are_seen(wanted: str, found: Any, said: list[str]) -> None:
    assert list(differences(arguments(wanted), parameters(found))) == said
