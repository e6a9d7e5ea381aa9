"""ReductionKernel: C that maps, reduces and finishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from cupy_stand_in.array import ndarray
from cupy_stand_in.dispatch import check_devices
from cupy_stand_in.kernels import compiler
from cupy_stand_in.kernels.parameters import (
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


class ReductionKernel:
    """A reduction along axes, by expressions of C.

    Args:
        in_params: Inputs.
        out_params: The output.
        map_expr: What is reduced, from the inputs.
        reduce_expr: From `a` and `b` to one.
        post_map_expr: From `a` to the output.
        identity: What the reduction begins with, or None.
    """

    def __init__(
        self, in_params: str, out_params: str, map_expr: str, reduce_expr: str, post_map_expr: str, identity: Any,
        name: str = "reduce_kernel", reduce_type: str | None = None, reduce_dims: bool = True, preamble: str = "",
        options: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        check_name(name)
        self.in_params, self.out_params = parse(in_params), parse(out_params)
        self.nin, self.nout = len(self.in_params), len(self.out_params)
        self.nargs = self.nin + self.nout
        self.name, self.identity, self.preamble, self.options = name, identity, preamble, options
        self.map_expr, self.reduce_expr, self.post_map_expr = map_expr, reduce_expr, post_map_expr
        self.reduce_type = reduce_type

    def __call__(
        self, *args: Any, axis: Any = None, out: Any = None, keepdims: bool = False, stream: Any = None
    ) -> ndarray:
        check_arguments(self.name, args, self.nin, self.nout)
        inputs = args[: self.nin]
        given = args[self.nin] if len(args) > self.nin else out
        check_devices([value for value in (*args, out) if isinstance(value, ndarray)])
        outputs = () if given is None else (given,)
        letters = decide(self.out_params[: len(outputs)] + self.in_params, (*outputs, *inputs))
        types = [dtype_of(parameter, letters) for parameter in (*self.in_params, *self.out_params)]
        for parameter, dtype in zip((*self.in_params, *self.out_params), types):
            letters.setdefault(parameter.letter, dtype) if parameter.letter else None
        full = np.broadcast_shapes(*(v.shape for v in inputs if isinstance(v, ndarray)))
        axes = np.lib.array_utils.normalize_axis_tuple(range(len(full)) if axis is None else axis, len(full))
        kept = [a for a in range(len(full)) if a not in axes]
        wanted = tuple(1 if a in axes else n for a, n in enumerate(full)) if keepdims else tuple(full[a] for a in kept)
        target = ndarray(wanted, types[-1]) if given is None else given
        if target.shape != wanted:
            raise ValueError(f"output parameter for reduction operation {self.name} has the wrong shape")
        if 0 in (full[a] for a in axes) and self.identity in (None, ""):
            raise ValueError(f"zero-size array to reduction operation {self.name} which has no identity")
        views = [np.broadcast_to(host_view(v, t), full).transpose(*axes, *kept) for v, t in zip(inputs, types)]
        flat = target._raw.reshape(tuple(full[a] for a in kept)) if target.size else target._raw
        self._launch([*views, flat], types, letters, stream)
        return target

    def _launch(self, views: list[np.ndarray[Any, Any]], types: Any, letters: Any, stream: Any) -> None:
        function = getattr(compiler.load(self._source(types, letters), self.options), self.name)
        given, target = arguments(views), views[-1]
        inner = int(np.prod(views[0].shape[: views[0].ndim - target.ndim], dtype=np.int64))
        shapes = numbers(views[0].shape), numbers(target.shape)
        counts = compiler.long(inner), compiler.long(target.size), views[0].ndim, target.ndim
        record(lambda: function(*counts, *shapes, given) if len(views) else None, stream)

    def _source(self, types: Any, letters: Any) -> str:
        """Return the C of the kernel; the axes that are reduced come first."""
        names = [c_type(dtype) for dtype in types]
        out = self.out_params[0].name
        arrays = "\n".join(
            f"const CArray<{type_}> _raw_{p.name}(_a[{k}]);"
            for k, (p, type_) in enumerate(zip((*self.in_params, *self.out_params), names))
        )
        values = "\n".join(f"const {t} {p.name} = _raw_{p.name}[_in_ind.get()];" for p, t in zip(self.in_params, names))
        start = "" if self.identity in (None, "") else f" = _type_reduce({self.identity})"
        first = "_J == 0 ? _b : " if not start else ""
        return (
            f"{typedefs(letters)}typedef {self.reduce_type or names[-1]} _type_reduce;\n{self.preamble}\n"
            f"#define REDUCE(a, b) ({self.reduce_expr})\n#define POST_MAP(a) ({self.post_map_expr})\n"
            f'extern "C" void {self.name}(long long _inner, long long _outer, int _ndim, int _out_ndim,\n'
            "const long long* _shape, const long long* _out_shape, const _Argument* _a) {\n"
            f"{arrays}\nCIndexer _in_ind = {{_inner * _outer, _ndim, _shape}};\n"
            "CIndexer _out_ind = {_outer, _out_ndim, _out_shape};\n"
            f"for (ptrdiff_t _i = 0; _i < _outer; ++_i) {{\n_type_reduce _s{start};\n"
            "for (ptrdiff_t _J = 0; _J < _inner; ++_J) {\n_in_ind.set(_i + _J * _outer);\n"
            f"{values}\n_type_reduce _b = static_cast<_type_reduce>({self.map_expr});\n"
            f"_s = {first}REDUCE(_s, _b);\n}}\n"
            f"_out_ind.set(_i);\n{names[-1]}& {out} = _raw_{out}[_out_ind.get()];\nPOST_MAP(_s);\n}}\n}}\n"
        )
