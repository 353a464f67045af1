#!/usr/bin/env python3
"""Measures how often a classifier reads what a conditional model was asked for.

usage: scripts/bench_conditional.py RUN FEATURES [--temperature T] [--samples N]

RUN is the folder of a run with `model.condition` label; FEATURES a classifier of the same data, made by
`latent features train RUN/config.json --out FEATURES`. Needs torch, safetensors and NumPy: the Python beside LibTorch in
~/.cache/latent has them. LATENT_BIN names the program, else build/release/latent.

Prints the share of samples read as the class asked for (in all and by class), and the share of pictures read as asked when the codes of
test images are decoded under each class.
"""
import argparse
import json
import os
import pathlib
import subprocess
import tempfile

import torch
from safetensors.torch import load_file

BINARY = os.environ.get("LATENT_BIN", pathlib.Path(__file__).parent.parent / "build/release/latent")


def latent(*arguments):
    done = subprocess.run([BINARY, *map(str, arguments), "--quiet"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def classify(weights, images):
    """The class that the network of `latent features train` reads in images [N, C, H, W]."""
    x = images
    layer = 1
    while f"encoder.conv{layer}.weight" in weights:
        x = torch.nn.functional.conv2d(x, weights[f"encoder.conv{layer}.weight"], weights[f"encoder.conv{layer}.bias"], stride=2, padding=1)
        x = normalized(weights, x, str(layer)).relu()
        layer += 1
    x = torch.nn.functional.linear(x.flatten(1), weights["encoder.dense1.weight"], weights["encoder.dense1.bias"])
    x = normalized(weights, x, "_dense1").relu()
    return torch.nn.functional.linear(x, weights["head.logits.weight"], weights["head.logits.bias"]).argmax(1)


def normalized(weights, x, suffix):
    names = ("running_mean", "running_var", "weight", "bias")
    return torch.nn.functional.batch_norm(x, *(weights[f"encoder.norm{suffix}.{name}"] for name in names))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("features")
    parser.add_argument("--temperature", type=float, default=1)
    parser.add_argument("--samples", type=int, default=1000, help="of each class")
    parser.add_argument("--codes", type=int, default=1000, help="test images whose codes are decoded under each class")
    options = parser.parse_args()
    weights = load_file(options.features)
    condition = json.loads(metadata(pathlib.Path(options.run) / "checkpoints/best.safetensors")["condition"])
    (classes,) = (part["classes"] for part in condition if part["name"] == "label")

    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        def asked(command, word, *flags):
            file = pathlib.Path(folder) / "pictures.safetensors"
            latent(command, "--run", options.run, "--attribute", f"label={word}", "--tensors", file, "--out", f"{folder}/p.png", *flags)
            return load_file(file)["images"]

        total, shares = 0, []
        for number, word in enumerate(classes):
            images = asked("sample", word, "--count", options.samples, "--temperature", options.temperature, "--seed", number)
            shares.append((classify(weights, images) == number).double().mean().item())
        print(f"{options.samples * len(classes)} samples, temperature {options.temperature:g}: {sum(shares) / len(shares):.4f} read as asked")
        print("  by class: " + ", ".join(f"{word} {share:.3f}" for word, share in zip(classes, shares)))
        for number, word in enumerate(classes):
            images = asked("reconstruct", word, "--count", options.codes)
            total += (classify(weights, images) == number).double().mean().item()
        print(f"codes of {options.codes} test images under {len(classes)} classes: {total / len(classes):.4f} read as asked")


def metadata(path):
    """The metadata of a safetensors file: its header holds them as JSON."""
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(size))["__metadata__"]


if __name__ == "__main__":
    main()
