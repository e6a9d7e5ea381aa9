from __future__ import annotations

import pytest

from catenary.errors import ArgumentError
from catenary.plugins import ImplementationName, PluginRecord


def test_an_implementation_name_has_three_parts():
    parsed = ImplementationName.parse("convolution_2d@numpy:onednn")
    assert parsed == ("convolution_2d", "numpy", "onednn")


@pytest.mark.parametrize(
    "text",
    ["", "relu", "relu@numpy", "relu:onednn", "@numpy:onednn", "relu@:onednn", "relu@numpy:", "re lu@numpy:x",
     "relu@@numpy:x", "relu@numpy:0:x", "relu@numpy:x y"],
)  # fmt: skip
def test_another_form_is_an_error_that_shows_the_right_one(text):
    with pytest.raises(ArgumentError, match="'<function>@<device kind>:<provider>'") as caught:
        ImplementationName.parse(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("distribution", "first"),
    [("catenary-links", True), ("catenary-io", True), ("catenary-evil", False), ("catenary", False)],
)
def test_first_party_is_a_fixed_set_of_names_not_a_prefix(distribution, first):
    assert PluginRecord(distribution, "1").first_party is first
