"""A trainer that Chainer 7.8.1 saved goes on here as it went on there."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import catenary
from catenary import training

GOLDEN = Path(__file__).parent / "golden"
MAKE = runpy.run_path(str(GOLDEN / "make_snapshot.py"))


def test_it_goes_on(tools, tmp_path):
    trainer = MAKE["trainer"](catenary, training, 12, tmp_path)
    with np.load(GOLDEN / "snapshot.npz") as file:
        entries = dict(file)
    asked = set()

    class Loader(tools.Loader):
        def __getitem__(self, key):
            return Loader(self.entries, self.dry, f"{self.path}{key}/")

        def __call__(self, key, value):
            asked.add(self.path + key)
            return super().__call__(key, value)

    trainer.serialize(Loader(entries, dry=False))
    assert asked == set(entries)
    trainer.run()
    found, expected = MAKE["log_of"](trainer), json.loads((GOLDEN / "snapshot.json").read_text("utf-8"))
    assert [set(record) for record in found] == [set(record) for record in expected]
    assert found == [pytest.approx(record, rel=1e-12) for record in expected]
    points = trainer.get_extension("PlotReport")._points["loss"]
    assert points[:2] == json.loads(str(entries["extensions/PlotReport/_plot_plot.png"]))["loss"]
