"""Files from the network: checked, resumed, moved into place, and fetched by one process at a time."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catenary.errors import ArgumentError, DownloadError
from catenary_io.datasets.cache import get_dataset_root, locked

#: How many seconds a server may send nothing.
TIMEOUT = 30.0
#: How often a download that was broken off is gone on with, before the next server is asked.
ATTEMPTS = 5
#: How many hexadecimal digits a checksum has.
_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}


def cached_download(
    url: str, *, mirrors: Sequence[str] = (), checksum: str | None = None, name: str | None = None
) -> str:
    """Download a file, unless it is in the cache.

    With a checksum, the cached file is checked each time and fetched again if it is wrong; a download that was
    broken off or interrupted goes on where it ended, in a later process too; and a file with another checksum
    is deleted. Without one, a download begins anew, and only the length that the server declares is checked.
    An MD5 guards against accidents; whoever wants to can make another file with the same one. A SHA-256
    guards against that as well.

    The file is downloaded to a name that ends in `.part`, and then moved. When several processes want it, one
    fetches it and the others wait. A progress bar is shown if the error stream is a terminal.

    Args:
        url: Address of the file, `http` or `https`.
        mirrors: Other addresses of the same file, tried in order after `url`.
        checksum: Checksum of the file, such as `"sha256:..."` or `"md5:..."` with hexadecimal digits.
        name: Name of the file in the folder of `get_dataset_root()`; by default `_dl_cache` and the MD5 of `url`, as
            in Chainer. A file of that default name with the right checksum is used in either case.

    Returns:
        Name of the file.

    Raises:
        ArgumentError: If an address, the checksum or the name is malformed.
        DownloadError: If no address gives the file; the message says where to put it by hand.

    Example:
        >>> import os, tempfile
        >>> from catenary.datasets import cached_download, set_dataset_root
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     set_dataset_root(folder)
        ...     with open(os.path.join(folder, "words.txt"), "w") as file:
        ...         _ = file.write("it is there")
        ...     path = cached_download("https://example.org/words.txt", name="words.txt")
        ...     os.path.relpath(path, folder)
        'words.txt'
        >>> set_dataset_root(None)
    """
    urls = [url, *mirrors]
    _check(urls, checksum, name)
    root = os.path.abspath(get_dataset_root())
    target = os.path.join(root, name or _chainer_name(url))
    if _is_good(target, checksum):
        return target
    old = [os.path.join(root, _chainer_name(each)) for each in urls] if checksum else []
    for path in old:
        if _is_good(path, checksum):
            return path
    with locked(target):
        if not _is_good(target, checksum):
            _download(urls, target, checksum)
    return target


def _check(urls: Sequence[str], checksum: str | None, name: str | None) -> None:
    for url in urls:
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            raise ArgumentError(f"cached_download: expected an address that begins with http or https, got {url!r}")
    if name is not None and (os.path.isabs(name) or os.pardir in Path(name).parts):
        raise ArgumentError(f"cached_download: expected a name inside of the cache folder, got {name!r}")
    if checksum is not None:
        algorithm, _, digest = checksum.partition(":")
        if len(digest) != _DIGITS.get(algorithm) or set(digest) - set("0123456789abcdef"):
            raise ArgumentError(
                f"cached_download: expected a checksum like 'sha256:' and hexadecimal digits, got {checksum!r}"
            )


def _chainer_name(url: str) -> str:
    return os.path.join("_dl_cache", hashlib.md5(url.encode(), usedforsecurity=False).hexdigest())


def _is_good(path: str, checksum: str | None) -> bool:
    if not os.path.isfile(path):
        return False
    if checksum is None:
        return True
    algorithm, _, digest = checksum.partition(":")
    with open(path, "rb") as file:
        made = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False))
    return made.hexdigest() == digest


def _download(urls: Sequence[str], target: str, checksum: str | None) -> None:
    """Bring a file into its place, from the first address that gives it."""
    part = f"{target}.part"
    failures = []
    for url in urls:
        try:
            _fetch(url, part, checksum)
            os.replace(part, target)
            return
        except (OSError, http.client.HTTPException) as error:
            failures.append(f"  {url}: {getattr(error, 'reason', None) or error}")
        finally:
            if checksum is None:
                _remove(part)  # nobody could tell of which file it is a part
    raise DownloadError(
        "\n".join([f"cached_download: no address gives {os.path.basename(target)}", *failures])
        + f"\nWithout a network, put the file here by hand: {target}"
        + (f" ({checksum})" if checksum else "")
    )


def _fetch(url: str, part: str, checksum: str | None) -> None:
    """Complete a part of a file, and check it."""
    resumed = checksum is not None and os.path.exists(part)
    if resumed and _is_good(part, checksum):
        return
    _complete(url, part, resume=checksum is not None)
    if _is_good(part, checksum):
        return
    _remove(part)
    if resumed:  # the part may have been of another file
        _fetch(url, part, checksum)
        return
    raise DownloadError(f"what came has another checksum than {checksum}")


def _complete(url: str, part: str, resume: bool) -> None:
    """Ask for what is missing of a file until all is there, or nothing more comes."""
    for attempt in range(1, ATTEMPTS + 1):
        size = _size(part)
        try:
            _append(url, part, size if resume else 0)
            return
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
                if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and size:
                    _remove(part)  # it is longer than the file
                    continue
            if attempt == ATTEMPTS or _size(part) <= size:
                raise


def _append(url: str, part: str, start: int) -> None:
    """Download a file from a byte on; all of it, if the server cannot do otherwise."""
    # Compressed on the way, a file would have another length and no ranges.
    headers = {"User-Agent": "catenary-io", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as response:
        if response.status != http.HTTPStatus.PARTIAL_CONTENT:
            start = 0
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise DownloadError("the server sends another range than the one it was asked for")
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        with open(part, "r+b" if start else "wb") as file:
            file.seek(start)
            with _progress(os.path.basename(part).removesuffix(".part"), start, total, response) as stream:
                shutil.copyfileobj(stream, file)
            got = file.tell()
    if total is not None and got < total:
        raise DownloadError(f"the connection ended after {got} of {total} bytes")


def _progress(name: str, start: int, total: int | None, response: Any) -> Any:
    from tqdm import tqdm

    return tqdm.wrapattr(
        response, "read", desc=name, initial=start, total=total, unit="B", unit_scale=True, disable=None, leave=False
    )


def _size(path: str) -> int:
    return os.path.getsize(path) if os.path.exists(path) else 0


def _remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
