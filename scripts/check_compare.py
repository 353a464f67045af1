#!/usr/bin/env python3
"""How often `latent compare` says that two configs differ which do not: trains 24 seeds of a small config, each once more with a key that
does nothing to the model, and compares three seeds with three others 20 times; then two seeds of one config 20 times.

usage: check_compare.py FOLDER     (LATENT_BIN: the program, default build/release/latent)
"""
import json
import os
import pathlib
import random
import subprocess
import sys

BINARY = os.path.abspath(os.environ.get("LATENT_BIN", "build/release/latent"))
CONFIG = {
    "data": {"name": "shapes", "count": 512, "size": [16, 16]},
    "model": {"encoder": {"name": "conv", "channels": [8, 16]}, "latent_dim": 4},
    "train": {"epochs": 3, "batch_size": 32, "pictures_every": 0},
}
SEEDS, PAIRS = 24, 20


def latent(*words):
    done = subprocess.run([BINARY, *map(str, words), "--quiet", "--threads", "1"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def differing(runs):
    tests = json.loads(latent("compare", *runs, "--json", "--out", "pictures"))["tests"]
    return [test["figure"] for test in tests if test["verdict"] == "differs"]


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    pathlib.Path("config.json").write_text(json.dumps(CONFIG))
    for keep in (2, 3):
        latent("sweep", "config.json", "--set", f"train.checkpoint.keep={keep}", "--seeds", SEEDS, "--measure", "mse", "--out", f"keep{keep}")
    runs = {keep: sorted(str(path.parent) for path in pathlib.Path(f"keep{keep}").glob("*/build.json")) for keep in (2, 3)}
    draw = random.Random(7)
    found = 0
    for _ in range(PAIRS):
        seeds = draw.sample(range(SEEDS), 6)
        found += bool(differing([runs[2][i] for i in seeds[:3]] + [runs[3][i] for i in seeds[3:]]))
    print(f"three seeds against three others, the same training: says that a figure differs in {found} of {PAIRS}")
    found = sum(bool(differing([runs[2][i] for i in draw.sample(range(SEEDS), 2)])) for _ in range(PAIRS))
    print(f"two seeds of one config: says so in {found} of {PAIRS}")


main()
