"""Every file format of this package, held to the conformance kit."""

from __future__ import annotations

from catenary.plugins import registry
from catenary.testing import SerializerCase, serializer_tests, untested

CASES = [SerializerCase(registry.get("serializers", name)) for name in ("npz", "hdf5", "safetensors")]

test_formats = serializer_tests(CASES)


def test_every_registered_format_has_a_case() -> None:
    assert untested("serializers", "catenary-io", CASES) == []
