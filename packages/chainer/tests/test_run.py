"""`chainer-run`: scripts run as under `python`, and errors that are not Chainer's say what would help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chainer.run import NUMPY_ALIASES, hint

SCRIPT = """\
import os, sys
import numpy as np
import chainer
import chainer.links as L
import beside

class Net(chainer.Chain):
    def __init__(self):
        super().__init__(l=L.Linear(3, 2))

    def __call__(self, x):
        return self.l(x)

print(__name__, sys.argv[0].endswith("train.py"), sys.argv[1:], os.path.basename(__file__), beside.VALUE)
print(Net()(np.ones((1, 3), np.float32)).shape, Net.__module__ in sys.modules)
sys.exit(3)
"""


def start(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own; `arguments` come before and after its name."""
    script = folder / "train.py"
    script.write_text(text)
    before = [argument for argument in arguments if argument == "--numpy-aliases"]
    after = [argument for argument in arguments if argument not in before]
    command = [sys.executable, "-W", "error", "-m", "chainer.run", *before, str(script), *after]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def test_a_script_runs_as_under_python(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 7\n")
    result = start(tmp_path, SCRIPT, "--gpu", "-1", "--out=x")
    assert result.stdout.splitlines() == ["__main__ True ['--gpu', '-1', '--out=x'] train.py 7", "(1, 2) True"]
    assert (result.returncode, result.stderr) == (3, "")


def test_removed_aliases_of_numpy(tmp_path: Path) -> None:
    text = "import numpy as np\nprint(np.zeros(2, np.int).dtype.kind, np.float(2), np.Inf, np.product([2, 3]))\n"
    plain, restored = start(tmp_path, text), start(tmp_path, text, "--numpy-aliases")
    assert plain.returncode == 1
    assert "NumPy has removed np.int: write 'int', or run with chainer-run --numpy-aliases" in plain.stderr
    assert restored.stdout.split() == ["i", "2.0", "inf", "6"]


def test_all_restored_aliases(tmp_path: Path) -> None:
    text = f"import numpy as np\nprint(*[getattr(np, name) is not None for name in {list(NUMPY_ALIASES)}])\n"
    result = start(tmp_path, text, "--numpy-aliases")
    assert set(result.stdout.split()) == {"True"}, result.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("print 'loss', 1\n", "a print statement; translate it once: pip install fissix"),
        ("try:\n    pass\nexcept IOError, e:\n    pass\n", "this is written for Python 2: 'except Error, name:'"),
        ("raise ValueError, 'bad'\n", "this is written for Python 2: 'raise Error, text'"),
        ("exec 'x = 1'\n", "this is written for Python 2: an exec statement"),
        ("print(1 <> 2)\n", "this is written for Python 2: the operator <>"),
        ("x = 1\nprint(`x`)\n", "this is written for Python 2: backquotes"),
        ("x = 0777\n", "this is written for Python 2: an octal number without 0o"),
        ("x = ur'a'\n", "this is written for Python 2: a string with ur"),
        ("if 1:\n\tx = 1\n        y = 2\n", "tabs and spaces are mixed, as only Python 2 allowed"),
        ("for i in xrange(3): pass\n", "'xrange' is of Python 2; write 'range'"),
        ("import cPickle as pickle\n", "the module 'cPickle' is of Python 2; import 'pickle'"),
        ("from itertools import izip\n", "itertools.izip is of Python 2; write 'zip'"),
        ("{}.iteritems()\n", ".iteritems() is of Python 2; write items"),
        ("{}.has_key(1)\n", ".has_key() is of Python 2; write 'key in d'"),
    ],
)
def test_python_2(text: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "old.py"
    path.write_text(text)
    with pytest.raises(Exception) as caught:
        exec(compile(text, str(path), "exec"), {})
    found = hint(caught.value)
    assert found is not None
    assert expected in found


@pytest.mark.parametrize("text", ["x = (1,\n", "1 / 0\n", "nothing\n", "import nothing_of_this_name\n", "().nothing\n"])
def test_other_errors_have_no_hint(text: str) -> None:
    with pytest.raises(Exception) as caught:
        exec(compile(text, "now.py", "exec"), {})
    assert hint(caught.value) is None


def test_no_such_file() -> None:
    command = [sys.executable, "-m", "chainer.run", "nowhere.py"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "there is no file 'nowhere.py'" in result.stderr
