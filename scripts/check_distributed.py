"""Compares the losses of 2 and 4 processes with those of one, at the same global batch of 200: of 100 steps, and of 3 epochs.

Sums in another order change the last digits, and training amplifies that: for comparison, one process without
train.kernels, whose sums have another order too.

usage: check_distributed.py [CONFIG...]     default: fashion_mnist_vae, and mnist_vae, which has batch normalisation; LATENT_DATA
"""
import csv
import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("LATENT_BIN", str(ROOT / "build/release/latent"))
os.environ.setdefault("LATENT_SOURCE", str(ROOT))
sys.path.insert(0, str(ROOT / "tests/cli"))
from _processes import train  # noqa: E402

COMMON = ["train.batch_size=200", "train.pictures_every=0"]
# An epoch of one step shows each step's loss.
STEPS = [*COMMON, "data.count=250", "data.validation=0.2", "train.epochs=100"]
EPOCHS = [*COMMON, "data.count=6000", "data.validation=0.1", "train.epochs=3"]
REORDERED = "1 process in another order of sums"


def losses(run):
    with open(run / "metrics.csv", encoding="utf-8") as stream:
        return [float(row["train_loss"]) for row in csv.DictReader(stream)]


def compare(folder, config, what, settings):
    def run(name, size, more=()):
        words = [word for setting in (*settings, *more) for word in ("--set", setting)]
        train(folder, size, [ROOT / f"configs/{config}.json", "--run", folder / f"{config}-{what}-{name}", *words],
              seconds=600)
        return losses(folder / f"{config}-{what}-{name}")
    alone = run("one", 1)
    for name, size, more in ((REORDERED, 1, ["train.kernels=false"]), ("2 processes", 2, []), ("4 processes", 4, [])):
        worst = max(abs(a - b) / abs(b) for a, b in zip(run(name, size, more), alone, strict=True))
        print(f"{config}: {name} against 1, losses of {what}: within {worst:.1e}", flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for config in sys.argv[1:] or ["fashion_mnist_vae", "mnist_vae"]:
            compare(pathlib.Path(folder), config, "100 steps", STEPS)
            compare(pathlib.Path(folder), config, "3 epochs", EPOCHS)


main()
