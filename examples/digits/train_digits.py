"""Train a small network to read handwritten digits:  python train_digits.py

It prints a table while it learns, and the share of test images that it reads correctly at the end. The folder `result`
gets the log, the curves of loss and accuracy, a picture of the graph (cg.dot, for Graphviz) and snapshots.

To go on after an interruption, run it once more with RESUME=1 in the environment.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Variable, datasets, optimizers, training
from catenary.iterators import SerialIterator
from catenary.training import extensions, updaters


class Network(catenary.Chain):
    """Three layers: 64 pixels -> units -> units -> one score for each of the ten digits."""

    def __init__(self, n_units: int) -> None:
        super().__init__()
        # What is assigned in here belongs to the network: it is trained and saved with it.
        with self.init_scope():
            self.l1 = L.Linear(64, n_units)
            self.l2 = L.Linear(n_units, n_units)
            self.l3 = L.Linear(n_units, 10)

    def forward(self, x: Variable) -> Variable:
        # Dropout sets some values to zero while training, so that the network cannot learn the images by heart.
        h = F.dropout(F.relu(self.l1(x)), 0.2)
        h = F.dropout(F.relu(self.l2(h)), 0.5)
        scores: Variable = self.l3(h)
        return scores


def make_trainer(options: argparse.Namespace) -> training.Trainer:
    """Put together what is trained, on what, how, and what is reported."""
    catenary.seed(options.seed)  # the same seed gives the same numbers
    train, test = datasets.get_digits()  # pairs of an image, 64 numbers from 0 to 1, and its label

    # The classifier adds the loss, which training makes small, and the accuracy; it reports both.
    model = L.Classifier(Network(200))
    optimizer = optimizers.Adam()
    optimizer.setup(model)

    # An updater takes 50 images at a time and lets the optimizer make one step; an epoch is one round of all images.
    updater = updaters.StandardUpdater(
        SerialIterator(train, 50), optimizer, device=options.device, capture=options.capture
    )
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)

    # After each epoch the test images show what the network makes of images that it has never seen.
    test_iterator = SerialIterator(test, len(test), repeat=False, shuffle=False)
    trainer.extend(extensions.Evaluator(test_iterator, model, device=options.device))

    # Values are reported under these names: main/... for the training images, validation/main/... for the test images.
    losses = ["main/loss", "validation/main/loss"]
    accuracies = ["main/accuracy", "validation/main/accuracy"]
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(["epoch", *losses, *accuracies, "elapsed_time"]))
    trainer.extend(extensions.PlotReport(losses, "epoch", filename="loss.png"))
    trainer.extend(extensions.PlotReport(accuracies, "epoch", filename="accuracy.png"))
    trainer.extend(extensions.dump_graph("main/loss"))
    trainer.extend(extensions.ProgressBar(update_interval=10))
    # A snapshot has all that is needed to go on: the network, the optimizer, the random numbers, the log, ...
    trainer.extend(extensions.snapshot(n_retains=2), trigger=(1, "epoch"))
    return trainer


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network on handwritten digits.")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument(
        "--capture", action="store_true", help="on a GPU, record a step once and replay it: less to wait"
    )
    parser.add_argument("--epoch", type=int, default=30, help="rounds of all training images (default: %(default)s)")
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the random numbers (default: %(default)s)")
    options = parser.parse_args()

    trainer = make_trainer(options)
    if os.environ.get("RESUME") == "1":
        snapshot = training.resume(trainer)
        print(f"going on from {snapshot}" if snapshot else "no snapshot yet: starting from the beginning")
    else:
        # Snapshots of an earlier run would be the newest ones if this run were interrupted in its first epoch.
        for old in Path(options.out).glob("snapshot_iter_*"):
            old.unlink()
    try:
        trainer.run()
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; with RESUME=1 in the environment it goes on from the last snapshot")

    last = trainer.get_extension("LogReport").log[-1]
    print(f"validation/main/accuracy {last['validation/main/accuracy']:.4f}")


if __name__ == "__main__":
    main()
