"""The table of a link: outputs, parameters, bytes and multiply-adds, counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import catenary.functions as F
import catenary.links as L
from catenary import Chain, Sequential


class Net(Chain):
    def __init__(self) -> None:
        super().__init__()
        with self.init_scope():
            self.conv = L.Convolution2D(None, 4, 3, pad=1)
            self.norm = L.BatchNormalization(4)
            self.head = Sequential(L.Linear(None, 5), F.relu, L.Linear(5, 2, nobias=True))

    def forward(self, x: Any) -> Any:
        return self.head(self.norm(self.conv(x)))


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return np.ones(shape, np.float32)


def test_a_table_with_one_row_per_layer() -> None:
    net = Net()
    summary = net.summary(floats(2, 3, 6, 6))
    assert str(summary).splitlines() == [
        "layer                        output        parameters  bytes  multiply-adds",
        "Net                          (2, 2)                 0      0              0",
        "  conv (Convolution2D)       (2, 4, 6, 6)         112    448          7,776",
        "  norm (BatchNormalization)  (2, 4, 6, 6)           8     64              0",
        "  head (Sequential)          (2, 2)                 0      0              0",
        "    0 (Linear)               (2, 5)               725  2,900          1,440",
        "    1 (Linear)               (2, 2)                10     40             20",
        "total                                             855  3,452          9,236",
    ]
    assert summary.multiply_adds == 2 * 6 * 6 * 4 * 3 * 9 + 2 * 144 * 5 + 2 * 5 * 2
    assert summary.parameters == sum(param.size for param in net.params()) == 855
    assert summary.bytes == 4 * (855 + 2 * 4)


def test_nothing_is_recorded_and_statistics_stay() -> None:
    net = Net()
    net(floats(2, 3, 6, 6))
    before = net.norm.avg_mean.copy()
    net.train().summary(floats(2, 3, 6, 6))
    np.testing.assert_array_equal(net.norm.avg_mean, before)
    assert net.norm._train is True


def test_links_that_only_hold_parameters_count_where_they_are_used() -> None:
    rnn = L.NStepLSTM(2, 3, 4, 0.0)
    summary = rnn.summary(None, None, [floats(5, 3), floats(2, 3)])
    (row,) = summary.layers
    assert (row.path, row.kind, row.parameters) == ("/", "NStepLSTM", sum(p.size for p in rnn.params()))
    assert row.output == "[(2, 2, 4), (2, 2, 4), [(5, 4), (2, 4)]]"
    assert row.multiply_adds == 7 * (4 * 4 * (3 + 4) + 4 * 4 * (4 + 4))


def test_a_link_that_is_called_twice_has_one_row_and_both_costs() -> None:
    layer = L.Linear(3, 3)
    _, row = Sequential(layer, layer).summary(floats(2, 3)).layers
    assert (row.parameters, row.multiply_adds) == (12, 2 * 2 * 9)


@pytest.mark.parametrize(
    ("link", "x", "expected"),
    [
        (L.Convolution2D(4, 6, 3, groups=2), (1, 4, 5, 5), 9 * 6 * 2 * 9),
        (L.Deconvolution2D(4, 6, 3, groups=2), (1, 4, 5, 5), 25 * 4 * 3 * 9),
        (L.Convolution1D(2, 3, 2, stride=2), (2, 2, 6), 2 * 3 * 3 * 2 * 2),
        (L.Linear(4, 6), (2, 4), 48),
    ],
)
def test_multiply_adds(link: Any, x: tuple[int, ...], expected: int) -> None:
    assert link.summary(floats(*x)).multiply_adds == expected


def test_html_for_notebooks_is_escaped() -> None:
    text = Sequential(L.Linear(3, 2)).summary(floats(1, 3))._repr_html_()
    assert text.startswith("<table><tr><th>layer</th>")
    assert "&emsp;0 (Linear)" in text
    assert text.count("<tr>") == 4
