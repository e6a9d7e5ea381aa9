"""Links around whole models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catenary
import catenary.functions as F
from catenary import Chain, Link, Variable
from catenary.errors import ArgumentError, ArgumentTypeError


class Classifier(Chain):
    """Computes loss and accuracy of a model, and reports them as `loss` and `accuracy`.

    Args:
        predictor: The model: a link from inputs to scores.
        lossfun: The loss function of scores and labels.
        accfun: The function for accuracy, of scores and labels.
        label_key: Which argument of a call is the label: a position, or a name.

    Attributes:
        compute_accuracy: Whether accuracy is computed.
        y: The scores of the last call.
        loss: The loss of the last call.
        accuracy: The accuracy of the last call.

    Example:
        >>> import numpy as np, catenary.links as L
        >>> model = L.Classifier(L.Linear(3, 2))
        >>> loss = model(np.ones((4, 3), np.float32), np.zeros(4, np.int32))
        >>> loss.shape, model.accuracy.shape
        ((), ())
    """

    compute_accuracy = True

    def __init__(
        self,
        predictor: Link,
        lossfun: Callable[..., Any] = F.softmax_cross_entropy,
        accfun: Callable[..., Any] = F.accuracy,
        label_key: int | str = -1,
    ) -> None:
        if not isinstance(label_key, int | str):
            raise ArgumentTypeError(f"Classifier: label_key must be an int or a str, got {type(label_key).__name__}")
        if not callable(predictor):
            raise ArgumentTypeError(f"Classifier: predictor must be a link, got {type(predictor).__name__}")
        super().__init__()
        self.lossfun, self.accfun, self.label_key = lossfun, accfun, label_key
        self.y: Any = None
        self.loss: Variable | None = None
        self.accuracy: Variable | None = None
        with self.init_scope():
            self.predictor = predictor

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return the loss.

        Args:
            args: The inputs of the model, and the label where `label_key` says.
            kwargs: Inputs by name.

        Raises:
            ArgumentError: If there is no label at `label_key`.
        """
        args, kwargs, t = self._split_label(args, kwargs)
        self.y = self.predictor(*args, **kwargs)
        y, t = self.compared(self.y, t)
        self.loss = self.lossfun(y, t)
        catenary.report({"loss": self.loss}, self)
        if self.compute_accuracy:
            self.accuracy = self.accfun(y, t)
            catenary.report({"accuracy": self.accuracy}, self)
        return self.loss

    def compared(self, y: Any, t: Any) -> tuple[Any, Any]:
        """Return what the loss function gets for an output and a label; subclasses may override it."""
        return y, t

    def _split_label(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any], Any]:
        key = self.label_key
        if isinstance(key, str):
            if key not in kwargs:
                raise ArgumentError(f"Classifier: the label {key!r} is missing; got {', '.join(kwargs) or 'no names'}")
            return args, {k: v for k, v in kwargs.items() if k != key}, kwargs[key]
        if not -len(args) <= key < len(args):
            raise ArgumentError(f"Classifier: there is no label at position {key}; got {len(args)} arguments")
        key %= len(args)
        if len(args) == 1 and not kwargs:
            raise ArgumentError("Classifier: got one argument, which is the label; the input is missing")
        return args[:key] + args[key + 1 :], kwargs, args[key]


class ClassifierLike(Classifier):
    """A classifier for models that return a list, such as one array of scores for each sequence.

    The label is a list of as many arrays; the loss and the accuracy are means over all their rows together.

    Args:
        predictor: The model.
        lossfun: The loss function, of scores and labels.
        accfun: The function for the accuracy.
        label_key: The position, or the name, of the labels among the arguments.

    Raises:
        ArgumentError: If there is another number of labels than of outputs.

    Example:
        >>> import numpy as np, catenary.functions as F, catenary.links as L
        >>> tagger = L.ClassifierLike(lambda xs: [x * 2 for x in xs])
        >>> xs, ts = [np.zeros((2, 3)), np.zeros((1, 3))], [np.array([0, 1]), np.array([2])]
        >>> tagger(xs, ts).array.round(3)
        np.float64(1.099)
    """

    def compared(self, y: Any, t: Any) -> tuple[Any, Any]:
        if not isinstance(t, list | tuple) or len(y) != len(t):
            got = f"{len(t)}" if isinstance(t, list | tuple) else type(t).__name__
            raise ArgumentError(f"{type(self).__name__}: the label must be a list of {len(y)} arrays, got {got}")
        return F.concat(list(y), 0), F.concat(list(t), 0).array
