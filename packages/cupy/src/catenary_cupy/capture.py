"""Steps recorded once as a CUDA graph, and replayed: one launch in place of hundreds.

A graph holds kernels with their arguments: addresses and numbers. So the arrays of a recorded step come from a memory
pool of their own, which lives as long as the graph; inputs are copied to where the graph reads them; and numbers that
change from step to step, such as a learning rate, stand in memory that the host fills before each launch (`per_step`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from catenary import Device, Variable, get_current_reporter, report
from catenary.config import settings
from catenary.device import repeating
from catenary.errors import RecordingError, ReportError
from catenary_cupy.fusion import structures

#: Steps that run as usual before one is recorded: they make state, compile kernels, and choose algorithms.
WARM_UP = 2
#: Recordings after which a step is no longer recorded anew.
MOST = 16


class CapturedStep:
    """A step that is recorded and replayed; one that cannot be is run as it is, and a warning says why.

    Each combination of shapes, dtypes, settings and of what `frozen` returns is recorded for itself, after some steps
    that run as usual.

    Args:
        device: The GPU.
        step: A function of arrays; see `Device.captured`.
        frozen: Returns what a recorded step takes from the host as it was.

    Attributes:
        reason: Why the step is run without a graph; empty while nothing speaks against one.
        replays: How many steps were replayed.
    """

    def __init__(self, device: Device, step: Callable[..., None], frozen: Callable[[], Hashable] = tuple) -> None:
        self.device = device
        self.reason = ""
        self.replays = 0
        self._step = step
        self._frozen = frozen
        self._seen: dict[Hashable, int] = {}
        self._graphs: dict[Hashable, _Recorded] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Do the step."""
        form, arrays = structures.take_out(self.device.supported_array_types[0], (args, kwargs))
        key = self._key(form, arrays)
        if key is None:
            self._step(*args, **kwargs)
            return
        with self.device.create_context():
            if key in self._graphs:
                self._graphs[key].replay(arrays)
                self.replays += 1
            elif self._seen.setdefault(key, 0) < WARM_UP:
                self._seen[key] += 1
                self._step(*args, **kwargs)
            else:
                self._record(key, form, arrays)

    def _key(self, form: Any, arrays: Sequence[Any]) -> Hashable:
        if self.reason:
            return None
        key = (
            tuple((a.shape, a.dtype.str) for a in arrays),
            repr(form),
            (settings.train, settings.dtype, settings.deterministic, settings.mode),
            self._frozen(),
        )
        if key not in self._seen and len(self._seen) >= MOST:
            self._give_up(f"there were {MOST} different shapes, settings or numbers of the host already")
            return None
        return key

    def _record(self, key: Hashable, form: Any, arrays: Sequence[Any]) -> None:
        recorded = _Recorded(self.device, self._step, form, arrays)
        if recorded.problem:
            self._give_up(recorded.problem)
            args, kwargs = structures.put_back(form, arrays)
            with repeating.without_first(recorded.effects_done):
                self._step(*args, **kwargs)
            return
        self._graphs[key] = recorded
        recorded.launch()

    def _give_up(self, reason: str) -> None:
        self.reason = reason
        self._graphs.clear()
        warnings.warn(f"the step is not replayed as a CUDA graph: {reason}", RuntimeWarning, stacklevel=5)


class _Recorded:
    """A step as a graph, with all that it needs.

    Args:
        device: The GPU.
        step: The step.
        form: Its arguments, with places for arrays.
        arrays: The arrays.

    Attributes:
        problem: Why it could not be recorded, or an empty string.
        effects_done: How many effects on the host were done while it was recorded.
    """

    def __init__(self, device: Device, step: Callable[..., None], form: Any, arrays: Sequence[Any]) -> None:
        cupy = device.xp
        self._inputs = [cupy.array(array) for array in arrays]  # not of the pool: nothing else may get their memory
        self._pool = cupy.cuda.MemoryPool()
        self._stream = cupy.cuda.Stream(non_blocking=True)
        self._observation: dict[str, Any] = {}
        self.problem = ""
        args, kwargs = structures.put_back(form, self._inputs)
        with (
            cupy.cuda.using_allocator(self._pool.malloc),
            self._stream,
            repeating.recording() as effects,
            _scope(self._observation),
        ):
            self._stream.begin_capture()
            try:
                step(*args, **kwargs)
            except Exception as error:  # whatever a step did that cannot be recorded; it is run again without
                self.problem = (
                    f"{type(error).__name__}: {error}" if not isinstance(error, RecordingError) else str(error)
                )
            self._graph = self._end_capture()
        self._effects = effects
        self.effects_done = sum(not isinstance(effect, _Filling) for effect in effects)
        for name, value in self._observation.items():
            if not isinstance(_array_of(value), cupy.ndarray) and not self.problem:
                self.problem = f"it reports {name!r}, which is computed on the host"

    def _end_capture(self) -> Any:
        try:
            return self._stream.end_capture()
        except Exception as error:  # CUDA says here that something in between was not allowed
            self.problem = self.problem or f"{type(error).__name__}: {error}"
            return None

    def launch(self) -> None:
        """Do the step that was recorded: its effects on the host were done meanwhile."""
        for effect in self._effects:
            if isinstance(effect, _Filling):
                effect()
        self._run()

    def replay(self, arrays: Sequence[Any]) -> None:
        """Do the step with other inputs."""
        for mine, given in zip(self._inputs, arrays, strict=True):
            if mine is not given:
                mine[...] = given
        for effect in self._effects:
            effect()
        self._run()

    def _run(self) -> None:
        self._graph.launch()
        if self._observation:
            report({name: Variable(_array_of(value).copy()) for name, value in self._observation.items()})


class _Filling:
    """Fills an array with what the host computes for each step.

    Args:
        array: The array.
        compute: Returns its contents.
    """

    def __init__(self, array: Any, compute: Callable[[], np.ndarray[Any, Any]]) -> None:
        self._array = array
        self._compute = compute

    def __call__(self) -> None:
        self._array.set(self._compute())


def per_step(device: Device, shape: tuple[int, ...], dtype: Any, compute: Callable[[], np.ndarray[Any, Any]]) -> Any:
    """Return an array on the device with what the host computes, at each step anew where a step is being recorded.

    Args:
        device: The GPU.
        shape: Of the array.
        dtype: Of the array.
        compute: Returns the contents; if a step is being recorded, it is called before each launch, not now.
    """
    if not repeating.is_recording():
        return device.xp.asarray(compute())
    # Not of the step's own pool: there the memory may have served something that the graph writes before it reads this.
    with device.xp.cuda.using_allocator(device.xp.get_default_memory_pool().malloc):
        array = device.xp.empty(shape, dtype)
    repeating.before_replay(_Filling(array, compute))
    return array


def _array_of(value: Any) -> Any:
    return value.array if isinstance(value, Variable) else value


def _scope(observation: dict[str, Any]) -> AbstractContextManager[Any]:
    """Let reports go to `observation`, if anybody takes reports."""
    try:
        return get_current_reporter().scope(observation)
    except ReportError:
        return nullcontext()
