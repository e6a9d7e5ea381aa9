"""ElementwiseKernel: C for one element, run for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import check_devices
from cupy_stand_in.kernels import compiler
from cupy_stand_in.kernels.parameters import (
    Parameter,
    arguments,
    c_type,
    check_arguments,
    check_name,
    decide,
    dtype_of,
    host_view,
    numbers,
    parse,
    typedefs,
)
from cupy_stand_in.streams import record


class ElementwiseKernel:
    """A function of C for each element of its arguments, which are broadcast.

    Args:
        in_params: Inputs, such as `"T x, float32 a"`.
        out_params: Outputs.
        operation: The body of the loop.
        name: The name of the function.
        loop_prep: C that stands before the loop.
        after_loop: C that stands after it.
        preamble: C that stands before the function.
    """

    def __init__(
        self,
        in_params: str,
        out_params: str,
        operation: str,
        name: str = "kernel",
        reduce_dims: bool = True,
        preamble: str = "",
        no_return: bool = False,
        return_tuple: bool = False,
        *,
        options: tuple[str, ...] = (),
        loop_prep: str = "",
        after_loop: str = "",
    ) -> None:
        check_name(name)
        self.in_params, self.out_params = parse(in_params), parse(out_params)
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        self.params = self.in_params + self.out_params
        self.operation, self.name, self.preamble, self.reduce_dims = operation, name, preamble, reduce_dims
        self.no_return, self.return_tuple = no_return, return_tuple
        self._options, self._loop_prep, self._after_loop = options, loop_prep, after_loop
        names = [parameter.name for parameter in self.params]
        if len(set(names)) < len(names):
            raise ValueError(f"kernel {name}: a name is given twice among {names}")

    def __call__(
        self, *args: Any, size: int | None = None, stream: Any = None, block_size: int = 128, **rest: Any
    ) -> Any:
        if rest:
            raise TypeError(f"Wrong arguments {rest}")
        check_arguments(self.name, args, self.nin, self.nout)
        inputs, outputs = args[: self.nin], args[self.nin :]
        if not all(isinstance(out, ndarray) for out in outputs):
            raise TypeError("Output arguments type must be cupy.ndarray")
        check_devices([value for value in args if isinstance(value, ndarray)])
        letters = decide(self.out_params[: len(outputs)] + self.in_params, (*outputs, *inputs))
        shape = self._shape(args, size)
        types = [dtype_of(parameter, letters) for parameter in self.params]
        for parameter, dtype in zip(self.params, types):
            letters.setdefault(parameter.letter, dtype) if parameter.letter else None
        if not outputs:
            outputs = tuple(ndarray(shape, dtype) for dtype in types[self.nin :])
        self._launch((*inputs, *outputs), types, letters, shape, stream)
        if self.no_return:
            return None
        return outputs[0] if len(outputs) == 1 and not self.return_tuple else outputs

    def _shape(self, args: tuple[Any, ...], size: int | None) -> tuple[int, ...]:
        """Return the shape of the loop."""
        shapes = [v.shape for p, v in zip(self.params, args) if isinstance(v, ndarray) and not p.raw]
        if size is not None:
            if shapes:
                raise ValueError("Specified 'size' can be used only if all of the ndarray are 'raw'.")
            return (size,)
        if not shapes:
            raise ValueError("Loop size is undecided.")
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            shown = " ".join(map(str, shapes))
            raise ValueError(f"operands could not be broadcast together with shapes {shown}") from None
        for parameter, out in zip(self.out_params, args[self.nin :]):
            if not parameter.raw and out.shape != shape:
                raise ValueError("Out shape is mismatched")
        return shape

    def _launch(self, values: Any, types: Any, letters: Any, shape: tuple[int, ...], stream: Any) -> None:
        """Run the kernel now, or when the graph is launched; views of the memory are all that is kept."""
        scalars = [not isinstance(value, ndarray) for value in values]
        library = compiler.load(self._source(types, letters, scalars), self._options)
        views = [host_view(value, dtype) for value, dtype in zip(values, types)]
        spread = [
            view if parameter.raw or scalar else np.broadcast_to(view, shape)
            for view, parameter, scalar in zip(views, self.params, scalars)
        ]
        given = arguments(spread)
        count, axes = int(np.prod(shape, dtype=np.int64)), numbers(shape)
        function = getattr(library, self.name)
        record(lambda: function(compiler.long(count), len(shape), axes, given) if views or count else None, stream)

    def _source(self, types: Any, letters: Any, scalars: list[bool]) -> str:
        """Return the C of the kernel."""
        before, inside = [], []
        for place, (parameter, dtype, scalar) in enumerate(zip(self.params, types, scalars)):
            const = "const " if place < self.nin else ""
            before.append(_declare(parameter, c_type(dtype), place, scalar, const))
            if not parameter.raw and not scalar:
                inside.append(f"{const}{c_type(dtype)}& {parameter.name} = _raw_{parameter.name}[_ind.get()];")
        lines = "\n".join
        return (
            f"{typedefs(letters)}{self.preamble}\n"
            f'extern "C" void {self.name}(long long _n, int _ndim, const long long* _shape, const _Argument* _a) {{\n'
            f"CIndexer _ind = {{_n, _ndim, _shape}};\n{lines(before)}\n{self._loop_prep};\n"
            f"for (ptrdiff_t i = 0; i < _ind.size(); ++i) {{\n_ind.set(i);\n{lines(inside)}\n{self.operation};\n}}\n"
            f"{self._after_loop};\n}}\n"
        )


def _declare(parameter: Parameter, type_: str, place: int, scalar: bool, const: str) -> str:
    """Return the C that gives an argument its name."""
    if scalar:
        return f"const {type_} {parameter.name} = *({type_}*)_a[{place}].data;"
    name = parameter.name if parameter.raw else f"_raw_{parameter.name}"
    return f"const CArray<{const}{type_}> {name}(_a[{place}]);"
