"""Store what Chainer 7.8.1 computes: outputs and gradients of every function, for small inputs.

It runs where Chainer runs, outside of this project:

    python3.8 -m venv chainer && chainer/bin/pip install "numpy<1.24" "chainer==7.8.1" "protobuf<4" scipy
    chainer/bin/python -W ignore packages/functions/tests/golden/make.py [FAMILY ...]

The calls stand in `FAMILY.py` beside this file: a table CASES from names to cases. A case is a tuple of a function
of `F` (`chainer.functions` here, `catenary.functions` in the tests) and inputs, and of what to draw for each input:

    (3, 4)            floats of that shape from -2 to 2
    ((3, 4), 0.5, 3)  floats of that shape from 0.5 to 3
    [2, 0, 1]         these integers, or booleans

The arrays go to `FAMILY.npz`; `test_golden.py` holds Catenary to them.
"""

import runpy
import sys
import zlib
from pathlib import Path

if __name__ == "__main__":
    sys.path.pop(0)  # or a table beside this file, such as math.py, would stand in for a module of that name

import numpy as np

HERE = Path(__file__).parent


def draw(rng, spec):
    if isinstance(spec, list):
        return np.array(spec)
    shape, low, high = spec if spec and isinstance(spec[0], tuple) else (spec, -2, 2)
    return rng.uniform(low, high, shape).astype(np.float32)


def flat(value):
    """Return the Variables and arrays in nested lists and tuples, in order; None is left out."""
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in flat(part)]
    return [] if value is None else [value]


def record(F, Variable, call, inputs, gys=None, seed=0):
    """Return outputs, their gradients (drawn unless given) and the gradients of the inputs as named arrays."""
    xs = [Variable(x) if x.dtype.kind == "f" else x for x in inputs]
    ys = flat(call(F, *xs))
    rng = np.random.RandomState(seed)
    arrays, total = {}, None
    for i, y in enumerate(ys):
        arrays[f"y{i}"] = np.asarray(getattr(y, "array", y))
        if isinstance(y, Variable) and y.dtype.kind == "f" and y.creator is not None:
            gy = rng.uniform(-1, 1, y.shape).astype(np.float32) if gys is None else gys[f"gy{i}"]
            arrays[f"gy{i}"] = gy
            part = F.sum(y * gy)
            total = part if total is None else total + part
    if total is not None:
        total.backward()
    for i, x in enumerate(xs):
        if getattr(x, "grad", None) is not None:
            arrays[f"gx{i}"] = x.grad
    return arrays


def main(families):
    import chainer

    for path in sorted(HERE.glob("*.py")):
        if path.name == "make.py" or (families and path.stem not in families):
            continue
        stored = {}
        for name, cases in runpy.run_path(str(path))["CASES"].items():
            for i, (call, *specs) in enumerate(cases):
                seed = zlib.crc32(f"{name}-{i}".encode())
                inputs = [draw(np.random.RandomState((seed + k) % 2**32), spec) for k, spec in enumerate(specs)]
                try:
                    arrays = record(chainer.functions, chainer.Variable, call, inputs, seed=seed % 2**32)
                except Exception:
                    print("in case", i, "of", name)
                    raise
                arrays.update((f"x{k}", x) for k, x in enumerate(inputs))
                stored.update((f"{name}-{i}/{key}", array) for key, array in arrays.items())
        np.savez_compressed(str(path.with_suffix(".npz")), **stored)
        print(f"{path.stem}: {len(stored)} arrays")


if __name__ == "__main__":
    main(sys.argv[1:])
