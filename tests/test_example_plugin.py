"""The example of a plugin: built, installed beside the packages in a fresh environment, used, and removed again."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "examples" / "plugin"
PACKAGES = ("core", "functions", "links", "optimizers", "training", "io", "testing")
DISTRIBUTION = "catenary-example-plugin"

TRAIN = """
import catenary
from catenary import datasets, functions, links, optimizers, training
from catenary.iterators import SerialIterator
from catenary.training import extensions

class Network(catenary.Chain):
    def __init__(self):
        super().__init__()
        with self.init_scope():
            self.l1 = catenary.links.GatedLinear(None, 50)
            self.l2 = links.Linear(50, 50)
            self.l3 = links.Linear(50, 10)
    def forward(self, x):
        h = self.l1(x)
        return self.l3(functions.swiglu(self.l2(h), h))

catenary.seed(0)
train, test = datasets.get_digits()
model = links.Classifier(Network())
optimizer = optimizers.get("SignSGD", lr=0.001).setup(model)
updater = training.StandardUpdater(SerialIterator(train, 50), optimizer)
trainer = training.Trainer(updater, (8, "epoch"), "result")
test_iterator = SerialIterator(test, len(test), repeat=False, shuffle=False)
trainer.extend(extensions.Evaluator(test_iterator, model))
trainer.extend("LogReport")
trainer.extend("snapshot")
trainer.extend("Stopwatch")
trainer.run()
last = trainer.get_extension("LogReport").log[-1]
print(last["validation/main/accuracy"])
print(last["seconds_per_iteration"])
print(trainer.get_extension("Stopwatch").seconds)
print(last["elapsed_time"])
"""

LOOK_UP = """
from catenary import errors, functions, links, optimizers, training
from catenary.training import extensions

class Updater(training.Updater):
    def get_all_optimizers(self):
        return {}

def attempt(look_up):
    try:
        print("found", look_up().__name__)
    except (AttributeError, errors.UnknownNameError) as error:
        print("gone", type(error).__name__, error)

attempt(lambda: functions.swiglu)
attempt(lambda: links.GatedLinear)
attempt(lambda: extensions.Stopwatch)
attempt(lambda: type(optimizers.get("SignSGD")))
trainer = training.Trainer(Updater())
attempt(lambda: type(trainer.extend("Stopwatch") or trainer.get_extension("Stopwatch")))
"""


@dataclass
class Environment:
    """A virtual environment, and a folder to work in."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def uv(self, *arguments: str | Path) -> str:
        command = [sys.executable, "-m", "uv", *map(str, arguments)]
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the environment, strict about plugins; return what it prints."""
        settings = {**os.environ, "CATENARY_STRICT_PLUGINS": "1", "OMP_NUM_THREADS": "1"}
        command = [str(self.python.with_name(program)), *arguments]
        result = subprocess.run(command, cwd=self.folder, env=settings, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The packages of this tree and the plugin's wheel, in a fresh environment."""
    environment = Environment(tmp_path_factory.mktemp("plugin"))
    # A copy: building must leave nothing in the tree.
    ignored = shutil.ignore_patterns("__pycache__", ".*", "build", "dist")
    shutil.copytree(PLUGIN, environment.folder / "plugin", ignore=ignored)
    environment.uv("build", "-q", "--wheel", "--out-dir", environment.folder / "dist", environment.folder / "plugin")
    environment.uv("venv", "-q", "--python", sys.executable, environment.folder / "venv")
    editable = [part for name in PACKAGES for part in ("-e", ROOT / "packages" / name)]
    environment.uv("pip", "install", "-q", "--python", environment.python, *editable, f"{wheel(environment)}[test]")
    return environment


def wheel(environment: Environment) -> Path:
    (path,) = (environment.folder / "dist").glob("*.whl")
    return path


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_catenary_lists_it(environment: Environment) -> None:
    lines = environment.run("catenary", "plugins", "-v").splitlines()
    (row,) = [line for line in lines if line.startswith(DISTRIBUTION)]
    assert row.split()[1:3] == ["0.1.0", "ok"]
    assert row.endswith("1 function, 1 link, 1 optimizer, 1 extension")
    listed = [line.strip() for line in lines if "example_plugin." in line]
    assert listed == [
        "functions.swiglu -> example_plugin.functions:swiglu",
        "links.GatedLinear -> example_plugin.links:GatedLinear",
        "optimizers.SignSGD -> example_plugin.optimizers:SignSGD",
        "extensions.Stopwatch -> example_plugin.extensions:Stopwatch",
    ]


def test_a_network_is_trained_with_it(environment: Environment) -> None:
    accuracy, per_iteration, seconds, elapsed = map(float, environment.run("python", "-c", TRAIN).split())
    assert accuracy > 0.9
    assert 0 < per_iteration < seconds <= elapsed


def test_its_own_tests_pass(environment: Environment) -> None:
    output = environment.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "plugin/tests")
    assert re.search(r"^\d\d+ passed", output, re.M)
    environment.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", "plugin/src")


@pytest.fixture
def without_it(environment: Environment) -> Iterator[Environment]:
    environment.uv("pip", "uninstall", "-q", "--python", environment.python, DISTRIBUTION)
    yield environment
    environment.uv("pip", "install", "-q", "--no-deps", "--python", environment.python, wheel(environment))


def test_its_names_are_there_and_gone_with_it(environment: Environment, request: pytest.FixtureRequest) -> None:
    names = ["swiglu", "GatedLinear", "Stopwatch", "SignSGD", "Stopwatch"]
    assert environment.run("python", "-c", LOOK_UP).splitlines() == [f"found {name}" for name in names]
    request.getfixturevalue("without_it")
    lines = environment.run("python", "-c", LOOK_UP).splitlines()
    assert [line.split()[0] for line in lines] == ["gone"] * 5
    assert all(name in line for name, line in zip(names, lines))
    assert DISTRIBUTION not in environment.run("catenary", "plugins", "-v")


def statements(code: str) -> Iterator[str]:
    """Yield the statements of a module in a normal form, without imports and docstrings."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            del node.body[0]
    yield from (ast.unparse(node) for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom))


def test_its_readme_shows_the_code_of_the_files() -> None:
    files = [PLUGIN / "src" / "example_plugin_plugin.py", *(PLUGIN / "src" / "example_plugin").glob("*.py")]
    real = {statement for file in files for statement in statements(file.read_text("utf-8"))}
    blocks = re.findall(r"^```python\n(.*?)^```", (PLUGIN / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    shown = [statement for block in blocks[:-1] if ">>>" not in block for statement in statements(block)]
    assert [statement for statement in shown if statement not in real] == []
    assert len(shown) >= 8
