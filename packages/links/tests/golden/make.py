"""Store what Chainer 7.8.1 computes: outputs and gradients of every link, for small inputs, and its parameters.

It runs where Chainer runs, outside of this project:

    python3.8 -m venv chainer && chainer/bin/pip install "numpy<1.24" "chainer==7.8.1" "protobuf<4" scipy
    chainer/bin/python -W ignore packages/links/tests/golden/make.py [TABLE ...]

The links stand in `TABLE.py` beside this file: a dict CASES from names to cases, which are dicts:

    make     a function of `L` (`chainer.links` here, `catenary.links` in the tests) that makes the link
    inputs   what to draw for each input: (3, 4) floats of that shape from -2 to 2; ((3, 4), 0.5, 3) from 0.5 to 3;
             [2, 0, 1] these integers, or booleans
    call     a function of the link and the inputs; the plain call if left out
    train    the setting; True if left out

Parameters are drawn: what a link begins with would hide errors. The arrays go to `TABLE.npz`: `x0`, ... inputs,
`y0`, ... outputs, `gx0`, ... gradients of the inputs, and by path `p/...` what a file of the link holds before the
call, `q/...` what it holds afterwards where that differs, and `gp/...` gradients of parameters. `test_golden.py` holds
Catenary to them.
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
        return np.array(spec, np.bool_ if isinstance(spec[0], bool) else np.int32)
    shape, low, high = spec if spec and isinstance(spec[0], tuple) else (spec, -2, 2)
    return rng.uniform(low, high, shape).astype(np.float32)


def flat(value):
    """Return the Variables and arrays in nested lists and tuples, in order; None is left out."""
    if isinstance(value, (list, tuple)):
        return [one for part in value for one in flat(part)]
    return [] if value is None else [value]


def call(case, link, inputs):
    return flat(case.get("call", lambda link, *xs: link(*xs))(link, *inputs))


def record(F, Variable, case, link, inputs, gys=None, seed=0):
    """Call the link; return outputs, their gradients (drawn unless given) and all other gradients as named arrays."""
    xs = [Variable(x) if x.dtype.kind == "f" else x for x in inputs]
    link.cleargrads()
    ys = call(case, link, xs)
    rng = np.random.RandomState(seed)
    arrays, total = {}, None
    for i, y in enumerate(ys):
        arrays[f"y{i}"] = np.asarray(getattr(y, "array", y))
        if isinstance(y, Variable) and y.dtype.kind == "f" and y.requires_grad:
            gy = rng.uniform(-1, 1, y.shape).astype(np.float32) if gys is None else gys[f"gy{i}"]
            arrays[f"gy{i}"] = gy
            part = F.sum(y * gy)
            total = part if total is None else total + part
    if total is not None:
        total.backward()
    arrays.update((f"gx{i}", x.grad) for i, x in enumerate(xs) if getattr(x, "grad", None) is not None)
    arrays.update((f"gp{path}", p.grad) for path, p in link.namedparams() if p.grad is not None)
    return arrays


def held(link):
    """Return what a file of the link would hold, by path; None is left out."""
    import chainer

    serializer = chainer.serializers.DictionarySerializer()
    link.serialize(serializer)
    return {key: array.copy() for key, array in serializer.target.items() if array.dtype != object}


def prepared(chainer, case, inputs, seed):
    """Return the link with parameters that are drawn."""
    link = case["make"](chainer.links)
    if any(param.array is None for param in link.params()):
        call(case, link, inputs)
        if hasattr(link, "reset_state"):
            link.reset_state()
    for k, (_, param) in enumerate(sorted(link.namedparams())):
        param.array[...] = np.random.RandomState((seed + 1000 + k) % 2**32).uniform(-1, 1, param.shape)
    return link


def stored(chainer, case, seed):
    """Return all arrays of a case by name."""
    inputs = [draw(np.random.RandomState((seed + k) % 2**32), spec) for k, spec in enumerate(case["inputs"])]
    with chainer.using_config("train", case.get("train", True)):
        link = prepared(chainer, case, inputs, seed)
        before = held(link)
        arrays = record(chainer.functions, chainer.Variable, case, link, inputs, seed=seed)
    arrays.update((f"x{k}", x) for k, x in enumerate(inputs))
    arrays.update((f"p/{key}", array) for key, array in before.items())
    after = held(link)
    # Chainer adds what it was called with to some links; only what was there before counts.
    arrays.update((f"q/{key}", after[key]) for key in before if not np.array_equal(after[key], before[key]))
    return arrays


def main(tables):
    import chainer

    for path in sorted(HERE.glob("*.py")):
        if path.name == "make.py" or (tables and path.stem not in tables):
            continue
        everything = {}
        for name, cases in runpy.run_path(str(path))["CASES"].items():
            for i, case in enumerate(cases):
                try:
                    arrays = stored(chainer, case, zlib.crc32(f"{name}-{i}".encode()))
                except Exception:
                    print("in case", i, "of", name)
                    raise
                everything.update((f"{name}-{i}/{key}", array) for key, array in arrays.items())
        np.savez_compressed(str(path.with_suffix(".npz")), **everything)
        print(f"{path.stem}: {len(everything)} arrays")


if __name__ == "__main__":
    main(sys.argv[1:])
