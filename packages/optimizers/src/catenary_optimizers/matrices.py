"""Optimizers that see each parameter as one matrix: Adafactor, Muon."""

from __future__ import annotations

from catenary import Parameter
from catenary.types import Array, ArrayModule, Shape
from catenary_optimizers.gradient_method import GradientMethod
from catenary_optimizers.hyperparameter import HyperparameterProxy
from catenary_optimizers.update_rule import UpdateRule


def matrix_shape(shape: Shape) -> Shape:
    """Return the shape of a parameter as a matrix: rows by the first axis; a vector or a number is one row.

    Args:
        shape: The shape of the parameter, without a 0.
    """
    return (shape[0], -1) if len(shape) > 1 else (1, -1)


class AdafactorRule(UpdateRule):
    """The rule of `Adafactor`."""

    elementwise = False
    state_names = ("row", "column")

    def init_state(self, param: Parameter) -> None:
        if param.size:
            matrix = param.array.reshape(matrix_shape(param.shape))
            self.state = {"row": 0 * matrix[:, 0], "column": 0 * matrix[0]}
        else:
            super().init_state(param)

    def step(self, xp: ArrayModule, p: Array, g: Array, row: Array, column: Array) -> None:
        if not p.size:
            return
        hp, t = self.hp, self.t
        beta = 1 - t**-hp.decay
        g = g.reshape(matrix_shape(g.shape))
        square = g * g + hp.eps1
        row += (1 - beta) * (square.mean(1) - row)
        column += (1 - beta) * (square.mean(0) - column)
        u = g / xp.sqrt(xp.outer(row / row.mean(), column))
        u /= xp.maximum(1, _root_mean_square(xp, u) / hp.threshold)
        u *= min(hp.lr, t**-0.5) * xp.maximum(hp.eps2, _root_mean_square(xp, p))
        p -= u.reshape(p.shape)


def _root_mean_square(xp: ArrayModule, x: Array) -> Array:
    return xp.sqrt((x * x).mean())


class Adafactor(GradientMethod):
    """Adafactor: steps divided by running means of squares of which only those of rows and columns are kept.

    The state of an n x m matrix has n + m elements. Filters of convolutions are matrices with a row for each output.

    Source: Shazeer, Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost" (2018), algorithms 4 and 5.

    Args:
        lr: The largest step size as a part of a parameter's root mean square; that of update t is min(lr, 1/sqrt(t)).
        decay: The running means of update t keep 1 - t^-decay of themselves.
        threshold: Steps of a larger root mean square are scaled down to it.
        eps1: Added to squares of gradients.
        eps2: A parameter's root mean square counts as at least this.

    Example:
        >>> from catenary.optimizers import Adafactor
        >>> Adafactor().lr
        0.01
    """

    rule = AdafactorRule
    lr = HyperparameterProxy()
    decay = HyperparameterProxy()
    threshold = HyperparameterProxy()
    eps1 = HyperparameterProxy()
    eps2 = HyperparameterProxy()

    def __init__(
        self, lr: float = 0.01, decay: float = 0.8, threshold: float = 1.0, eps1: float = 1e-30, eps2: float = 1e-3
    ) -> None:
        super().__init__(lr=lr, decay=decay, threshold=threshold, eps1=eps1, eps2=eps2)


def orthogonalized(xp: ArrayModule, matrix: Array, steps: int = 5) -> Array:
    """Return about the nearest matrix with singular values of 1, by a Newton-Schulz iteration.

    Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024), whose coefficients bring
    singular values to between about 0.7 and 1.2 in five steps.

    Args:
        xp: The array module.
        matrix: The matrix.
        steps: How many steps of the iteration.
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    upright = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if upright else matrix
    x = x / (xp.sqrt((x * x).sum()) + 1e-7)
    for _ in range(steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if upright else x


class MuonRule(UpdateRule):
    """The rule of `Muon`."""

    elementwise = False
    state_names = ("v",)

    def step(self, xp: ArrayModule, p: Array, g: Array, v: Array) -> None:
        if not p.size:
            return
        hp = self.hp
        v *= hp.momentum
        v += g
        direction = orthogonalized(xp, (g + hp.momentum * v).reshape(matrix_shape(p.shape)))
        step = hp.lr * 0.2 * max(direction.shape) ** 0.5
        p -= step * direction.reshape(p.shape) + hp.lr * hp.weight_decay_rate * p


class Muon(GradientMethod):
    """Muon: momentum whose steps are made orthogonal matrices, so that no direction is left behind.

    Steps have the root mean square of typical ones of AdamW, so learning rates for AdamW fit. Vectors get steps of
    that size, too; embeddings and the last layer usually do better with `Adam`, whose rule they can have::

        for param in model.embed.params():
            param.update_rule = adam.create_update_rule()

    Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024); the size of steps and
    weight decay: Liu et al., "Muon is Scalable for LLM Training" (2025), equation 4.

    Args:
        lr: The learning rate.
        momentum: What the velocity keeps of itself.
        weight_decay_rate: The multiple of a parameter that is taken off it, times the learning rate.

    Example:
        >>> from catenary.optimizers import Muon
        >>> Muon().momentum
        0.95
    """

    rule = MuonRule
    lr = HyperparameterProxy()
    momentum = HyperparameterProxy()
    weight_decay_rate = HyperparameterProxy()

    def __init__(self, lr: float = 0.001, momentum: float = 0.95, weight_decay_rate: float = 0.0) -> None:
        super().__init__(lr=lr, momentum=momentum, weight_decay_rate=weight_decay_rate)
