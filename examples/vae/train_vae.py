"""Train a network to press images into a few numbers and to make images of numbers:  python train_vae.py

A variational autoencoder has two halves. The encoder reads an image and gives a normal distribution of codes, few
numbers each; the decoder makes an image of a code. They learn together that the image comes out as it went in, and that
all codes together are distributed like plain random numbers. So any random numbers give an image in the end.

Source: D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", 2013, https://arxiv.org/abs/1312.6114
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

Array = np.ndarray[Any, Any]
PIXELS = 64


class Encoder(catenary.Chain):
    """An image -> the mean and the logarithm of the variance of its codes."""

    def __init__(self, n_units: int, n_code: int) -> None:
        super().__init__()
        with self.init_scope():
            self.hidden = L.Linear(PIXELS, n_units)
            self.mean = L.Linear(n_units, n_code)
            self.ln_var = L.Linear(n_units, n_code)

    def forward(self, x: Array) -> tuple[Variable, Variable]:
        h = F.tanh(self.hidden(x))
        return self.mean(h), self.ln_var(h)


class Decoder(catenary.Chain):
    """A code -> a number for each pixel, of which the sigmoid is the probability of ink."""

    def __init__(self, n_units: int, n_code: int) -> None:
        super().__init__()
        with self.init_scope():
            self.hidden = L.Linear(n_code, n_units)
            self.pixels = L.Linear(n_units, PIXELS)

    def forward(self, z: Any) -> Variable:
        pixels: Variable = self.pixels(F.tanh(self.hidden(z)))
        return pixels


class VAE(catenary.Chain):
    """Both halves and their loss: an upper bound of the information in an image, in nats."""

    def __init__(self, n_units: int, n_code: int) -> None:
        super().__init__()
        self.n_code = n_code
        with self.init_scope():
            self.encoder = Encoder(n_units, n_code)
            self.decoder = Decoder(n_units, n_code)

    def forward(self, x: Array) -> Variable:
        mean, ln_var = self.encoder(x)
        # A code is drawn as mean + deviation * random number, so that there is a gradient for both.
        z = F.gaussian(mean, ln_var)
        reconstruction = F.bernoulli_nll(x, self.decoder(z)) / len(x)  # what the code does not say of the image
        divergence = F.gaussian_kl_divergence(mean, ln_var) / len(x)  # what the code says
        loss = reconstruction + divergence
        catenary.report({"loss": loss, "reconstruction": reconstruction, "divergence": divergence}, self)
        return loss

    def draw(self, n: int) -> Array:
        """Return images of random codes."""
        codes = self.device.random.normal(size=(n, self.n_code)).astype(np.float32)
        with catenary.evaluation_mode(self):
            return catenary.get_device("@numpy").send(F.sigmoid(self.decoder(codes)).array)  # type: ignore[no-any-return]


def nats_by_frequency(train: Array, test: Array) -> float:
    """Return the information in a test image for whoever knows how often each pixel is dark, and nothing else."""
    p = np.clip(train.mean(axis=0), 1e-3, 1 - 1e-3)
    return float(-(test * np.log(p) + (1 - test) * np.log(1 - p)).sum(axis=1).mean())


def show(images: Array) -> None:
    """Print images in a row, as characters."""
    for row in range(8):
        pixels = images.reshape(-1, 8, 8)[:, row]
        print("   ".join("".join(" .:*#"[round(4 * float(p))] * 2 for p in line) for line in pixels))


def train_by_hand(model: VAE, optimizer: Any, train: Array, epochs: int, device: Any) -> None:
    iterator = SerialIterator(train, 50)
    while iterator.epoch < epochs:
        optimizer.update(model, concat_examples(iterator.next(), device))  # loss, gradients and step in one call
        if iterator.is_new_epoch and iterator.epoch % 10 == 0:
            print(f"epoch {iterator.epoch}")


def train_with_trainer(model: VAE, optimizer: Any, train: Array, test: Array, options: argparse.Namespace) -> None:
    updater = updaters.StandardUpdater(
        SerialIterator(train, 50), optimizer, device=options.device, capture=options.capture
    )
    trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
    test_iterator = SerialIterator(test, len(test), repeat=False, shuffle=False)
    trainer.extend(extensions.Evaluator(test_iterator, model, device=options.device), trigger=(10, "epoch"))
    trainer.extend(extensions.LogReport(trigger=(10, "epoch")))
    names = ["loss", "reconstruction", "divergence"]
    trainer.extend(extensions.PrintReport(["epoch", *(f"main/{name}" for name in names), "validation/main/loss"]))
    trainer.run()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network to press images into a few numbers.")
    parser.add_argument("--plain", action="store_true", help="train in a loop of one's own, without a trainer")
    parser.add_argument("--code", type=int, default=8, help="numbers in a code (default: %(default)s)")
    parser.add_argument("--units", type=int, default=128, help="units in the hidden layers (default: %(default)s)")
    parser.add_argument("--epoch", type=int, default=60, help="rounds of the images (default: %(default)s)")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument(
        "--capture", action="store_true", help="on a GPU, record a step once and replay it: less to wait"
    )
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    options = parser.parse_args()

    catenary.seed(0)
    train, test = datasets.get_digits(withlabel=False)
    model = VAE(options.units, options.code)
    model.to_device(options.device)
    optimizer = optimizers.Adam(0.003).setup(model)
    if options.plain:
        train_by_hand(model, optimizer, train, options.epoch, options.device)
    else:
        train_with_trainer(model, optimizer, train, test, options)

    show(model.draw(6))
    with catenary.evaluation_mode(model):
        nats = float(model(concat_examples(test, options.device)).item())
    print(f"nats per test image {nats:.2f}, by frequency of pixels alone {nats_by_frequency(train, test):.2f}")


if __name__ == "__main__":
    main()
