"""The errors of the driver, as CuPy raises them."""

from __future__ import annotations

INVALID_VALUE, INVALID_DEVICE, INVALID_HANDLE = 1, 101, 400
CAPTURE_UNSUPPORTED, CAPTURE_INVALIDATED, CAPTURE_MERGE, CAPTURE_UNMATCHED, CAPTURE_UNJOINED = 900, 901, 902, 903, 904
CAPTURE_ISOLATION, CAPTURE_IMPLICIT, CAPTURED_EVENT = 905, 906, 907

_TEXTS = {
    INVALID_VALUE: "cudaErrorInvalidValue: invalid argument",
    INVALID_HANDLE: "cudaErrorInvalidResourceHandle: invalid resource handle",
    INVALID_DEVICE: "cudaErrorInvalidDevice: invalid device ordinal",
    CAPTURE_UNSUPPORTED: "cudaErrorStreamCaptureUnsupported: operation not permitted when stream is capturing",
    CAPTURE_INVALIDATED: "cudaErrorStreamCaptureInvalidated: operation failed due to a previous error during capture",
    CAPTURE_UNMATCHED: "cudaErrorStreamCaptureUnmatched: capture was not ended in the same stream as it began",
    CAPTURE_MERGE: "cudaErrorStreamCaptureMerge: operation would result in a merge of separate capture sequences",
    CAPTURE_UNJOINED: "cudaErrorStreamCaptureUnjoined: capturing stream has unjoined work",
    CAPTURE_ISOLATION: "cudaErrorStreamCaptureIsolation: dependency created on uncaptured work in another stream",
    CAPTURED_EVENT: "cudaErrorCapturedEvent: operation not permitted on an event last recorded in a capturing stream",
    CAPTURE_IMPLICIT: "cudaErrorStreamCaptureImplicit: operation would make the legacy stream depend on a capturing "
    "blocking stream",
}


class CUDARuntimeError(RuntimeError):
    """An error that the CUDA runtime reports by a number."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(_TEXTS.get(status, f"CUDA error {status}"))

    def __reduce__(self) -> tuple[type, tuple[int]]:
        return type(self), (self.status,)


class OutOfMemoryError(MemoryError):
    """The memory of a device, or the limit of its pool, does not suffice."""

    def __init__(self, size: int, total: int, limit: int = 0) -> None:
        self.size, self.total, self.limit = size, total, limit
        tail = f", limit set to: {limit:,} bytes" if limit else ""
        super().__init__(f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes{tail}).")

    def __reduce__(self) -> tuple[type, tuple[int, int, int]]:
        return type(self), (self.size, self.total, self.limit)


CUDARuntimeError.__module__ = "cupy.cuda.runtime"
OutOfMemoryError.__module__ = "cupy.cuda.memory"
