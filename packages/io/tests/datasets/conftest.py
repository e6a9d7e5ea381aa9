"""A server on the loopback address that does what servers and networks do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from catenary.datasets import set_dataset_root


class Server(ThreadingHTTPServer):
    """Serves `files`.

    Attributes:
        files: Name of a file -> its bytes.
        requests: Name and range of each request, in order.
        cuts: After how many bytes of the file the next connections end; used up one by one.
        ranges: Whether parts of files are given.
        lie: Added to the first byte of the range that is sent.
        declares: Whether the length is declared.
        pause: How many seconds to wait in the middle of a file.
        stalled: Set in the middle of a file.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.cuts: list[int] = []
        self.ranges = True
        self.lie = 0
        self.declares = True
        self.pause = 0.0
        self.stalled = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, *_: Any) -> None:
        """Say nothing of connections that the client ends."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server, name = self.server, self.path.removeprefix("/")
        asked = self.headers.get("Range")
        server.requests.append((name, asked))
        if name not in server.files:
            self.send_error(404)
            return
        data, start = server.files[name], 0
        if asked and server.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-")) + server.lie
            if start >= len(data):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if server.declares:
            self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        end = min(server.cuts.pop(0), len(data)) if server.cuts else len(data)
        middle = (start + end) // 2
        self.wfile.write(data[start:middle])
        self.wfile.flush()
        server.stalled.set()
        time.sleep(server.pause)
        self.wfile.write(data[middle:end])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as running:
        # Polling for the end of the server would take its time in each test.
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the cache."""
    set_dataset_root(tmp_path / "root")
    yield tmp_path / "root"
    set_dataset_root(None)
