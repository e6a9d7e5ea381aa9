"""Train a network to read handwritten digits:  python train_mnist.py --model cnn

The same training is written twice: with a trainer, which brings logs, tables and snapshots, and with --plain as a loop
of one's own, of the same four steps that the trainer repeats. Both end with the same network.

The images are the 8x8 digits that come with Catenary. For those of MNIST, give --data mnist.npz, a file with the arrays
x_train, y_train, x_test and y_test.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

import catenary
import catenary.functions as F
import catenary.links as L
from catenary import Variable, datasets, optimizers, training
from catenary.dataset import concat_examples
from catenary.iterators import SerialIterator
from catenary.training import extensions, updaters


class MLP(catenary.Chain):
    """Three layers in which everything is connected with everything."""

    def __init__(self, n_units: int = 200) -> None:
        super().__init__()
        with self.init_scope():
            # The number of inputs is left open: each layer learns it from the first batch.
            self.l1 = L.Linear(None, n_units)
            self.l2 = L.Linear(None, n_units)
            self.l3 = L.Linear(None, 10)

    def forward(self, x: Variable) -> Variable:
        scores: Variable = self.l3(F.relu(self.l2(F.relu(self.l1(x)))))
        return scores


class CNN(catenary.Chain):
    """Two convolutions, which look at small pieces of the image, and a layer that decides."""

    def __init__(self, n_channels: int = 16) -> None:
        super().__init__()
        with self.init_scope():
            self.conv1 = L.Convolution2D(None, n_channels, ksize=3, pad=1)
            self.norm1 = L.BatchNormalization(n_channels)
            self.conv2 = L.Convolution2D(None, 2 * n_channels, ksize=3, pad=1)
            self.norm2 = L.BatchNormalization(2 * n_channels)
            self.out = L.Linear(None, 10)

    def forward(self, x: Variable) -> Variable:
        h = F.max_pooling_2d(F.relu(self.norm1(self.conv1(x))), 2)  # half as high, half as wide
        h = F.max_pooling_2d(F.relu(self.norm2(self.conv2(h))), 2)
        scores: Variable = self.out(h)
        return scores


MODELS = {"mlp": MLP, "cnn": CNN}


def get_images(file: str | None) -> tuple[Any, Any]:
    """Return training and test examples: pairs of an image, shape (1, height, width), and its label."""
    if file is None:
        return datasets.get_digits(ndim=3)
    with np.load(file) as arrays:
        x_train, x_test = (arrays[name][:, None].astype(np.float32) / 255 for name in ("x_train", "x_test"))
        y_train, y_test = (arrays[name].astype(np.int32) for name in ("y_train", "y_test"))
    return datasets.TupleDataset(x_train, y_train), datasets.TupleDataset(x_test, y_test)


def train_with_trainer(model: Any, optimizer: Any, train: Any, test: Any, options: argparse.Namespace) -> float:
    """Train; return the accuracy on the test images."""
    updater = updaters.StandardUpdater(
        SerialIterator(train, options.batch), optimizer, device=options.device, capture=options.capture
    )
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
    test_iterator = SerialIterator(test, 40, repeat=False, shuffle=False)
    trainer.extend(extensions.Evaluator(test_iterator, model, device=options.device))
    trainer.extend(extensions.LogReport())
    trainer.extend(extensions.PrintReport(["epoch", "main/loss", "main/accuracy", "validation/main/accuracy"]))
    trainer.extend(extensions.snapshot(n_retains=1, autoload=options.resume))
    print("a trial of everything, to find mistakes before the first epoch is over:")
    training.trial(trainer)
    print("the run:")
    trainer.run()
    accuracy: float = trainer.get_extension("LogReport").log[-1]["validation/main/accuracy"]
    return accuracy


def train_by_hand(model: Any, optimizer: Any, train: Any, test: Any, options: argparse.Namespace) -> float:
    """Train; return the accuracy on the test images."""
    iterator = SerialIterator(train, options.batch)
    accuracy = 0.0
    while iterator.epoch < options.epoch:
        x, t = concat_examples(iterator.next(), options.device)  # 1. take a batch
        loss = model(x, t)  # 2. compute the loss; the graph behind it is recorded
        model.cleargrads()
        loss.backward()  # 3. walk the graph back, to the gradient of each parameter
        optimizer.update()  # 4. change each parameter a little, so that the loss gets smaller
        if iterator.is_new_epoch:
            accuracy = evaluate(model, test, options.device)
            print(f"epoch {iterator.epoch}: loss {float(loss.item()):.4f}, validation accuracy {accuracy:.4f}")
    return accuracy


def evaluate(model: Any, test: Any, device: Any) -> float:
    """Return the share of images that are read correctly."""
    right = 0.0
    with catenary.evaluation_mode(model):  # batch normalization takes what it has learnt; no graph is recorded
        for batch in SerialIterator(test, 40, repeat=False, shuffle=False):
            x, t = concat_examples(batch, device)
            right += float(F.accuracy(model.predictor(x), t).item()) * len(batch)
    return right / len(test)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network to read handwritten digits.")
    parser.add_argument("--model", choices=MODELS, default="mlp", help="which network (default: %(default)s)")
    parser.add_argument("--plain", action="store_true", help="train in a loop of one's own, without a trainer")
    parser.add_argument("--data", help="an NPZ file with the arrays of MNIST (default: the digits of Catenary)")
    parser.add_argument("--batch", type=int, default=50, help="images in a batch (default: %(default)s)")
    parser.add_argument("--epoch", type=int, default=10, help="rounds of all training images (default: %(default)s)")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument(
        "--capture", action="store_true", help="on a GPU, record a step once and replay it: less to wait"
    )
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    parser.add_argument("--resume", action="store_true", help="go on from the last snapshot")
    options = parser.parse_args()

    catenary.seed(0)
    train, test = get_images(options.data)
    # The classifier adds the loss, which training makes small, and the accuracy.
    model = L.Classifier(MODELS[options.model]())
    model.to_device(options.device)
    optimizer = optimizers.Adam().setup(model)
    how = train_by_hand if options.plain else train_with_trainer
    accuracy = how(model, optimizer, train, test, options)
    print(f"{accuracy:.4f} of the test images are read correctly")


if __name__ == "__main__":
    main()
