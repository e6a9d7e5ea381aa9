from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from catenary.datasets import DownloadError, cached_download
from catenary.errors import ArgumentError
from catenary_io.datasets import fetching

DATA = random.Random(0).randbytes(300_000)
SHA256 = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
MD5 = f"md5:{hashlib.md5(DATA).hexdigest()}"
NAME = "set/words.bin"


@pytest.fixture
def url(server: Any, root: Path) -> str:
    server.files["words.bin"] = DATA
    return f"{server.url}words.bin"


def files(root: Path) -> set[str]:
    """Return the files of the cache, without locks."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"}


def ranges(server: Any) -> list[str | None]:
    return [asked for _, asked in server.requests]


@pytest.mark.parametrize("checksum", [None, SHA256, MD5])
def test_full_download_and_then_the_cache(server: Any, root: Path, url: str, checksum: str | None) -> None:
    path = cached_download(url, checksum=checksum, name=NAME)
    assert path == str(root / NAME)
    assert Path(path).read_bytes() == DATA
    assert cached_download(url, checksum=checksum, name=NAME) == path
    assert ranges(server) == [None]
    assert files(root) == {NAME}


def test_default_name_is_that_of_chainer(root: Path, url: str) -> None:
    name = f"_dl_cache/{hashlib.md5(url.encode()).hexdigest()}"
    assert cached_download(url) == str(root / name)
    assert files(root) == {name}


def test_file_of_chainer_is_used_if_its_checksum_is_right(server: Any, root: Path, url: str) -> None:
    old = root / "_dl_cache" / hashlib.md5(f"{url}?mirror".encode()).hexdigest()
    old.parent.mkdir(parents=True)
    old.write_bytes(DATA)
    options: Any = {"mirrors": [f"{url}?mirror"], "name": NAME}
    assert cached_download(url, checksum=SHA256, **options) == str(old)
    assert server.requests == []
    old.write_bytes(DATA[:-1])
    assert cached_download(url, checksum=SHA256, **options) == str(root / NAME)
    assert old.read_bytes() == DATA[:-1]


def test_cached_file_with_another_checksum_is_replaced(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / NAME).write_bytes(b"x" * len(DATA))
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert len(server.requests) == 1


def test_broken_connections_are_resumed(server: Any, root: Path, url: str) -> None:
    server.cuts = [100_000, 250_000]
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert ranges(server) == [None, "bytes=100000-", "bytes=250000-"]


def test_part_of_an_earlier_call_is_completed(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(DATA[:1000])
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert ranges(server) == ["bytes=1000-"]
    assert files(root) == {NAME}


def test_part_that_is_complete_is_not_asked_for(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(DATA)
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert server.requests == []


@pytest.mark.parametrize(
    ("part", "asked"),
    [
        (b"another file", ["bytes=12-", None]),
        (DATA + b"too long", [f"bytes={len(DATA) + 8}-", None]),
    ],
)
def test_part_of_another_file_is_thrown_away(
    server: Any, root: Path, url: str, part: bytes, asked: list[str | None]
) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(part)
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert ranges(server) == asked


def test_server_without_ranges(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(DATA[:1000])
    server.ranges = False
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert ranges(server) == ["bytes=1000-"]


def test_server_that_sends_another_range(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(DATA[:1000])
    server.lie = 5
    with pytest.raises(DownloadError, match="another range"):
        cached_download(url, checksum=SHA256, name=NAME)


def test_without_a_checksum_a_download_begins_anew(server: Any, root: Path, url: str) -> None:
    (root / "set").mkdir(parents=True)
    (root / f"{NAME}.part").write_bytes(b"of another file")
    server.cuts = [100_000]
    assert Path(cached_download(url, name=NAME)).read_bytes() == DATA
    assert ranges(server) == [None, None]


def test_corrupt_file_is_refused_and_nothing_stays(server: Any, root: Path, url: str) -> None:
    server.files["words.bin"] = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(DownloadError, match="what came has another checksum than sha256:"):
        cached_download(url, checksum=SHA256, name=NAME)
    assert files(root) == set()
    assert len(server.requests) == 1


@pytest.mark.parametrize("first", ["corrupt.bin", "missing.bin"])
def test_mirrors(server: Any, root: Path, url: str, first: str) -> None:
    server.files["corrupt.bin"] = DATA[:1000]
    path = cached_download(f"{server.url}{first}", mirrors=[url], checksum=SHA256, name=NAME)
    assert Path(path).read_bytes() == DATA
    assert [name for name, _ in server.requests] == [first, "words.bin"]


def test_connection_that_breaks_again_and_again(server: Any, root: Path, url: str) -> None:
    server.cuts = [1000] * 9
    with pytest.raises(DownloadError, match="the connection ended after 1000 of 300000 bytes"):
        cached_download(url, checksum=SHA256, name=NAME)
    assert files(root) == {f"{NAME}.part"}
    assert len(server.requests) == 2  # the second one brought nothing
    with pytest.raises(DownloadError):
        cached_download(url, name="other")
    assert files(root) == {f"{NAME}.part"}


def test_server_that_declares_no_length(server: Any, root: Path, url: str) -> None:
    server.declares = False
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA


def test_server_that_stalls(server: Any, root: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TIMEOUT", 0.1)
    monkeypatch.setattr(fetching, "ATTEMPTS", 1)
    server.pause = 1
    with pytest.raises(DownloadError, match="timed out"):
        cached_download(url, checksum=SHA256, name=NAME)


def test_offline_message(server: Any, root: Path, url: str) -> None:
    server.shutdown()
    server.server_close()
    with pytest.raises(DownloadError) as caught:
        cached_download(url, mirrors=[f"{url}.old"], checksum=MD5, name=NAME)
    lines = str(caught.value).splitlines()
    assert lines[0] == "cached_download: no address gives words.bin"
    assert [line.split(": ")[0] for line in lines[1:3]] == [f"  {url}", f"  {url}.old"]
    assert lines[3] == f"Without a network, put the file here by hand: {root / NAME} ({MD5})"
    assert isinstance(caught.value, OSError)
    (root / NAME).write_bytes(DATA)
    assert cached_download(url, checksum=MD5, name=NAME) == str(root / NAME)


PROGRAM = """
import sys
from catenary.datasets import cached_download
print(cached_download(sys.argv[1], checksum=sys.argv[2], name=sys.argv[3]))
"""


def start(url: str, root: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, url, SHA256, NAME]
    environment = os.environ | {"CATENARY_DATASET_ROOT": str(root)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_process_leaves_a_part_that_is_completed(server: Any, root: Path, url: str, how: int) -> None:
    server.pause = 60
    with start(url, root) as process:
        assert server.stalled.wait(30)
        part = root / f"{NAME}.part"
        # The process may not have written yet what has been sent.
        wait_until(lambda: part.exists() and part.stat().st_size >= 65536)
        process.send_signal(how)
        process.communicate()
    assert process.returncode != 0
    size = part.stat().st_size
    assert files(root) == {f"{NAME}.part"}
    server.pause = 0
    assert Path(cached_download(url, checksum=SHA256, name=NAME)).read_bytes() == DATA
    assert ranges(server) == [None, f"bytes={size}-"]
    assert files(root) == {NAME}


def wait_until(condition: Any) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_two_processes_at_once(server: Any, root: Path, url: str) -> None:
    server.pause = 0.5
    with start(url, root) as one, start(url, root) as other:
        results = [process.communicate() for process in (one, other)]
    assert results == [(f"{root / NAME}\n", "")] * 2
    assert len(server.requests) == 1
    assert (root / NAME).read_bytes() == DATA


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://example.org/x", "words.bin", 5])
def test_addresses(address: Any) -> None:
    with pytest.raises(ArgumentError, match="cached_download: expected an address that begins with http"):
        cached_download("http://example.org/x", mirrors=[address])


@pytest.mark.parametrize("checksum", ["abc", "md5:abc", f"crc:{'0' * 32}", f"md5:{'g' * 32}", f"sha256:{'0' * 32}"])
def test_checksums(checksum: str) -> None:
    with pytest.raises(ArgumentError, match=f"cached_download: expected a checksum .* got '{checksum}'"):
        cached_download("http://example.org/x", checksum=checksum)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x"])
def test_names(name: str) -> None:
    with pytest.raises(ArgumentError, match="cached_download: expected a name inside of the cache folder"):
        cached_download("http://example.org/x", name=name)
