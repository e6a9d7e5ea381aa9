"""Damages files in many ways and loads them:  python mutations.py --count 10000

Each load must succeed or raise one of Catenary's exceptions, leave the model as it was if it raises, run no code, open
no other file, end within seconds, and stay within a bound of memory. Loads run in a child process, so that a crash of
it is found and counted, too.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import pickle
import random
import resource
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from catenary import Chain, Link, Parameter
from catenary.errors import SerializationError
from catenary.serializers import collect, get_format

FORMATS = ("npz", "npz-stored", "hdf5", "safetensors")
#: How much more address space a load may take; the files have about 200 KB.
MEMORY = 512 * 2**20
SECONDS = 20
#: What nobody should do while a file is loaded.
FORBIDDEN = {"exec", "pickle.find_class", "marshal.loads", "os.system", "os.exec", "subprocess.Popen", "ctypes.dlopen"}


def make_model(value: float, lazy: bool = False) -> Any:
    """Return a model with large and small arrays, numbers, a string and None."""
    links = {}
    for i, shape in enumerate([(3, 4), (200, 150), (0, 2), ()]):
        links[f"l{i}"] = link = Link()
        with link.init_scope():
            link.W = Parameter(value if lazy else np.full(shape, value, np.float32), None)
        link.add_persistent("count", int(value))
        link.add_persistent("rate", float(value))
        link.add_persistent("nothing", None)
        link.add_persistent("note", "words")
    return Chain(**links)


def state(model: Any) -> dict[str, Any]:
    return {name: None if entry is None else np.array(entry) for name, entry in collect(model).items()}


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before.keys() == after.keys() and all(
        (a is None) == (after[name] is None)
        and (a is None or (a.dtype == after[name].dtype and a.tobytes() == after[name].tobytes()))
        for name, a in before.items()
    )


def flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice([1, 1, 2, 8, 64])):
        data[place(data, rng)] ^= 1 << rng.randrange(8)


def overwrite(data: bytearray, rng: random.Random) -> None:
    size = rng.choice([1, 2, 4, 8])
    value = rng.choice(
        [0, 1, 2 ** (8 * size) - 1, 2 ** (8 * size - 1), 2 ** (8 * size - 1) - 1, rng.getrandbits(8 * size)]
    )
    start = place(data, rng)
    data[start : start + size] = value.to_bytes(size, "little")


def truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.choice([place(data, rng), rng.randrange(len(data))]) :]


def cut(data: bytearray, rng: random.Random) -> None:
    start = place(data, rng)
    del data[start : start + rng.choice([1, 2, 8, 100, 5000])]


def repeat(data: bytearray, rng: random.Random) -> None:
    start = place(data, rng)
    data[start:start] = data[start : start + rng.choice([1, 2, 8, 100, 5000])]


def swap(data: bytearray, rng: random.Random) -> None:
    size = rng.choice([1, 8, 64, 512])
    a, b = place(data, rng), place(data, rng)
    data[a : a + size], data[b : b + size] = data[b : b + size], data[a : a + size]


def text(data: bytearray, rng: random.Random) -> None:
    """Change digits, where there are headers in words."""
    digits = [i for i in range(min(len(data), 4000)) if 48 <= data[i] <= 57]
    for i in rng.sample(digits, min(len(digits), rng.choice([1, 2, 5]))):
        data[i] = rng.randrange(48, 58)


def place(data: bytearray, rng: random.Random) -> int:
    """Return a position: anywhere, or near the beginning or the end, where headers are."""
    last = max(len(data) - 1, 0)
    return min(rng.choice([rng.randrange(last + 1), rng.randrange(800), max(0, last - rng.randrange(3000))]), last)


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, overwrite, truncate, cut, repeat, swap, text)


class Bomb:
    """Writes a file when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("touch exploded",)


def npz_tricks(rng: random.Random) -> bytes:
    """Return an archive whose parts are wrong in themselves: shapes, sizes, pickles, names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, entry in collect(make_model(5.0)).items():
            member = io.BytesIO()
            shape = rng.choice([(2**40,), (2**62, 4), (-1,), (10**30,), (3, 4), (200, 150), (1,) * 64, ()])
            descr = rng.choice(["<f4", ">f4", "|O", "<c16", "<U1000000000", "|V0", "<M8[s]", [("a", "<f4", (2**40,))]])
            np.lib.format.write_array_header_1_0(member, {"descr": descr, "fortran_order": True, "shape": shape})
            data = member.getvalue() + rng.choice([b"", bytes(48), bytes(10**6), pickle.dumps(Bomb())])
            if entry is not None and rng.random() < 0.7:
                member = io.BytesIO()
                np.lib.format.write_array(member, np.asarray(entry))
                data = member.getvalue()
            archive.writestr(rng.choice([f"{name}.npy"] * 8 + ["../../x.npy", "/etc/x.npy", f"{name}"]), data)
    return stream.getvalue()


def safetensors_tricks(rng: random.Random) -> bytes:
    """Return a file whose header declares what is not there."""
    header: dict[str, Any] = {
        "__metadata__": rng.choice([{}, {"catenary": "[" * 5000}, {"catenary": '{"l0/note": 3}'}])
    }
    for name in collect(make_model(5.0)):
        begin, end = rng.choice([(0, 48), (0, 2**62), (2**63, 2**63 + 48), (48, 0), (0, 120_000)])
        header[name] = {
            "dtype": rng.choice(["F32", "F64", "BOOL", "F8_E5M2", "X"]),
            "shape": rng.choice([[3, 4], [2**40], [200, 150], [0, 2], [], [2**32, 2**32]]),
            "data_offsets": [begin, end],
        }
    words = json.dumps(header).encode()
    return rng.choice([len(words), 2**63, 2**40]).to_bytes(8, "little") + words + bytes(rng.choice([0, 48, 10**6]))


def hdf5_tricks(rng: random.Random) -> bytes:
    """Return a file with links, files outside, huge sizes and odd types."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name in collect(make_model(5.0)):
            kind = rng.randrange(9)
            if kind == 0:
                file.create_dataset(name, (2**40,), "f4", chunks=(1024,))
            elif kind == 1:
                file[name] = h5py.ExternalLink("/etc/passwd", "/x")
            elif kind == 2:
                file[name] = h5py.SoftLink(rng.choice(["/", "/l0", name]))
            elif kind == 3:
                file.create_dataset(name, (3, 4), "f4", external=[("/etc/passwd", 0, 48)])
            elif kind == 4:
                layout = h5py.VirtualLayout((3, 4), "f4")
                layout[...] = h5py.VirtualSource("/etc/passwd", "x", (3, 4))
                file.create_virtual_dataset(name, layout)
            elif kind == 5:
                file.create_dataset(name, (200, 150), h5py.vlen_dtype(np.float32))
            elif kind == 6:
                file[name] = file["/"]
            elif kind == 7:
                file.create_dataset(name, data=np.zeros(3, [("a", "f4"), ("b", "S9", (2,))]))
            else:
                file.create_dataset(name, data=np.full((3, 4), 5, np.float32))
    return stream.getvalue()


TRICKS = {"npz": npz_tricks, "npz-stored": npz_tricks, "hdf5": hdf5_tricks, "safetensors": safetensors_tricks}


def mutants(name: str, whole: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Yield damaged files; every tenth is one of the tricks, and may be damaged again."""
    for i in range(count):
        rng = random.Random(f"{seed}-{i}")
        data = bytearray(TRICKS[name](rng) if i % 10 == 0 else whole)
        for _ in range(rng.choice([0, 1]) if i % 10 == 0 else rng.choice([1, 1, 1, 2, 4])):
            if data:
                rng.choice(MUTATIONS)(data, rng)
        yield bytes(data)


def work(name: str, seed: int, count: int, folder: Path) -> None:
    """Load the mutants one by one; print a line for each: what came of it."""
    for codec in ("ascii", "latin_1", "cp437"):  # now, not while somebody watches
        importlib.import_module(f"encodings.{codec}")
    format = get_format(name.partition("-")[0])
    options = {"compression": False} if name == "npz-stored" else {}
    os.chdir(folder)
    file = folder / "model"
    format.save(file, make_model(5.0), **options)
    whole = file.read_bytes()
    full, lazy = make_model(1.0), make_model(1.0, lazy=True)
    format.load(file, make_model(1.0))
    seen: list[str] = []
    watching = False

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if not watching:
            return
        if event in FORBIDDEN or (event == "open" and str(arguments[0]) not in (str(file), str(folder))):
            seen.append(f"{event} {arguments}")

    sys.addaudithook(watch)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    for i, data in enumerate(mutants(name, whole, seed, count)):
        file.write_bytes(data)
        target = lazy if i % 3 == 0 else full
        before = state(target)
        signal.alarm(SECONDS)
        watching = True
        try:
            format.load(file, target)
            outcome = "loaded"
        except SerializationError as error:
            outcome = type(error).__name__
        except Exception as error:  # what this looks for
            outcome = f"WRONG {type(error).__name__}: {error}"[:300].replace("\n", " ")
        watching = False
        signal.alarm(0)
        if outcome != "loaded" and not same(before, state(target)):
            outcome = f"WRONG the model was changed: {outcome}"
        if seen or (folder / "exploded").exists():
            outcome = f"WRONG {seen[:3]}"
            seen.clear()
        if outcome == "loaded":
            full, lazy = make_model(1.0), make_model(1.0, lazy=True)
        print(outcome, flush=True)


def run(name: str, seed: int, count: int) -> tuple[Counter[str], list[str]]:
    """Load `count` mutants of a format in child processes.

    Returns:
        How often what came of it, and what went wrong.
    """
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    batch = 500
    for start in range(0, count, batch):
        with tempfile.TemporaryDirectory() as folder:
            arguments = ["--work", name, str(seed + start), str(min(batch, count - start)), folder]
            child = subprocess.run(  # its own process: a crash of a library must not end this one
                [sys.executable, __file__, *arguments], capture_output=True, text=True, errors="replace"
            )
        lines = child.stdout.splitlines()
        for i, line in enumerate(lines):
            outcomes["wrong" if line.startswith("WRONG") else line] += 1
            if line.startswith("WRONG"):
                wrong.append(f"{name} seed {seed + start}, file {i}: {line}")
        if child.returncode:
            outcomes["crashed"] += 1
            wrong.append(
                f"{name} seed {seed + start}, file {len(lines)}: exit status {child.returncode} {child.stderr[-300:]}"
            )
    return outcomes, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="how many files of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        name, seed, count, folder = options.work
        work(name, int(seed), int(count), Path(folder))
        return 0
    failures = []
    for name in FORMATS:
        outcomes, wrong = run(name, options.seed, options.count)
        print(f"{name:12} " + ", ".join(f"{outcome} {n}" for outcome, n in sorted(outcomes.items())), flush=True)
        failures += wrong
    print(*failures[:50], sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
