"""Objectives beside likelihood and KL: trained, resumed to the same weights, shown, refused."""
import csv
import json
import math
import pathlib

from _kinds import OBJECTIVES
from _latent import Workplace, expect, expect_error, latent, latent_json, write_config


def tensors(run):
    """The weights and the state of the optimizers in a run's last checkpoint, as bytes."""
    data = (pathlib.Path(run) / "checkpoints/last.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    return {name: data[8 + length:][slice(*entry["data_offsets"])] for name, entry in header.items() if name != "__metadata__"}


def columns(run):
    with open(pathlib.Path(run) / "metrics.csv") as file:
        return list(csv.DictReader(file))


def kinds(here):
    for name, (objective, terms) in OBJECTIVES.items():
        config = write_config(here, {"objective": objective, "data": {"count": 128}, "train": {"epochs": 4}}, f"{name}.json")
        latent("train", config, "--run", f"{name}-whole", "--quiet")
        latent("train", config, "--run", f"{name}-parts", "--quiet", "--set", "train.epochs=2")
        latent("train", "--run", f"{name}-parts", "--resume", "--quiet", "--set", "train.epochs=4")
        rows = columns(f"{name}-whole")
        for term in terms:
            expect(math.isfinite(float(rows[-1][f"train_{term}"])) and math.isfinite(float(rows[-1][f"val_{term}"])), f"{name}: a column for {term}")
        parts = columns(f"{name}-parts")
        same = [key for key in rows[0] if key.startswith(("train_", "val_"))]
        expect([[row[key] for key in same] for row in rows] == [[row[key] for key in same] for row in parts],
               f"{name}: resumed to the same figures, got {rows} and {parts}")
        whole, resumed = tensors(f"{name}-whole"), tensors(f"{name}-parts")
        different = [key for key in whole if whole[key] != resumed.get(key)]
        expect(not different, f"{name}: resumed to the same weights, but for {different}")
        found = latent_json("evaluate", "--run", f"{name}-whole")
        expect(all(term in found for term in terms), f"{name}: figures {terms} of evaluate, got {list(found)}")


def refusals(here):
    config = write_config(here, {}, "small.json")
    expect_error("--set train.batch_size: got 1; objective.total_correlation compares the images of a batch: expected 2 or more",
                 "train", config, "--set", "objective.total_correlation={}", "--set", "train.batch_size=1")
    expect_error("objective.factor: a point bottleneck has no distribution", "train", config, "--set", "objective.factor={}", "--set", "model.bottleneck=point")
    expect_error("objective.dip.kind: got \"iii\"; expected", "train", config, "--set", "objective.dip.kind=iii")
    expect_error("objective.bound.samples: got 0; expected an integer >= 1", "train", config, "--set", 'objective.bound={"name": "iwae", "samples": 0}')
    expect_error("objective.kl: is a part of the bound iwae; expected no kl", "train", config, "--set", "objective.bound=iwae", "--set", "objective.kl.weight=2")
    expect_error("objective.total_correlation.weight: got -1; expected a number >= 0", "train", config, "--set", "objective.total_correlation.weight=-1")


with Workplace() as here:
    kinds(here)
    refusals(here)
