"""What catenary-io registers; importing this module imports nothing else of the package."""

from __future__ import annotations

from catenary.plugins import hookimpl

CATENARY_API = "1.0"


@hookimpl
def catenary_serializers() -> dict[str, str]:
    return {
        "npz": "catenary_io.serializers.npz:NPZ_FORMAT",
        "hdf5": "catenary_io.serializers.hdf5:HDF5_FORMAT",
        "safetensors": "catenary_io.serializers.safetensors:SAFETENSORS_FORMAT",
    }


@hookimpl
def catenary_commands() -> dict[str, str]:
    return {"inspect": "catenary_io.commands:inspect", "convert": "catenary_io.commands:convert"}


@hookimpl
def catenary_datasets() -> dict[str, str]:
    names = (
        "get_cifar10",
        "get_cifar100",
        "get_digits",
        "get_fashion_mnist",
        "get_kuzushiji_mnist",
        "get_mnist",
        "get_ptb_words",
        "get_svhn",
    )
    return {name: f"catenary_io.datasets:{name}" for name in names}
