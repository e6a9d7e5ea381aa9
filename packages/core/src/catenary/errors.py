"""Every exception and warning that Catenary raises on purpose.

The tree (each class is also the builtin kind in brackets, so that plain `except ValueError` works)::

    CatenaryError
    ├── ArgumentError [ValueError]             a value, shape or dtype that a call cannot use
    │   └── ShapeError
    ├── ArgumentTypeError [TypeError]          an object of the wrong kind
    ├── GraphError [RuntimeError]              a graph or a gradient asked for in the wrong way
    │   ├── NaNError                           debug mode met NaN
    │   └── DeterminismError                   `deterministic` is set, and the result would not be reproducible
    ├── DeviceError [RuntimeError]             arrays on the wrong device
    │   ├── DeviceNotFoundError                no such device, or its package is not installed
    │   └── RecordingError                     a step that a device cannot record and replay
    ├── DeclarationError [TypeError]           a function, link or rule that is declared wrongly
    ├── UninitializedParameterError [RuntimeError]
    ├── LinkError [ValueError]                 parameters and children of links
    ├── SubpackageNotInstalledError [ModuleNotFoundError]  a first-party package that is not installed
    ├── SerializationError [ValueError]        a value that no file can hold
    │   ├── FileFormatError                    a file that is damaged or of another format
    │   └── LoadMismatchError                  a file whose contents do not fit the object
    ├── PluginError [ImportError]              a plugin, or what it names, cannot be loaded
    ├── UnknownNameError [LookupError]         a name that no plugin gives
    ├── AmbiguousNameError [LookupError]       a name that several plugins give
    ├── OptimizerError [RuntimeError]          an optimizer used in the wrong order
    ├── DownloadError [OSError]                 a file that no server gives, or not as it should be
    ├── TrainingError [RuntimeError]           a training loop that cannot begin or go on
    ├── MissingLibraryError [ImportError]      an optional library that is not installed
    ├── ReportError [LookupError]              a report that has no reporter, or whose observer has no name
    └── NotAvailableError [NotImplementedError]  what Chainer had and Catenary leaves out

PluginWarning [UserWarning]                    a plugin was found and cannot be used
DeterminismWarning [UserWarning]               `deterministic` is "warn", and a result may not be reproducible

Packages have warnings of their own: `TimeoutWarning` of the iterators, when a worker takes long.
"""

from __future__ import annotations


class CatenaryError(Exception):
    """Root of all exceptions that Catenary raises on purpose."""


class ArgumentError(CatenaryError, ValueError):
    """A value, a shape or a dtype that the called function cannot use."""


class ShapeError(ArgumentError):
    """Arrays whose shapes do not fit together."""


class ArgumentTypeError(CatenaryError, TypeError):
    """An object of a kind that the called function does not take."""


class GraphError(CatenaryError, RuntimeError):
    """A graph or a gradient asked for in a way that has no answer."""


class NaNError(GraphError):
    """A function made NaN while the setting `debug` was on."""


class DeterminismError(GraphError):
    """The setting `deterministic` is on, and a function would give results that are not reproducible."""


class DeviceError(CatenaryError, RuntimeError):
    """Arrays that live on another device than the call needs."""


class DeviceNotFoundError(DeviceError):
    """A device that does not exist here, or whose package is not installed."""


class RecordingError(DeviceError):
    """A step that cannot be recorded once and replayed."""


class DeclarationError(CatenaryError, TypeError):
    """A function, rule or link that is declared wrongly."""


class UninitializedParameterError(CatenaryError, RuntimeError):
    """A parameter was used before its shape was known."""


class LinkError(CatenaryError, ValueError):
    """Parameters or children that do not fit into their link."""


class NotAvailableError(CatenaryError, NotImplementedError):
    """Something that Chainer had and Catenary leaves out."""


class SerializationError(CatenaryError, ValueError):
    """A value that a file cannot hold, or one that cannot be had back from it."""


class FileFormatError(SerializationError):
    """A file that is damaged, of another format, or of no known one."""


class LoadMismatchError(SerializationError):
    """A file whose contents do not fit the object they were to be loaded into."""


class PluginError(CatenaryError, ImportError):
    """A plugin, or the object that it names, that cannot be loaded."""


class UnknownNameError(CatenaryError, LookupError):
    """A name that no usable plugin gives."""


class AmbiguousNameError(CatenaryError, LookupError):
    """A name that several plugins give; the message lists the qualified names."""


class OptimizerError(CatenaryError, RuntimeError):
    """An optimizer that is used before `setup`, or counted twice."""


class DownloadError(CatenaryError, OSError):
    """A file that no server gives, or one with another checksum than it should have."""


class TrainingError(CatenaryError, RuntimeError):
    """A training loop that cannot begin, or cannot go on."""


class MissingLibraryError(CatenaryError, ImportError):
    """An optional library that is not installed; the message says how to install it."""


class ReportError(CatenaryError, LookupError):
    """A report that has no reporter, or that comes from an observer without a name."""


class DeterminismWarning(UserWarning):
    """The setting `deterministic` is "warn", and a result may differ from run to run."""


class PluginWarning(UserWarning):
    """A plugin was found and cannot be used; it is ignored."""


class SubpackageNotInstalledError(CatenaryError, ModuleNotFoundError):
    """A first-party subpackage was asked for whose distribution is not installed."""
