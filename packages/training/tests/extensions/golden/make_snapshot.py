"""Write snapshot.npz: a trainer of Chainer 7.8.1 saved after 7 iterations, and its log after 12.

It runs where Chainer and matplotlib run, outside of this project:  python -W ignore make_snapshot.py

The tests load it into a trainer of Catenary that `trainer` makes, too.
"""

import io
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

HERE = Path(__file__).parent


def trainer(framework, training, stop, out):
    """Return a trainer whose extensions change and report a learning rate."""
    E = training.extensions
    optimizer = SimpleNamespace(lr=0.8, x=1.0, y=1.0, z=1.0, target=framework.Chain())

    class Count(training.Updater):
        iteration = 0

        def update(self):
            self.iteration += 1
            framework.report({"loss": 1.0 / self.iteration, "lr": optimizer.lr, "x": optimizer.x, "y": optimizer.y})

        def connect_trainer(self, trainer):
            pass

        def finalize(self):
            pass

        def get_optimizer(self, name):
            return optimizer

        def get_all_optimizers(self):
            return {"main": optimizer}

        def serialize(self, serializer):
            self.iteration = serializer("iteration", self.iteration)

        epoch = property(lambda self: self.iteration // 5)
        epoch_detail = property(lambda self: self.iteration / 5)
        previous_epoch_detail = property(lambda self: max(self.iteration - 1, 0) / 5)
        is_new_epoch = property(lambda self: self.iteration % 5 == 0)

    made = training.Trainer(Count(), (stop, "iteration"), out)
    made.extend(E.ExponentialShift("lr", 0.9))
    made.extend(E.MultistepShift("x", 0.9, [3, 6, 9], 0.1))
    made.extend(E.WarmupShift("y", 0.1, 9, 0.2))
    made.extend(E.StepShift("z", 0.1, 3), trigger=(1, "epoch"))
    made.extend(E.ParameterStatistics(optimizer.target))
    made.extend(E.MicroAverage("loss", "lr", "quotient"))
    made.extend(E.LogReport(trigger=(2, "iteration")))
    made.extend(E.PrintReport(["iteration"], out=io.StringIO()))
    made.extend(E.PlotReport(["loss", "lr"], trigger=(3, "iteration")))
    made.extend(E.unchain_variables())
    made.extend(E.observe_value("z", lambda trainer: optimizer.z), trigger=(1, "iteration"))
    return made


def log_of(trainer):
    """Return the log of a trainer without the times."""
    log = trainer.get_extension("LogReport").log
    return [{key: value for key, value in record.items() if key != "elapsed_time"} for record in log]


if __name__ == "__main__":
    import tempfile

    import chainer.training.extensions

    training, entries = chainer.training, {}
    made = trainer(chainer, training, 12, tempfile.mkdtemp())

    @training.make_extension(trigger=lambda trainer: trainer.updater.iteration == 7, priority=-100)
    def save(trainer):
        serializer = chainer.serializers.DictionarySerializer()
        serializer.save(trainer)
        entries.update({k: v for k, v in serializer.target.items() if "/save/" not in k})

    made.extend(save)
    made.run()
    np.savez_compressed(str(HERE / "snapshot.npz"), **entries)
    (HERE / "snapshot.json").write_text(json.dumps(log_of(made), indent=1) + "\n", "utf-8")
