"""The plugin system in plain constants: kinds of objects, the API number, who is first party."""

from __future__ import annotations

#: Entry-point group and name of the pluggy project.
GROUP = "catenary"

#: The plugin API of this core. The first number changes when plugins break, the second when hooks are added.
API = (1, 0)

#: Kinds of objects; the hook of a kind is `catenary_<kind>` in `hookspecs.py`.
KINDS = (
    "functions",
    "implementations",
    "links",
    "initializers",
    "optimizers",
    "optimizer_hooks",
    "extensions",
    "triggers",
    "serializers",
    "datasets",
    "devices",
    "commands",
    "diagnostics",
)

#: Distributions whose names win over those of others. A fixed set: anybody can name a project "catenary-...".
FIRST_PARTY = frozenset(
    f"catenary-{name}"
    for name in (
        "core",
        "functions",
        "links",
        "optimizers",
        "training",
        "io",
        "testing",
        "cupy",
        "onednn",
        "chainer",
    )
)

#: Kind -> first-party distribution that gives the objects of that kind, for advice on what to install.
PROVIDERS = {
    "functions": "catenary-functions",
    "links": "catenary-links",
    "initializers": "catenary-links",
    "optimizers": "catenary-optimizers",
    "optimizer_hooks": "catenary-optimizers",
    "extensions": "catenary-training",
    "triggers": "catenary-training",
    "serializers": "catenary-io",
    "datasets": "catenary-io",
}
