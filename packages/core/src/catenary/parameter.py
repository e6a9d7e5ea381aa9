"""Parameter: a Variable that a link owns and an optimizer updates."""

from __future__ import annotations

from typing import Any

import numpy as np

from catenary.config import settings
from catenary.device import Device, current, device_of, get_device
from catenary.errors import ArgumentError, ArgumentTypeError, ShapeError
from catenary.graph.half import is_half
from catenary.types import Array, InitializerSpec, Shape
from catenary.variable import Variable, is_array


class Parameter(Variable):
    """A Variable that a link owns and an optimizer updates.

    Without a shape it is lazy: its array is None until `initialize` is called with the shape.

    Args:
        initializer: A number, an array (which is then the data), a callable that fills an array in place, or
            None for NaN.
        shape: The shape, or None if it is not known yet.
        name: A name, shown in graphs and files.
        layout: Only None.

    Example:
        >>> import numpy as np
        >>> from catenary import Parameter
        >>> W = Parameter(0.5)
        >>> W.is_initialized
        False
        >>> W.initialize((2, 2))
        >>> W.array
        array([[0.5, 0.5],
               [0.5, 0.5]], dtype=float32)
    """

    initializer: Any = None
    update_rule: Any = None
    _zero_grad = False  # asked for zeros of a gradient before the shape was known
    _home: Device | None = None  # the device asked for before the shape was known

    def __init__(
        self,
        initializer: InitializerSpec = None,
        shape: int | Shape | None = None,
        name: str | None = None,
        *,
        layout: None = None,
    ) -> None:
        super().__init__(name=name)
        self.as_layout(layout)
        if shape is None and is_array(initializer):
            self.array = initializer
            initializer = None
        self.initializer = initializer
        if shape is not None:
            self.initialize(shape)

    @property
    def is_initialized(self) -> bool:
        """Whether the array is there."""
        return self._array is not None

    @property
    def dtype(self) -> Any:
        """The dtype of the array, or the one that it will have."""
        if self._array is not None:
            return self._array.dtype
        dtype = getattr(self.initializer, "dtype", None)
        return settings.dtype if dtype is None else np.dtype(dtype)

    def initialize(self, shape: int | Shape) -> None:
        """Make the array; one that was given is copied.

        Args:
            shape: Its shape.

        Raises:
            ShapeError: If the initializer, or the array that was given, does not fit the shape.
            ArgumentError: If there is no such shape.
            ArgumentTypeError: If the initializer is of another kind.
        """
        given = self._array if self.initializer is None else None
        initial, device = (
            (self.initializer, self._home or current.get_current()) if given is None else (given, self.device)
        )
        self._array = make_array(initial, shape, device, self.dtype)
        if self._zero_grad:
            self.zerograd()

    def _takes_grad_of(self, dtype: Any) -> bool:
        # A gradient that is divided by a loss scale would vanish in half precision.
        return super()._takes_grad_of(dtype) or (dtype == np.float32 and is_half(self._array.dtype))

    def cleargrad(self) -> None:
        self._kept_grad = None
        self._zero_grad = False

    def zerograd(self) -> None:
        super().zerograd()
        self._zero_grad = self._array is None

    def to_device(self, device: Any) -> None:
        super().to_device(device)
        self._home = get_device(device)
        if is_array(self.initializer):
            self.initializer = self._home.send(self.initializer)

    @property
    def device(self) -> Device:
        """The device where the array lives or will live."""
        return self._home or current.get_current() if self._array is None else device_of(self._array)

    def copydata(self, var: Variable) -> None:
        if var._array is not None and self._array is None:
            self.initialize(var._array.shape)
        super().copydata(var)

    def update(self) -> None:
        """Update the array by the update rule that an optimizer gave, if any."""
        if self.update_rule is not None:
            self.update_rule.update(self)

    @property
    def label(self) -> str:
        return super().label


def make_array(initializer: Any, shape: int | Shape, device: Device, dtype: Any) -> Array:
    """Return a new array on `device`, filled by `initializer`."""
    shape = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    if not all(isinstance(n, int | np.integer) and n >= 0 for n in shape):
        raise ArgumentError(f"Parameter.initialize: the shape must be a tuple of numbers from 0, got {shape}")
    known = initializer is None or callable(initializer) or is_array(initializer)
    if not known and not isinstance(initializer, int | float | np.generic):
        raise ArgumentTypeError(
            "Parameter: the initializer must be a number, an array, a callable that fills an array, or None, "
            f"got {initializer!r}"
        )
    xp = device.xp
    with device.create_context():
        if callable(initializer):
            array = xp.empty(shape, dtype)
            initializer(array)
            return array
        if is_array(initializer) and initializer.shape not in (shape, ()):
            raise ShapeError(f"Parameter.initialize: the initial array has shape {initializer.shape}, expected {shape}")
        value = np.nan if initializer is None else initializer
        return xp.full(shape, device.send(value) if is_array(value) else value, dtype)
