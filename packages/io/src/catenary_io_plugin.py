"""What catenary-io registers; importing this module imports nothing else of the package."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_serializers() -> dict[str, str]:
    return {
        "npz": "catenary_io.serializers.npz:NPZ_FORMAT",
        "hdf5": "catenary_io.serializers.hdf5:HDF5_FORMAT",
    }


@hookimpl
def catenary_datasets() -> dict[str, str]:
    return {"get_digits": "catenary_io.datasets:get_digits"}
