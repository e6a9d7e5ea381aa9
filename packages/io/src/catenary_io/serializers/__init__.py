"""Serializers: use them as ``catenary.serializers``."""

from catenary_io.serializers.deserializer import EntriesDeserializer
from catenary_io.serializers.dictionary import DictionarySerializer, collect
from catenary_io.serializers.formats import Format, get_format, load, open_file, save
from catenary_io.serializers.hdf5 import HDF5Deserializer, HDF5Serializer, load_hdf5, save_hdf5
from catenary_io.serializers.names import Entries, from_torch, renamed, to_torch
from catenary_io.serializers.npz import NpzDeserializer, load_npz, open_npz, save_npz
from catenary_io.serializers.safetensors import load_safetensors, open_safetensors, save_safetensors
from catenary_io.serializers.stored import StoredArray

__all__ = [
    "DictionarySerializer",
    "Entries",
    "EntriesDeserializer",
    "Format",
    "HDF5Deserializer",
    "HDF5Serializer",
    "NpzDeserializer",
    "StoredArray",
    "collect",
    "from_torch",
    "get_format",
    "load",
    "load_hdf5",
    "load_npz",
    "load_safetensors",
    "open_file",
    "open_npz",
    "open_safetensors",
    "renamed",
    "save",
    "save_hdf5",
    "save_npz",
    "save_safetensors",
    "to_torch",
]
