"""Samples and reconstructions compared with images by the features of a network: latent features train, and
latent evaluate --measure samples,reconstruction."""
import json
import os

import numpy
import torch
from safetensors import safe_open

from _latent import SMALL, Workplace, expect, expect_error, latent, latent_json, write_config

SAMPLES = {"frechet", "frechet_floor", "kid", "precision", "recall", "density", "coverage", "nearest_training"}


class TinyInception(torch.nn.Module):
    """Called as the published Inception is: 299x299 or not, three channels, values from 0 to 255."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.AvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(3 * 74 * 74, 6))

    def forward(self, images, return_features: bool = False):
        sized = torch.nn.functional.interpolate(images, size=(299, 299), mode="bilinear", align_corners=False)
        return self.layers((sized - 128) / 128)


def write_module(path):
    torch.manual_seed(0)
    torch.jit.save(torch.jit.script(TinyInception().eval()), str(path))


def train_features(here):
    made = latent_json("features", "train", "small.json", "--out", "own/features.safetensors")
    expect(made["kind"] == "classifier" and made["attributes"] == ["shape"] and made["shape"] == [1, 16, 16], f"a classifier, got {made}")
    expect(made["accuracy"]["low"] > 1 / 3 and made["accuracy"]["count"] > 0, f"an accuracy above chance, got {made}")
    with safe_open(here / "own/features.safetensors", "pt") as file:
        metadata = file.metadata()
        expect(file.get_tensor("encoder.dense1.weight").shape[0] == 64, "64 features")
    expect(metadata["kind"] == "classifier" and metadata["sha256"] == made["sha256"], f"metadata, got {metadata}")
    expect(made["features"] == f"classifier-shapes-{made['sha256'][:8]}", f"a name, got {made}")
    again = latent_json("features", "train", "small.json", "--out", "again.safetensors")
    expect(again["sha256"] == made["sha256"], "the same network for the same seed")
    return made["features"]


def evaluate(here, name):
    chosen = ["--measure", "samples,reconstruction", "--features", "own/features.safetensors", "--sample-count", "200"]
    said = latent_json("evaluate", "--run", "run", *chosen)
    samples = said["measures"]["samples"]
    expect(set(samples) == SAMPLES, f"the figures, got {samples}")
    for figure, values in samples.items():
        expect(values["features"] == name and values["count"] == said["images"] and values["low"] <= values["value"] <= values["high"],
               f"{figure} with features, count and interval, got {values}")
    expect(samples["frechet"]["value"] > samples["frechet_floor"]["value"], f"samples further than images, got {samples}")
    parts = said["measures"]["reconstruction"]
    expect({"psnr", "ssim", "ms_ssim", "frechet", "psnr[shape=square]", "ms_ssim[shape=heart]"} <= set(parts), f"figures, got {parts}")
    expect(parts["frechet"]["value"] > 0 and parts["frechet"]["count"] == said["images"], f"a distance, got {parts['frechet']}")
    expect(parts["psnr[shape=square]"]["count"] < parts["psnr"]["count"] == said["images"], "one kind of image")
    pictures = [here / "run/images/evaluate" / f"test-{which}-psnr.png" for which in ("worst", "best")]
    expect([str(here / path) for path in said["written"]] == [str(path) for path in pictures], f"two pictures, got {said['written']}")
    expect(all(path.read_bytes()[:4] == b"\x89PNG" for path in pictures), "pictures")
    text = latent("evaluate", "--run", "run", *chosen, "--sampler", "posterior").stdout
    expect("samples of posterior against as many test images, features " + name in text, f"the meaning, got {text}")
    expect("test-worst-psnr.png" in text, f"the pictures, got {text}")
    usual = latent_json("evaluate", "--run", "run")
    expect(not {"samples", "reconstruction"} & set(usual["measures"]), "neither by default")


def own_cache(here):
    os.environ["LATENT_CACHE"] = str(here / "cache")
    first = latent("evaluate", "--run", "run", "--measure", "reconstruction")
    expect("features: none of this data yet; training a network on its 800 images" in first.stderr, f"a training, got {first.stderr}")
    kept = list((here / "cache/features").iterdir())
    expect(len(kept) == 1 and f"features: kept in {kept[0]}" in first.stderr, f"a file, got {kept}")
    second = latent("evaluate", "--run", "run", "--measure", "reconstruction")
    expect(f", from {kept[0]}" in second.stderr and second.stdout == first.stdout, f"the same, got {second.stderr}")
    kept[0].write_bytes(b"damaged")
    third = latent("evaluate", "--run", "run", "--measure", "reconstruction")
    expect("; trained again" in third.stderr and third.stdout == first.stdout, f"the same again, got {third.stderr}")


def torch_script(here):
    write_module(here / "tiny.pt")
    for kind in ("inception", "inception-clean"):
        done = latent("evaluate", "--run", "run", "--measure", "samples", "--sample-count", "50", "--features", f"{kind}=tiny.pt", "--json")
        frechet = json.loads(done.stdout)["measures"]["samples"]["frechet"]
        expect(frechet["features"].startswith(kind + "-") and frechet["value"] > 0, f"its features, got {frechet}")
        expect("runs the TorchScript program with SHA-256 " in done.stderr, f"the digest, got {done.stderr}")
    torch.save({"weights": torch.zeros(3)}, here / "weights.pt")
    torch.jit.save(torch.jit.script(torch.nn.Linear(3, 3)), str(here / "linear.pt"))
    chosen = ["evaluate", "--run", "run", "--measure", "samples", "--features"]
    expect_error("--features inception=weights.pt: no TorchScript module; expected a file such as inception-2015-12-05.pt",
                 *chosen, "inception=weights.pt")
    expect_error("--features inception=linear.pt: the module cannot be called as Inception is", *chosen, "inception=linear.pt")
    expect_error("--features inception-clean=linear.pt: the module cannot be called as Inception is", *chosen, "inception-clean=linear.pt")
    expect_error("missing.pt: no such file", *chosen, "inception=missing.pt")
    expect_error("--features tiny.pt: a TorchScript program runs only as --features inception=tiny.pt or inception-clean=tiny.pt", *chosen, "tiny.pt")


def wrong(here):
    chosen = ["evaluate", "--run", "run", "--features", "own/features.safetensors", "--measure", "samples"]
    expect_error("--sample-count: got 1; expected an integer >= 2 and <= 100000", *chosen, "--sample-count", "1", code=2)
    expect_error("64 samples (--sample-count): too few for the covariance of 64 features; expected 65 or more", *chosen, "--sample-count", "64")
    expect_error('--sampler: unknown sampler "gnm"; did you mean gmm?', *chosen, "--sampler", "gnm", code=2)
    expect_error("--sampler manifold: needs a run with model.latent_dim 2", *chosen, "--sampler", "manifold")
    write_config(here, {"data": {"size": [8, 8]}}, "eight.json")
    latent("features", "train", "eight.json", "--out", "eight.safetensors")
    expect_error("--features eight.safetensors: made for images of 1x8x8; the run's are 1x16x16; expected features of the run's data",
                 *chosen[:-4], "--measure", "samples", "--features", "eight.safetensors")
    expect_error("run/checkpoints/best.safetensors: holds no features; expected a file of latent features train",
                 *chosen[:-4], "--measure", "samples", "--features", "run/checkpoints/best.safetensors")
    usage = "expected latent features train CONFIG.json --out FILE"
    expect_error(f"latent features: no action; {usage}", "features", code=2)
    expect_error(f'latent features: unknown action "make"; {usage}', "features", "make", code=2)
    expect_error(f"latent features train: no config; {usage}", "features", "train", code=2)
    expect_error(f"latent features train: no --out; {usage}", "features", "train", "small.json", code=2)
    expect_error("--out x.pt: expected the name of a file that ends in .safetensors", "features", "train", "small.json", "--out", "x.pt", code=2)
    (here / "t.csv").write_text("a,b\n" + "1,2\n3,4\n" * 20)
    (here / "table.json").write_text(json.dumps({"data": {"name": "table", "file": "t.csv"}, "model": {"encoder": "dense", "latent_dim": 2},
                                                 "objective": {"likelihood": "gaussian"}, "train": {"epochs": 1}}))
    expect_error("table.json: data: rows of a table; features describe images", "features", "train", "table.json", "--out", "t.safetensors")
    latent("train", "table.json", "--run", "table")
    for measure in ("samples", "reconstruction"):
        expect_error(f"--measure {measure}: needs images; the run's examples are rows of a table", "evaluate", "--run", "table", "--measure", measure)


def without_labels(here):
    """Images without labels get the features of an autoencoder; a run without its data says so."""
    numpy.save(here / "x.npy", numpy.random.default_rng(1).integers(0, 256, (120, 8, 8), dtype=numpy.uint8))
    (here / "bare.json").write_text(json.dumps({**SMALL, "data": {"name": "npy", "images": "x.npy", "test_images": "x.npy"}}))
    latent("train", "bare.json", "--run", "bare")
    done = latent("evaluate", "--run", "bare", "--measure", "samples", "--sample-count", "100")
    expect("features autoencoder-npy-" in done.stdout and "for want of labels" in done.stderr, f"an autoencoder, got {done.stderr}")
    os.rename("x.npy", "away.npy")
    expect_error("x.npy: no such file", "evaluate", "--run", "bare", "--measure", "samples")


with Workplace() as here:
    os.environ["LATENT_CACHE"] = str(here / "none")
    write_config(here, {"data": {"count": 800}})
    latent("train", "small.json", "--run", "run")
    evaluate(here, train_features(here))
    own_cache(here)
    torch_script(here)
    wrong(here)
    without_labels(here)
