from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from catenary_io.serializers.files import replacing

posix = pytest.mark.skipif(os.name != "posix", reason="modes and symbolic links of POSIX")


def write(path: Path, text: str) -> None:
    with replacing(path, "test") as temporary:
        Path(temporary).write_text(text)


def test_file_appears_when_complete(tmp_path: Path) -> None:
    with replacing(tmp_path / "x", "test") as temporary:
        Path(temporary).write_text("new")
        assert not (tmp_path / "x").exists()
        assert Path(temporary).parent == tmp_path
    assert os.listdir(tmp_path) == ["x"]
    assert (tmp_path / "x").read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_old_file_survives_an_error(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "x", "old")

    def fail() -> None:
        with replacing(tmp_path / "x", "test") as temporary:
            Path(temporary).write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert os.listdir(tmp_path) == ["x"]
    assert (tmp_path / "x").read_text() == "old"


@posix
def test_old_file_survives_a_kill(tmp_path: Path) -> None:
    write(tmp_path / "x", "old")
    program = f"""
        import os, signal
        from catenary_io.serializers.files import replacing
        with replacing({str(tmp_path / "x")!r}, "test") as temporary:
            open(temporary, "w").write("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    result = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert result.returncode == -9
    assert (tmp_path / "x").read_text() == "old"


@posix
def test_mode_is_that_of_any_new_file(tmp_path: Path) -> None:
    write(tmp_path / "ours", "")
    (tmp_path / "theirs").write_text("")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode


@posix
def test_symbolic_links_stay(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(tmp_path / "x")
    write(tmp_path / "latest", "new")
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "x").read_text() == "new"


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"test: there is no such folder to save into: .*nowhere"):
        write(tmp_path / "nowhere" / "x", "")


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="test: expected a file to write, got a folder"):
        write(tmp_path, "")


def test_names_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("x"), "new")
    assert (tmp_path / "x").read_text() == "new"
