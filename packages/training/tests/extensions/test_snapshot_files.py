from __future__ import annotations

import os

import pytest

from catenary_training.extensions.snapshot_files import find_snapshots, write_snapshot


@pytest.mark.parametrize(
    ("filename", "found"),
    [
        ("snapshot_iter_{.updater.iteration}", ["snapshot_iter_2", "snapshot_iter_10"]),
        ("snapshot_iter_{0.updater.iteration:06d}", ["snapshot_iter_2", "snapshot_iter_10"]),
        ("model_{.updater.epoch}.npz", ["model_1.npz"]),
        ("model_{.updater.epoch_detail}.npz", ["model_x.npz", "model_0.5.npz", "model_1.npz"]),
        ("{.updater.epoch_detail}_x", ["1.5_x"]),
        ("fixed", ["fixed"]),
        ("nothing", []),
    ],
)
def test_names(tmp_path, filename, found):
    files = [
        "snapshot_iter_2",
        "snapshot_iter_10",
        "snapshot_iter_10.tmp",
        ".snapshot_iter_11",
        "xsnapshot_iter_1",
        "model_0.5.npz",
        "model_1.npz",
        "model_x.npz",
        "model_1xnpz",
        "1.5_x",
        ".5_x",
        "fixed",
    ]
    for name in files:
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "snapshot_iter_3").mkdir()
    assert [path.name for path in find_snapshots(tmp_path, filename)] == found


def test_folder_that_is_not_there(tmp_path):
    assert find_snapshots(tmp_path / "no", "snapshot_{.updater.iteration}") == []


def test_old_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    seen = []

    def save(temporary):
        temporary.write_text("new")
        seen.append((temporary.name, path.read_text()))

    write_snapshot(path, save)
    assert seen == [("file", "old")]
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
