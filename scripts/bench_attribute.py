#!/usr/bin/env python3
"""Measures how well an attribute is added to images, as linear classifiers of pixels see it.

usage: scripts/bench_attribute.py RUN [--attribute Smiling] [--beside Male,Young] [--images 1000] [--training 4000]

RUN is the folder of a run on images with yes-or-no attributes. Test images are moved by +2 along each direction of `latent arithmetic`;
if the model has the attribute as its condition, their codes are also decoded with 1 instead of 0. Logistic regressions of pixels (scaled
to at most 32x32), fitted to real training images, read the attribute before and after. "rises": the share of the pictures that read more;
"shift": the mean change, in standard deviations of the readings of real test images; "moves": the share of the pictures whose reading of
another attribute changes by more than a quarter of such a deviation.

Needs torch and safetensors: the Python beside LibTorch in ~/.cache/latent has them. LATENT_BIN names the program, else build/release/latent.
"""
import argparse, json, os, pathlib, subprocess, sys, tempfile

import torch
from safetensors import safe_open
from safetensors.torch import load_file

BINARY = os.environ.get("LATENT_BIN", pathlib.Path(__file__).parent.parent / "build/release/latent")
LARGEST = 32  # pixels on a side that the classifiers see


class Reader:
    """Logistic regressions of pixels, one for each attribute."""

    def __init__(self, images, labels):
        rows = self.rows(images)
        self.mean, self.std = rows.mean(0), rows.std(0) + 1e-3
        self.weights = {name: self.fitted((rows - self.mean) / self.std, values) for name, values in labels.items()}

    @staticmethod
    def rows(images):
        size = min(LARGEST, images.shape[-2]), min(LARGEST, images.shape[-1])
        return torch.nn.functional.adaptive_avg_pool2d(images, size).flatten(1).double()

    @staticmethod
    def fitted(rows, labels, penalty=1e-2):
        known = ~labels.isnan()
        rows, labels = torch.cat([rows[known], torch.ones(int(known.sum()), 1).double()], 1), labels[known].double()
        weights = torch.zeros(rows.shape[1], dtype=torch.double, requires_grad=True)
        optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

        def loss():
            optimizer.zero_grad()
            value = torch.nn.functional.binary_cross_entropy_with_logits(rows @ weights, labels)
            value = value + penalty / 2 * weights[:-1].square().sum()
            value.backward()
            return value

        optimizer.step(loss)
        return weights.detach()

    def read(self, name, images):
        return ((self.rows(images) - self.mean) / self.std) @ self.weights[name][:-1] + self.weights[name][-1]


class Run:
    def __init__(self, path, folder):
        self.path, self.folder = path, pathlib.Path(folder)

    def latent(self, *arguments):
        done = subprocess.run([BINARY, *map(str, arguments), "--run", self.path, "--quiet"], stdout=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(done.returncode)  # the program printed why

    def tensors(self, *arguments):
        file = self.folder / "tensors.safetensors"
        self.latent(*arguments, "--tensors", file, "--out", self.folder / "picture.png")
        return load_file(file)

    def attributes(self, names, split, count):
        file = self.folder / "codes.safetensors"
        self.latent("encode", "--split", split, "--count", count, "--out", file)
        tensors = load_file(file)
        known = [name.removeprefix("attribute.") for name in tensors if name.startswith("attribute.")]
        if missing := [name for name in names if name not in known]:
            sys.exit(f"bench_attribute: {', '.join(missing)}: not in the data set; known: {', '.join(known) or 'no attributes'}")
        return {name: tensors[f"attribute.{name}"].float() for name in names}

    def condition(self):
        with safe_open(pathlib.Path(self.path) / "checkpoints/best.safetensors", "pt") as file:
            return [part["name"] for part in json.loads((file.metadata() or {}).get("condition", "[]"))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("--attribute", default="Smiling")
    parser.add_argument("--beside", default="Male,Young", help="other attributes to watch")
    parser.add_argument("--images", type=int, default=1000, help="test images to move")
    parser.add_argument("--training", type=int, default=4000, help="training images for the classifiers")
    options = parser.parse_args()
    wanted, others = options.attribute, options.beside.split(",")
    with tempfile.TemporaryDirectory() as folder:
        run = Run(options.run, folder)
        training = run.tensors("reconstruct", "--split", "train", "--count", options.training)["inputs"]
        reader = Reader(training, run.attributes([wanted, *others], "train", options.training))
        test = run.tensors("reconstruct", "--count", options.images)
        deviations = {name: reader.read(name, test["inputs"]).std() for name in (wanted, *others)}
        for name, values in run.attributes([wanted, *others], "test", options.images).items():
            right = ((reader.read(name, test["inputs"]) > 0) == (values > 0.5))[~values.isnan()].double().mean()
            print(f"the classifier of {name} is right on {right:.3f} of the real test images")

        def report(what, before, after):
            change = {name: (reader.read(name, after) - reader.read(name, before)) / deviations[name] for name in deviations}
            moves = ", ".join(f"{name} moves in {(change[name].abs() > 0.25).double().mean():.3f}" for name in others)
            rms = (after - before).square().mean().sqrt()
            print(f"{what} (RMS {rms:.3f}): {wanted} rises in {(change[wanted] > 0).double().mean():.3f}, shift {change[wanted].mean():+.2f}; {moves}", flush=True)

        for method in ("mean", "covariance", "logistic", "regression", "auto"):
            moved = run.tensors("arithmetic", "--attribute", wanted, "--method", method, "--strength", "0,2", "--count", options.images)["images"]
            report(f"{method}, +2", moved[:, 0], moved[:, 1])
        if wanted in run.condition():
            without, having = (run.tensors("reconstruct", "--count", options.images, "--attribute", f"{wanted}={value}")["images"] for value in (0, 1))
            report("condition, 1 instead of 0", without, having)


main()
