"""What catenary-testing gives: the tripwire device."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_devices() -> dict[str, str]:
    return {"tripwire": "catenary_testing.tripwire:open_device"}
