"""Tabular data sets: those of `catenary.datasets`."""

from __future__ import annotations

import importlib

from catenary.datasets import tabular

importlib.import_module("chainer.dataset.tabular.from_data")  # imported later, it would take the function's name
DelegateDataset = tabular.DelegateDataset
from_data = tabular.from_data
