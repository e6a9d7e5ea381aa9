"""Stopwatch: what it reports, and what it keeps."""

from __future__ import annotations

from pathlib import Path
from time import sleep

from catenary.testing import MemoryDeserializer, MemorySerializer
from catenary.training import Trainer, Updater


class Nap(Updater):
    """An updater that sleeps."""

    epoch = 0
    epoch_detail = 0.0

    def update(self) -> None:
        sleep(0.01)
        self.iteration += 1

    def get_all_optimizers(self) -> dict[str, object]:
        return {}


def trainer(folder: Path, iterations: int) -> Trainer:
    trainer = Trainer(Nap(), (iterations, "iteration"), folder)
    trainer.extend("Stopwatch")
    trainer.extend("LogReport", trigger=(2, "iteration"))
    return trainer


def test_it_reports_the_time_of_an_iteration(tmp_path: Path) -> None:
    training = trainer(tmp_path, 4)
    training.run()
    times = [record["seconds_per_iteration"] for record in training.get_extension("LogReport").log]
    assert len(times) == 2
    assert all(0.01 <= time < 1 for time in times)
    assert 2 * sum(times) <= training.get_extension("Stopwatch").seconds + 1e-6


def test_the_sum_is_saved_and_loaded(tmp_path: Path) -> None:
    watch, other = (trainer(tmp_path, 1).get_extension("Stopwatch") for _ in range(2))
    watch.seconds = 12.5
    values: dict[str, object] = {}
    watch.serialize(MemorySerializer(values))
    other.serialize(MemoryDeserializer(values))
    assert other.seconds == 12.5
