"""Write shifts.json: what the extensions of Chainer 7.8.1 set, and what they save.

It runs where Chainer runs, outside of this project:  python -W ignore make_shifts.py
"""

import json
from pathlib import Path
from types import SimpleNamespace

from chainer.training import extensions

#: Name of the extension, arguments after the attribute, keywords.
CASES = [
    ("ExponentialShift", [0.93], {}),
    ("ExponentialShift", [0.93], {"init": 0.3}),
    ("ExponentialShift", [0.7], {"init": 0.3, "target": 0.11}),
    ("ExponentialShift", [1.13], {"target": 1.7}),
    ("ExponentialShift", [0.7], {"init": -0.3, "target": -0.11}),
    ("ExponentialShift", [0], {}),
    ("ExponentialShift", [0.9], {"init": 0}),
    ("InverseShift", [0.13, 0.75], {}),
    ("InverseShift", [0.3, 2], {"init": 0.7, "target": 0.3}),
    ("InverseShift", [0.3, -2], {"init": 0.7, "target": 3}),
    ("LinearShift", [[0.7, 0.13], [2, 9]], {}),
    ("LinearShift", [[0.1, 3.3], [0, 11]], {}),
    ("LinearShift", [[0.1, 3.3], [3, 3]], {}),
    ("MultistepShift", [0.3, [2, 4, 5, 7], 0.7], {}),
    ("MultistepShift", [0.3, [2], 0.7], {}),
    ("PolynomialShift", [0.5, 7], {}),
    ("PolynomialShift", [1, 20], {}),
    ("PolynomialShift", [3, 20], {"init": 0.7, "target": 0.2}),
    ("PolynomialShift", [0, 7], {"init": 0.7}),
    ("WarmupShift", [0.1, 7, 0.9], {}),
    ("WarmupShift", [0, 3, 0.7], {}),
    ("StepShift", [0.3, 3], {}),
    ("StepShift", [0.3, 2], {"init": 0.7, "target": 0.1}),
    ("StepShift", [1.7, 2], {"init": 0.7, "target": 3}),
]


def record(name, args, kwargs, iterations=13):
    """Return the value after `initialize` and after each call, and the keys that are saved."""
    optimizer = SimpleNamespace(x=0.8)
    trainer = SimpleNamespace(updater=SimpleNamespace(get_optimizer=lambda name: optimizer))
    extension = getattr(extensions, name)("x", *args, **kwargs)
    extension.initialize(trainer)
    values = [optimizer.x]
    for _ in range(iterations):
        extension(trainer)
        values.append(optimizer.x)
    saved = {}
    extension.serialize(saved.setdefault)
    return {"name": name, "args": args, "kwargs": kwargs, "values": values, "saved": saved}


if __name__ == "__main__":
    rows = [json.dumps(record(*case)) for case in CASES]
    Path(__file__).with_name("shifts.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", "utf-8")
