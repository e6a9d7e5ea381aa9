"""What catenary-example-plugin gives. Importing this module imports nothing of the package."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_functions() -> dict[str, str]:
    return {"swiglu": "example_plugin.functions:swiglu"}


@hookimpl
def catenary_links() -> dict[str, str]:
    return {"GatedLinear": "example_plugin.links:GatedLinear"}


@hookimpl
def catenary_optimizers() -> dict[str, str]:
    return {"SignSGD": "example_plugin.optimizers:SignSGD"}


@hookimpl
def catenary_extensions() -> dict[str, str]:
    return {"Stopwatch": "example_plugin.extensions:Stopwatch"}
