"""LATENT_KERNELS makes a processor look like a lesser one."""
import os

from _latent import Workplace, expect, expect_error, latent, latent_json, write_config
from resume import expect_equal_weights, tensors


def train(config, run, allowed, *arguments):
    latent("train", config, "--run", run, "--quiet", *arguments, env=os.environ | {"LATENT_KERNELS": allowed})


with Workplace() as here:
    config = write_config(here, {"model": {"encoder": {"channels": [16, 16]}}})
    train(config, "all", "")
    train(config, "narrow", "narrow")
    train(config, "off", "off")
    train(config, "plain", "", "--set", "train.kernels=false")
    expect_equal_weights("off", "plain")
    name = "model.decoder.output.weight"
    kept = {run: tensors(f"{run}/checkpoints/last.safetensors")[name] for run in ("all", "narrow", "off")}
    for run in ("all", "narrow"):
        expect(not kept[run].equal(kept["off"]), f"operations of our own for {run}")
    expect_error("LATENT_KERNELS=wide: expected narrow or off, or no such variable", "evaluate", "--run", "all",
                 env=os.environ | {"LATENT_KERNELS": "wide"})
    expect(latent_json("evaluate", "--run", "all")["images"] > 0, "an evaluation without it")
    rates = latent_json("bench", config, "--inference", "--windows", 1, "--seconds", 0.1)
    expect(rates["encoded_images_per_second"] > 0 and rates["decoded_images_per_second"] > 0, "both rates")
