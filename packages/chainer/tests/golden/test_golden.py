"""Lines and whole runs of training give the numbers of Chainer 7.8.1 for the same text under one seed.

`make.py` wrote the numbers with Chainer. `golden_lines.py` evaluates the lines of the tables, `golden_runs.py` says
what is kept of a run; both are executed here as they were there.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainer

HERE = Path(__file__).parent
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(HERE))
    golden_lines, golden_runs = map(importlib.import_module, ("golden_lines", "golden_runs"))
STORED = {
    line: found
    for table in golden_lines.TABLES
    for line, found in json.loads((HERE / f"{table}.json").read_text()).items()
}
STORED_RUNS = json.loads((HERE / "runs.json").read_text())
NAMES = [line.split("\t") for line in (HERE.parent / "names.tsv").read_text().splitlines()[1:]]

#: What is compared less closely, and why.
TOLERANCES = {
    "MSVAG": 1e-3,  # it divides by differences of numbers that are nearly equal
    "GradientLARS": 5e-5,  # rates that depend on the gradient make errors grow
}
#: Results that have another dtype than Chainer's, and why.
OTHER_DTYPES = {
    r"F\.(classification_summary|f1_score|precision|recall)\(": "shares have the dtype of the scores",
    r"D\.Poisson\(.*\.sample": "counts are integers",
    r".*/_summaries/\d+/_n$": "a sum of weights, which may be fractions",
}
#: Documented names without a line, and why.
WITHOUT_LINES = {
    **dict.fromkeys(
        ("CaffeFunction", "TheanoFunction", "DaliIterator", "CUDAProfileHook"), "not there, or without a GPU"
    ),
    **dict.fromkeys(("Link", "LinkHook", "FunctionHook", "Initializer", "Optimizer"), "others derive from it"),
    **dict.fromkeys(("Hyperparameter", "VariableNode", "FunctionAdapter"), "made by others"),
    **dict.fromkeys(("TimerHook", "CupyMemoryProfileHook", "PrintHook"), "it measures, or prints where things are"),
    **dict.fromkeys(
        ("VGG16Layers", "VGG19Layers", "GoogLeNet", "ResNetLayers"), "large; catenary-links has the numbers"
    ),
    **dict.fromkeys(("ResNet50Layers", "ResNet101Layers", "ResNet152Layers"), "large; catenary-links has the numbers"),
    "prepare": "it needs Pillow; catenary-links has the numbers",
    "MultiprocessIterator": "it starts processes; its orders are those of SerialIterator",
}
#: Pages of the documentation whose names have lines.
PAGES = ("functions", "links", "initializers", "iterators", "optimizers", "distributions")


def differences(found: Any, expected: Any, tolerance: float, where: str) -> Iterator[str]:
    """Say where a summary differs from that of Chainer."""
    if isinstance(expected, dict) and set(expected) == {"array"}:
        yield from differences_of_arrays(found["array"], expected["array"], tolerance, where)
    elif isinstance(expected, dict):
        more = set() if where.startswith("told(") else set(found) - set(expected)  # distributions may tell more here
        if missing := set(expected) - set(found) | more:
            yield f"{where}: {sorted(missing)} are not in both"
        for key in sorted(set(found) & set(expected)):
            yield from differences(found[key], expected[key], tolerance, f"{where}/{key}")
    elif isinstance(expected, list):
        if len(found) != len(expected):
            yield f"{where}: {len(found)} elements, not {len(expected)}"
        for number, pair in enumerate(zip(found, expected)):
            yield from differences(*pair, tolerance, f"{where}[{number}]")
    elif isinstance(expected, float):
        if not np.isclose(found, expected, rtol=tolerance, atol=0):
            yield f"{where}: {found}, not {expected}"
    elif found != expected:
        yield f"{where}: {found!r}, not {expected!r}"


def differences_of_arrays(found: Any, expected: Any, tolerance: float, where: str) -> Iterator[str]:
    """Say where an array differs: shape, dtype, sums, or some elements, whose size is that of all on average."""
    (shape, dtype, sums, values), (right_shape, right_dtype, right_sums, right_values) = found, expected
    if shape != right_shape:
        yield f"{where}: shape {shape}, not {right_shape}"
        return
    kinds = [np.dtype(name).kind for name in (dtype, right_dtype)]
    integers = kinds[0] in "iu" and kinds[1] in "iu"
    if dtype != right_dtype and not integers and not any(re.match(pattern, where) for pattern in OTHER_DTYPES):
        yield f"{where}: dtype {dtype}, not {right_dtype}"
    size, total = max(1, int(np.prod(shape))), right_sums[1] if np.isfinite(right_sums[1]) else 0.0
    for name, numbers, right, scale in (("sums", sums, right_sums, 1), ("elements", values, right_values, 1 / size)):
        if not np.allclose(numbers, right, rtol=tolerance, atol=tolerance * total * scale, equal_nan=True):
            yield f"{where}: {name} {numbers}, not {right}"


@pytest.mark.parametrize("line", STORED)
def test_line(line: str) -> None:
    tolerance = next((value for word, value in TOLERANCES.items() if word in line), 1e-5)
    assert list(differences(golden_lines.evaluate(line), STORED[line], tolerance, line)) == []


def test_all_lines_are_stored() -> None:
    assert [line for table in golden_lines.TABLES for line in golden_lines.lines(table)] == list(STORED)


@pytest.mark.parametrize("name", golden_runs.RUNS)
def test_run(name: str, tmp_path: Path) -> None:
    found = json.loads(json.dumps(golden_runs.run(name, tmp_path)))
    assert list(differences(found, STORED_RUNS[name], 1e-5, name)) == []
    assert all("elapsed_time" in names for names in found["names"])


def test_documented_names_have_lines() -> None:
    texts = [*STORED, *(path.read_text() for path in (*HERE.glob("golden_*.py"), *HERE.glob("runs/*.py")))]
    words = set(re.findall(r"\w+", " ".join(texts)))
    names = {name.rpartition(".")[2] for page, _, name, *_ in NAMES if page in PAGES}
    assert names - words == set(WITHOUT_LINES) & names


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda array: array, []),
        (lambda array: array[:2], ["x: shape [2, 3], not [4, 3]"]),
        (lambda array: array.astype(np.float64), ["x: dtype float64, not float32"]),
        (lambda array: array * np.float32(1.0001), ["x: sums", "x: elements"]),
        (lambda array: np.where(np.arange(12).reshape(4, 3) == 11, np.float32(9), array), ["x: sums"]),
    ],
)
def test_differences_are_seen(change: Any, said: list[str]) -> None:
    array = np.cos(np.arange(12, dtype=np.float32)).reshape(4, 3)
    found = [
        *differences(golden_lines.summary(change(array)), golden_lines.summary(chainer.Variable(array)), 1e-5, "x")
    ]
    assert len(found) == len(said)
    assert all(text.startswith(start) for text, start in zip(found, said))
