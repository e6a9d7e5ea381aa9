"""Data sets of examples with named elements, which are read by columns."""

from catenary_io.datasets.tabular.adapters import from_arrow, from_huggingface
from catenary_io.datasets.tabular.columns import from_data
from catenary_io.datasets.tabular.dataset import TabularDataset
from catenary_io.datasets.tabular.views import DelegateDataset

__all__ = ["DelegateDataset", "TabularDataset", "from_arrow", "from_data", "from_huggingface"]
