"""Runs made by version 0.1.0 (tests/fixtures): every command opens them, with the same figures, and they resume."""
import csv
import json
import math
import pathlib
import shutil

from _latent import SOURCE, Workplace, expect, latent, latent_json

# Figures are float32 sums of up to 256 pixels, whose order depends on the processor: sqrt(256) roundings of 6e-8 of
# terms of size 1, ten layers deep.
FIGURES = 1e-5
# Six steps of Adam, each of which moves a weight by up to the learning rate, 2e-3, whatever the gradient's size.
AFTER_SIX_STEPS = 1e-2

COMMANDS = [
    ["reconstruct"], ["sample"], ["sample", "--sampler", "gmm"], ["sample", "--sampler", "posterior"],
    ["interpolate", "--indices", "0,1"], ["interpolate", "--random", "2"], ["arithmetic", "--attribute", "shape=heart"],
    ["traverse"], ["encode"], ["plot", "latents"], ["plot", "histograms"], ["plot", "losses"], ["compare-pca"],
    ["probe"], ["detect"], ["evaluate"],
]
OF_SPARSE = [["plot", "dictionary"], ["plot", "activations"]]


def near(got, want, tolerance):
    return math.isclose(got, want, rel_tol=tolerance, abs_tol=tolerance)


def check_figures(got, want, where):
    for key, value in want.items():
        if key == "run":
            continue
        expect(key in got, f"{where}: the figure {key}")
        found = got[key]
        if isinstance(value, dict):
            check_figures(found, value, f"{where}: {key}")
            continue
        pairs = zip(found, value, strict=True) if isinstance(value, list) else [(found, value)]
        for one, other in pairs:
            same = near(one, other, FIGURES) if isinstance(other, float) else one == other
            expect(same, f"{where}: {key} {other}, got {one}")


def check_codes(path, expected):
    got, want = (list(csv.reader(each.open())) for each in (path, expected))
    expect(got[0] == want[0] and len(got) == len(want), f"{path}: the columns and rows of {expected}")
    first = next(i for i, name in enumerate(want[0]) if name.startswith("mean"))
    for row, other in zip(got[1:], want[1:], strict=True):
        expect(row[:first] == other[:first], f"{path}: the row {other[:first]}, got {row[:first]}")
        expect(all(near(float(a), float(b), FIGURES) for a, b in zip(row[first:], other[first:])), f"{path}: {other}, got {row}")


def check_metrics(path, expected):
    got, want = (list(csv.DictReader(each.open())) for each in (path, expected))
    expect(got[0].keys() == want[0].keys() and len(got) == len(want), f"{path}: the columns and rows of {expected}")
    for name in ("train_loss", "val_loss", "val_nll_mean"):
        one, other = float(got[-1][name]), float(want[-1][name])
        expect(near(one, other, AFTER_SIX_STEPS), f"{path}: {name} {other} after the last epoch, got {one}")


with Workplace():
    for name in ("vae", "sparse"):
        fixture = SOURCE / "tests" / "fixtures" / name
        run = pathlib.Path(name)
        shutil.copytree(fixture, run)
        check_figures(latent_json("evaluate", "--run", run, "--split", "test"),
                      json.loads((fixture / "evaluate.expected.json").read_text()), name)
        latent("encode", "--run", run, "--split", "test", "--out", f"{name}.csv")
        check_codes(pathlib.Path(f"{name}.csv"), fixture / "codes.expected.csv")
        for command in COMMANDS + (OF_SPARSE if name == "sparse" else []):
            latent(*command, "--run", run)
        latent("doctor", "--run", run)
        latent("train", "--run", run, "--resume", "--set", "train.epochs=3")
        check_metrics(run / "metrics.csv", fixture / "resumed.expected.csv")
