"""Measures that `latent evaluate` computes when asked: likelihoods, and what the latents say."""
import csv
import json
import math
import random

from _latent import Workplace, expect, expect_error, latent, latent_json, write_config


def train(here, name, change):
    latent("train", write_config(here, change, f"{name}.json"), "--run", name, "--quiet")


def likelihood(here):
    train(here, "binary", {"data": {"binarize": "dynamic"}})
    found = latent_json("evaluate", "--run", "binary", "--measure", "marginal_nll", "--nll-samples", 30)
    nll = found["measures"]["marginal_nll"]
    expect(nll["low"] < nll["value"] < nll["high"] < found["loss"] and nll["count"] == 64, f"a figure below -elbo, got {nll}")
    expect(nll["unit"] == "nats per image" and nll["samples"] == 30 and 0 <= nll["few_effective_samples"] <= 1, f"how it was measured, got {nll}")
    again = latent_json("evaluate", "--run", "binary", "--measure", "marginal_nll", "--nll-samples", 30)
    expect(again == found, "the same again")
    other = latent_json("evaluate", "--run", "binary", "--measure", "marginal_nll", "--nll-samples", 30, "--seed", 1)
    expect(0 < abs(other["measures"]["marginal_nll"]["value"] - nll["value"]) < 0.1 * nll["value"], "nearly the same with another seed")
    expect_error("--measure marginal_cross_entropy: is for grey images under likelihood bernoulli; marginal_nll is the run's figure",
                 "evaluate", "--run", "binary", "--measure", "marginal_cross_entropy")
    expect_error("--measure marginal_nll: needs black and white pixels for likelihood bernoulli; these are grey", "evaluate", "--run", "binary",
                 "--measure", "marginal_nll", "--split", "train")
    expect_error("--nll-samples: got 0; expected an integer >= 1 and <= 1000000", "evaluate", "--run", "binary", "--measure", "marginal_nll",
                 "--nll-samples", 0, code=2)


def all_of_them(here):
    train(here, "grey", {})
    found = latent_json("evaluate", "--run", "grey", "--measure", "all", "--nll-samples", 5, "--information-count", 100)
    grey = found["measures"]["marginal_cross_entropy"]
    expect(0 < grey["floor"] < grey["value"], f"the floor of grey images, got {grey}")
    expect("needs black and white pixels" in found["left_out"]["marginal_nll"], f"why there is no likelihood, got {found['left_out']}")
    parts = found["measures"]["information"]
    total = sum(parts[name]["value"] for name in ("mutual_information", "total_correlation", "dimension_kl"))
    expect(math.isclose(total, parts["kl"]["value"], abs_tol=1e-4) and parts["kl"]["count"] == 100, f"parts that add up, got {parts}")
    text = latent("evaluate", "--run", "grey", "--measure", "marginal_cross_entropy", "--nll-samples", 5).stdout
    expect("not a likelihood: the images are grey; no model is below" in text, f"what it is not, got {text}")

    train(here, "plain", {"model": {"bottleneck": "point"}})
    expect_error("--measure information: needs latents with a posterior", "evaluate", "--run", "plain", "--measure", "information")
    left_out = latent_json("evaluate", "--run", "plain", "--measure", "all")["left_out"]
    expect({"elbo", "marginal_nll", "information"} <= set(left_out), f"what a plain autoencoder lacks, got {left_out}")


def moved_data(here):
    draw = random.Random(1)
    rows = [["a", "b", "c"], *([f"{draw.gauss(0, 1):.4f}" for _ in range(3)] for _ in range(60))]
    with open(here / "points.csv", "w", newline="") as file:
        csv.writer(file).writerows(rows)
    config = {"data": {"name": "table", "file": "points.csv"}, "model": {"encoder": {"name": "dense", "hidden": [8]}, "latent_dim": 2},
              "objective": {"likelihood": "gaussian"}, "train": {"epochs": 1, "batch_size": 16}}
    (here / "table.json").write_text(json.dumps(config))
    latent("train", "table.json", "--run", "table", "--quiet")
    nll = latent_json("evaluate", "--run", "table", "--measure", "marginal_nll,information")["measures"]["marginal_nll"]
    expect(nll["unit"] == "nats per row", f"the density of a table's rows, got {nll}")
    (here / "points.csv").rename(here / "moved.csv")
    expect_error("points.csv: no such file", "evaluate", "--run", "table", "--measure", "information")
    expect_error("data.binarize: given for a table; expected a data set of images", "train", "table.json", "--set", "data.binarize=fixed")


with Workplace() as here:
    likelihood(here)
    all_of_them(here)
    moved_data(here)
