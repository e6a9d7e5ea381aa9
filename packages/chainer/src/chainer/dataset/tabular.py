"""Tabular data sets: those of `catenary.datasets`."""

from __future__ import annotations

from catenary.datasets import tabular

DelegateDataset = tabular.DelegateDataset
from_data = tabular.from_data
