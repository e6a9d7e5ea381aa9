"""A device by its number."""

from __future__ import annotations

from typing import Any

from cupy_stand_in import memory
from cupy_stand_in.current import MEMORY, current_id, set_current
from cupy_stand_in.interface import names
from cupy_stand_in.streams import refuse


class Device:
    """A device by its number; the current one if none is given."""

    def __init__(self, device: Any = None) -> None:
        self.id = current_id() if device is None else int(device)
        self._before: list[int] = []

    def __int__(self) -> int:
        return self.id

    def use(self) -> None:
        """Make this the current device of the thread."""
        set_current(self.id)

    def __enter__(self) -> Device:
        self._before.append(current_id())
        self.use()
        return self

    def __exit__(self, *args: object) -> None:
        set_current(self._before.pop())

    def synchronize(self) -> None:
        """Wait for the device; not during a capture."""
        refuse()

    @property
    def compute_capability(self) -> str:
        return "90"

    @property
    def pci_bus_id(self) -> str:
        return f"0000:0{self.id}:00.0"

    @property
    def attributes(self) -> dict[str, int]:
        """Plausible numbers for the names that CuPy has."""
        known = {"MaxThreadsPerBlock": 1024, "WarpSize": 32, "MultiProcessorCount": 132, "MaxGridDimX": 2**31 - 1}
        prefix = "cudaDevAttr"
        found = [name.removeprefix(prefix) for name in names("cupy.cuda.runtime") if name.startswith(prefix)]
        return {name: known.get(name, 1) for name in found} | {"MaxSharedMemoryPerBlock": 48 << 10}

    @property
    def mem_info(self) -> tuple[int, int]:
        """Bytes that are free, and all."""
        return MEMORY - memory.reserved_bytes(self.id), MEMORY

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Device) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<CUDA Device {self.id}>"


Device.__module__ = "cupy.cuda.device"
