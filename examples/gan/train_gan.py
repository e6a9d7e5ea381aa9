"""Train two networks against each other, until one draws digits:  python train_gan.py

The generator makes images of random numbers. The discriminator gets images of both kinds and says which are real. Each
has an optimizer and a loss of its own: what is good for one is bad for the other. So an iteration is more than one loss
and one step. It is the function `step` below, and whatever calls it trains: a trainer, or with --plain a loop.
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


class Generator(catenary.Chain):
    """Random numbers -> an image."""

    def __init__(self, n_noise: int, n_units: int) -> None:
        super().__init__()
        self.n_noise = n_noise
        with self.init_scope():
            self.l1 = L.Linear(n_noise, n_units)
            self.norm = L.BatchNormalization(n_units)
            self.l2 = L.Linear(n_units, n_units)
            self.l3 = L.Linear(n_units, PIXELS)

    def forward(self, n: int) -> Variable:
        """Return `n` images, pixels from 0 to 1."""
        noise = self.device.random.normal(size=(n, self.n_noise)).astype(np.float32)
        h = F.relu(self.norm(self.l1(noise)))
        return F.sigmoid(self.l3(F.relu(self.l2(h))))


class Discriminator(catenary.Chain):
    """An image -> a number, positive for real images."""

    def __init__(self, n_units: int) -> None:
        super().__init__()
        with self.init_scope():
            self.l1 = L.Linear(PIXELS, n_units)
            self.l2 = L.Linear(n_units, n_units)
            self.l3 = L.Linear(n_units, 1)

    def forward(self, x: Variable) -> Variable:
        # With dropout it cannot learn the real images by heart.
        h = F.dropout(F.leaky_relu(self.l1(x)), 0.3)
        h = F.dropout(F.leaky_relu(self.l2(h)), 0.3)
        out: Variable = self.l3(h)
        return out


class Game:
    """Both networks, their optimizers, and what happens in an iteration."""

    def __init__(self, n_units: int, device: Any) -> None:
        self.generator, self.discriminator = Generator(20, n_units), Discriminator(n_units)
        for model in (self.generator, self.discriminator):
            model.to_device(device)
        self.optimizers = {
            "generator": optimizers.Adam(0.0005, beta1=0.5).setup(self.generator),
            "discriminator": optimizers.Adam(0.0005, beta1=0.5).setup(self.discriminator),
        }

    def step(self, real: Array) -> dict[str, Variable]:
        """Make one step of each network; return the values to report."""
        made = self.generator(len(real))
        # softplus(-y) is small for a large y, softplus(y) for a small one: "this is real", "this is not".
        # Of `made`, the discriminator gets the array alone: its gradient must not reach the generator.
        loss_discriminator = F.mean(F.softplus(-self.discriminator(real))) + F.mean(
            F.softplus(self.discriminator(made.array))
        )
        self.optimizers["discriminator"].update(lambda: loss_discriminator)
        # The generator wants the discriminator to be wrong.
        loss_generator = F.mean(F.softplus(-self.discriminator(made)))
        self.optimizers["generator"].update(lambda: loss_generator)
        return {"generator/loss": loss_generator, "discriminator/loss": loss_discriminator}

    def draw(self, n: int) -> Array:
        """Return images that the generator makes."""
        with catenary.evaluation_mode(self.generator):
            return catenary.get_device("@numpy").send(self.generator(n).array)  # type: ignore[no-any-return]


def distance_to_real(images: Array, real: Array) -> float:
    """Return how far the nearest real image is, on average."""
    squares = ((images[:, None] - real[None]) ** 2).sum(axis=2)
    return float(np.sqrt(squares.min(axis=1)).mean())


def show(images: Array) -> None:
    """Print images in a row, as characters."""
    for row in range(8):
        pixels = images.reshape(-1, 8, 8)[:, row]
        print("   ".join("".join(" .:*#"[round(4 * float(p))] * 2 for p in line) for line in pixels))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a network to draw digits.")
    parser.add_argument("--plain", action="store_true", help="train in a loop of one's own, without a trainer")
    parser.add_argument("--epoch", type=int, default=150, help="rounds of the images (default: %(default)s)")
    parser.add_argument("--units", type=int, default=128, help="units in each layer (default: %(default)s)")
    parser.add_argument("--device", default="@numpy", help="where to compute, such as @cupy:0 (default: %(default)s)")
    parser.add_argument("--out", default="result", help="folder for the results (default: %(default)s)")
    options = parser.parse_args()

    catenary.seed(0)
    images, _ = datasets.get_digits(withlabel=False)
    game, iterator = Game(options.units, options.device), SerialIterator(images, 50)
    if options.plain:
        while iterator.epoch < options.epoch:
            losses = game.step(concat_examples(iterator.next(), options.device))
            if iterator.is_new_epoch and iterator.epoch % 10 == 0:
                print(iterator.epoch, *(f"{name} {float(loss.item()):.3f}" for name, loss in losses.items()))
    else:
        updater = updaters.StepUpdater(iterator, game.optimizers, game.step, device=options.device)
        trainer = training.Trainer(updater, (options.epoch, "epoch"), out=options.out)
        trainer.extend(extensions.LogReport(trigger=(10, "epoch")))
        trainer.extend(extensions.PrintReport(["epoch", "generator/loss", "discriminator/loss", "elapsed_time"]))
        trainer.extend(extensions.snapshot(n_retains=1), trigger=(10, "epoch"))
        trainer.run()

    show(game.draw(6))
    # Pixels that are as dark as in the real images, but know nothing of each other, are what the generator has to beat.
    loose = np.take_along_axis(images, np.random.default_rng(0).integers(len(images), size=(200, PIXELS)), axis=0)
    made = distance_to_real(game.draw(200), images)
    print(f"distance to real images {made:.3f}, of independent pixels {distance_to_real(loose, images):.3f}")


if __name__ == "__main__":
    main()
