"""Serializers: use them as ``catenary.serializers``."""

from catenary_io.serializers.deserializer import EntriesDeserializer
from catenary_io.serializers.dictionary import DictionarySerializer, collect
from catenary_io.serializers.formats import Format, get_format, load, save
from catenary_io.serializers.hdf5 import HDF5Deserializer, HDF5Serializer, load_hdf5, save_hdf5
from catenary_io.serializers.npz import NpzDeserializer, load_npz, open_npz, save_npz

__all__ = [
    "DictionarySerializer",
    "EntriesDeserializer",
    "Format",
    "HDF5Deserializer",
    "HDF5Serializer",
    "NpzDeserializer",
    "collect",
    "get_format",
    "load",
    "load_hdf5",
    "load_npz",
    "open_npz",
    "save",
    "save_hdf5",
    "save_npz",
]
