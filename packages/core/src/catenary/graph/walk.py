"""The backward walk: from outputs to leaves, each node after all of its users."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import partial
from heapq import heapify, heappop, heappush, heappushpop
from typing import Any, TypeAlias

import numpy as np

from catenary.arithmetic import cast, sum_to
from catenary.config import DEBUG, HOOKS, RAW, force_backprop_mode, settings
from catenary.errors import ArgumentTypeError, GraphError, ShapeError
from catenary.graph.call import check_nan, source_of
from catenary.graph.hooks import with_backward_hooks
from catenary.graph.node import AliasNode, DeclaredNode, Node, OutputNode, Pairs, reachable
from catenary.types import Array, Shape
from catenary.variable import Variable, as_array, as_variable

Step: TypeAlias = Callable[[Node, Any], Pairs]


def walk(grads: dict[Any, Any], step: Step | None, keep: Container[Node] | None = None) -> dict[Node, Any]:
    """Carry gradients from outputs to leaves.

    A node's number is smaller than those of all nodes before it, so the smallest waiting one has got all of its
    gradient. Gradients of nodes are dropped as soon as they were passed on.

    Args:
        grads: The gradients to begin with, by source. At the end it holds those of the leaves.
        step: How a node passes its gradient on; None is the quick way, on arrays.
        keep: The nodes whose gradients are returned.
    """
    waiting = [(source.order, source) for source in grads if source.order]
    heapify(waiting)
    kept: dict[Node, Any] = {}
    node = heappop(waiting)[1] if waiting else None
    gy = grads.pop(node, None)
    arriving: Any = None
    try:
        while node is not None:
            if gy.shape != node.shape or gy.dtype is not node.dtype:
                gy = fit(gy, node.shape, node.dtype, node)
            if keep is not None and node in keep:
                kept[node] = gy
            following = None  # mostly the next node is the only one waiting: it goes through neither dict nor heap
            for source, gx in node.propagate(gy) if step is None else step(node, gy):
                if gx is None or source is None:
                    continue
                if source in grads:
                    old = grads[source]
                    if gx.shape != old.shape:
                        old, gx = _fitted(old, gx, source, node)
                    if source.order:
                        grads[source] = old + gx  # the old one may be another's, too
                    else:
                        old += gx
                        grads[source] = old
                elif not source.order:
                    # A leaf's gradient is the user's to change: it must share no memory with another.
                    shared = gx is gy or (gx.__class__ is not Variable and gx.base is not None)
                    grads[source] = gx.copy() if shared and gx.__class__ is not Variable else gx
                elif following is None:
                    following, arriving = source, gx
                elif source is following:
                    if gx.shape != arriving.shape:
                        arriving, gx = _fitted(arriving, gx, source, node)
                    arriving = arriving + gx
                else:
                    grads[source] = gx
                    heappush(waiting, (source.order, source))
            if following is None:
                node = heappop(waiting)[1] if waiting else None
                gy = grads.pop(node, None)
            elif not waiting or following.order < waiting[0][0]:
                node, gy = following, arriving
            else:
                grads[following] = arriving
                node = heappushpop(waiting, (following.order, following))[1]
                gy = grads.pop(node)
    except Exception as error:
        error.add_note(f"(in the backward pass, at {_named(node)})")
        raise
    return kept


def _fitted(old: Any, gx: Any, source: Any, node: Node) -> tuple[Any, Any]:
    return fit(old, source.shape, source.dtype, node), fit(gx, source.shape, source.dtype, node)


def fit(gx: Any, shape: Shape | None, dtype: Any, node: Any) -> Any:
    """Return a gradient summed over the axes that were broadcast, in the dtype of its value.

    Raises:
        ShapeError: If no broadcasting leads from `shape` to that of the gradient: a wrong rule.
    """
    if shape is None:
        return gx
    if gx.shape != shape:
        if not _fits(gx, shape):
            raise ShapeError(
                f"backward: a gradient of shape {gx.shape} came to {_named(node)}, expected {shape}: the gradient rule "
                "of a function that took it is wrong (the setting debug names it)"
            )
        gx = sum_to(gx, shape)
    return gx if gx.dtype == dtype else cast(gx, dtype)


def _fits(gx: Any, shape: Shape | None) -> bool:
    """Return whether broadcasting leads from `shape` to that of the gradient."""
    try:
        return shape is None or np.broadcast_shapes(gx.shape, shape) == gx.shape
    except ValueError:
        return False


def _named(source: Any) -> str:
    """Return a value of the graph in words."""
    if isinstance(source, Node):
        return f"what {source.label} made"
    return f"the Variable {source.name!r}" if source.name else f"a {type(source).__name__}"


# --- how a node passes its gradient on ---


def _differentiable(node: Node, gy: Any, wanted: set[Any] | None) -> Pairs:
    """Pass a gradient on as Variables with a graph of their own: the same rules, on what the node kept."""
    twin = node.twin(variable_of, wanted)
    composed = isinstance(twin, DeclaredNode) and twin.composed is not None
    pairs = _through_composed(twin, gy) if composed else twin.propagate(gy)  # type: ignore[arg-type]
    return pairs if wanted is None else [pair for pair in pairs if pair[0] in wanted]


def _restricted(node: Node, gy: Any, wanted: set[Any]) -> Pairs:
    return [pair for pair in node.twin(None, wanted).propagate(gy) if pair[0] in wanted]


def variable_of(source: Any, array: Array) -> Any:
    """Return a Variable with this array that leads back to `source`; the array if nothing does."""
    if source is None or array is None:
        return array
    if isinstance(source, Variable):
        if source._array is array:
            return source
        source = AliasNode(source, array)
    variable = Variable.__new__(Variable)
    variable._array, variable._node = array, source
    return variable


def _through_composed(node: DeclaredNode, gy: Any) -> Pairs:
    """Compute a fused function once more out of others, and pass the gradient on through these."""
    assert node.composed is not None
    inputs = [list(node.arrays)] if node.takes_list else node.arrays
    ys = node.composed(
        **dict(zip((*node.input_names, *node.attribute_names), (*inputs, *node.attributes), strict=True))
    )
    pairs = [(y, g) for y, g in zip(ys, gy, strict=True) if g is not None] if isinstance(gy, list) else [(ys, gy)]
    used = [(source, v) for source, v in zip(node.sources, node.arrays, strict=True) if source is not None]
    found = grad([y for y, _ in pairs], [v for _, v in used], [g for _, g in pairs], enable_double_backprop=True)
    return [(source, gx) for (source, _), gx in zip(used, found, strict=True)]


def _propagate(node: Node, gy: Any) -> Pairs:
    return node.propagate(gy)


def _checked(step: Step) -> Step:
    """Return `step` looking for NaN and for wrong shapes in what it gives."""

    def checked(node: Node, gy: Any) -> Pairs:
        pairs = list(step(node, gy))
        if isinstance(node, OutputNode):
            return pairs
        check_nan([gx for _, gx in pairs], f"gradient of {node.label}")
        for i, (source, gx) in enumerate(pairs):
            if source is not None and gx is not None and not _fits(gx, source.shape):
                raise ShapeError(
                    f"gradient of {node.label}: result {i} has shape {gx.shape}, expected {source.shape} as the input"
                )
        return pairs

    return checked


def _step(differentiate: bool, wanted: set[Any] | None) -> Step | None:
    step: Step | None = None
    if differentiate:
        step = partial(_differentiable, wanted=wanted)
    elif wanted is not None:
        step = partial(_restricted, wanted=wanted)
    if settings.mode & HOOKS:
        step = with_backward_hooks(step or _propagate)
    if settings.mode & DEBUG:
        step = _checked(step or _propagate)
    return step


def _run(
    grads: dict[Any, Any], step: Step | None, keep: Container[Node] | None, differentiate: bool
) -> dict[Node, Any]:
    """Walk in the right mode: recording for a differentiable walk, arrays to arrays otherwise."""
    if differentiate:
        with force_backprop_mode():
            return walk(grads, step, keep)
    own = vars(settings)
    before = own.get("mode")
    own["mode"] = RAW
    try:
        return walk(grads, step, keep)
    finally:
        if before is None:
            del own["mode"]
        else:
            own["mode"] = before


# --- what users call ---


def backward(
    outputs: Sequence[Variable],
    grad_outputs: Sequence[Variable | None] | None = None,
    *,
    retain_grad: bool = False,
    enable_double_backprop: bool = False,
    loss_scale: float | None = None,
) -> None:
    """Add to the gradients of all leaves that the outputs were computed from.

    Args:
        outputs: The Variables to begin with.
        grad_outputs: Their gradients; where None, the gradient that the output has, or one if it has a
            single element.
        retain_grad: Whether the values in between keep their gradients, too.
        enable_double_backprop: Whether the gradients can be differentiated again.
        loss_scale: A factor for the gradients of ones, against underflow in half precision.

    Raises:
        GraphError: If an output needs no gradient, or has several elements and no gradient.

    Example:
        >>> import numpy as np, catenary
        >>> x = catenary.Variable(np.ones(2, np.float32))
        >>> catenary.backward([(x * 3).sum(), (x * 4).sum()])
        >>> x.grad
        array([7., 7.], dtype=float32)
    """
    outputs = _checked_variables("backward", "outputs", outputs)
    given = _checked_grads("backward", outputs, grad_outputs)
    _backward(outputs, given, retain_grad, enable_double_backprop, loss_scale)


def _backward(
    outputs: Sequence[Variable],
    given: Sequence[Variable | None],
    retain_grad: bool,
    enable_double_backprop: bool,
    loss_scale: float | None,
) -> None:
    grads: dict[Any, Any] = {}
    ones: list[tuple[Variable, Array]] = []  # what outputs without a gradient get when all went well
    for y, gy in zip(outputs, given, strict=True):
        if y._node is None or y._node.is_unchained:
            if not y.requires_grad:
                raise GraphError(
                    "backward: this Variable leads nowhere: it was made in no_backprop_mode, or nothing that it was "
                    "made from requires a gradient"
                )
            if gy is None:
                continue  # a leaf: there is nothing to go back through
            if not enable_double_backprop:
                gy = Variable(gy._array.copy(), requires_grad=False)  # theirs stays theirs
        start = y._kept_grad if gy is None else gy
        if start is None:
            ones.append((y, start := _one(y, loss_scale)))
        _add(grads, source_of(y), as_variable(start) if enable_double_backprop else as_array(start))
    kept = _run(
        grads,
        _step(enable_double_backprop, None),
        _EVERYTHING if retain_grad else None,
        enable_double_backprop,
    )
    for leaf, gx in grads.items():
        array = leaf._array
        if type(gx) is not type(array) or gx.shape != array.shape or gx.dtype is not array.dtype:
            gx = _leaf_gradient(gx, leaf)
            if isinstance(gx, Variable):  # the walk copies only arrays
                gx = variable_of(source_of(gx), gx._array.copy())
        grads[leaf] = gx if leaf._grad is None else _sum(leaf._grad, gx)
    # From here on nothing can fail.
    for y, one in ones:
        y._kept_grad = one
    _keep(kept)
    for leaf, gx in grads.items():
        leaf._grad = gx


def grad(
    outputs: Sequence[Variable],
    inputs: Sequence[Variable],
    grad_outputs: Sequence[Variable | None] | None = None,
    grad_inputs: Sequence[Variable | None] | None = None,
    set_grad: bool = False,
    retain_grad: bool = False,
    enable_double_backprop: bool = False,
    loss_scale: float | None = None,
) -> list[Variable | None]:
    """Return the gradients of the outputs with respect to the inputs, leaving all others alone.

    Args:
        outputs: The Variables to begin with.
        inputs: The Variables to end at; leaves or values in between.
        grad_outputs: The gradients of the outputs; ones where None.
        grad_inputs: Gradients that the result begins with.
        set_grad: Whether the inputs also get the gradient as their `grad`.
        retain_grad: Whether the values in between keep their gradients.
        enable_double_backprop: Whether the result can be differentiated again.
        loss_scale: A factor for gradients of ones.

    Returns:
        One Variable per input, None where no way leads from the outputs to it.

    Example:
        >>> import numpy as np, catenary
        >>> x = catenary.Variable(np.array([3.0], np.float32))
        >>> (gx,) = catenary.grad([x * x * x], [x], enable_double_backprop=True)
        >>> (ggx,) = catenary.grad([gx], [x])
        >>> ggx.array
        array([18.], dtype=float32)
    """
    outputs = _checked_variables("grad", "outputs", outputs)
    inputs = _checked_variables("grad", "inputs", inputs)
    given = _checked_grads("grad", outputs, grad_outputs)
    begin = _checked_grads("grad", inputs, grad_inputs)
    targets = [source_of(x) for x in inputs]
    wanted = set(targets) - {None}
    for node in reversed(reachable([source_of(y) for y in outputs])):
        if not wanted.isdisjoint(node.sources):
            wanted.add(node)
    grads: dict[Any, Any] = {}
    for y, gy in zip(outputs, given, strict=True):
        source = source_of(y)
        if source in wanted:
            start = _ones(y, loss_scale) if gy is None else gy
            _add(grads, source, as_variable(start) if enable_double_backprop else as_array(start))
    keep = _EVERYTHING if retain_grad else set(targets)
    kept = _run(grads, _step(enable_double_backprop, wanted), keep, enable_double_backprop)
    if retain_grad:
        _keep(kept)
    results: list[Variable | None] = []
    for x, target, start in zip(inputs, targets, begin, strict=True):
        gx = kept[target] if target in kept else _leaf_gradient(grads[target], target) if target in grads else None
        if start is not None:
            gx = start if gx is None else as_variable(_sum(start if enable_double_backprop else start._array, gx))
        results.append(None if gx is None else as_variable(gx))
        if set_grad:
            x.grad_var = results[-1]
    return results


class _Everything:
    def __contains__(self, item: object) -> bool:
        return True


_EVERYTHING = _Everything()


def _add(grads: dict[Any, Any], source: Any, gy: Any) -> None:
    if source is not None:
        grads[source] = gy if source not in grads else grads[source] + gy


def _sum(a: Any, b: Any) -> Any:
    """Return a sum of gradients, a Variable if one of them is."""
    return a + b if not isinstance(b, Variable) else b + a


def _keep(gradients: dict[Node, Any]) -> None:
    for node, gy in gradients.items():
        if node.shape is not None:
            node.grad = np.asarray(gy) if isinstance(gy, np.generic) else gy


def _leaf_gradient(gx: Any, leaf: Any) -> Any:
    """Return a gradient in the shape and dtype of its leaf (a Variable, or an unchained node)."""
    like = leaf._array if isinstance(leaf, Variable) else leaf
    gx = gx if like is None else fit(gx, like.shape, like.dtype, leaf)
    return np.asarray(gx) if isinstance(gx, np.generic) else gx


def _one(y: Variable, loss_scale: float | None) -> Array:
    """Return the gradient of an output that has none: one, if it is a single element."""
    if y._array is None or y._array.size != 1:
        shape = None if y._array is None else y._array.shape
        raise GraphError(
            f"backward: the output has shape {shape}, not a single element, and no gradient; "
            "set its .grad first, or sum it"
        )
    return _ones(y, loss_scale)


def _ones(y: Variable, loss_scale: float | None) -> Array:
    if y._array is None:
        raise GraphError("backward: an output has no array")
    ones = y.xp.empty(y._array.shape, y._array.dtype)
    ones.fill(1 if loss_scale is None else loss_scale)
    return ones


def _checked_variables(function: str, argument: str, values: Any) -> Sequence[Variable]:
    if isinstance(values, Variable):
        values = [values]
    if not isinstance(values, list | tuple) or not all(isinstance(v, Variable) for v in values):
        kinds = (
            ", ".join(type(v).__name__ for v in values) if isinstance(values, list | tuple) else type(values).__name__
        )
        raise ArgumentTypeError(f"{function}: {argument} must be a list of Variables, got {kinds}")
    return values


def _checked_grads(function: str, outputs: Sequence[Variable], grads: Any) -> Sequence[Variable | None]:
    if grads is None:
        return [None] * len(outputs)
    if isinstance(grads, Variable):
        grads = [grads]
    if len(grads) != len(outputs):
        raise GraphError(f"{function}: expected one gradient per Variable, got {len(grads)} for {len(outputs)}")
    given = [None if g is None else as_variable(g) for g in grads]
    for y, g in zip(outputs, given, strict=True):
        if g is not None and g.shape != y.shape:
            raise ShapeError(f"{function}: a gradient has shape {g.shape}, expected {y.shape} as its Variable")
    return given


def backward_from(
    self: Variable,
    retain_grad: bool = False,
    enable_double_backprop: bool = False,
    loss_scale: float | None = None,
) -> None:
    """Add to the gradients of all leaves that this value was computed from.

    Begins with the gradient that this Variable has, or with one if it has a single element.

    Args:
        retain_grad: Whether the values in between keep their gradients, too.
        enable_double_backprop: Whether the gradients can be differentiated again.
        loss_scale: A factor for the gradient of one, against underflow in half precision.

    Raises:
        GraphError: If this value needs no gradient, or has several elements and no gradient.
    """
    _backward((self,), (None,), retain_grad, enable_double_backprop, loss_scale)


def unchain_backward(self: Variable) -> None:
    """Cut the graph behind this value: all values before it become leaves, and what was kept for them is freed."""
    for node in reachable([self._node]):
        node.unchain()
