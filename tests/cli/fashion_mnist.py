"""The book's presets on the real Fashion-MNIST have the parameters of its tables and learn in a short training."""
import re

from _latent import SOURCE, Workplace, expect, latent, latent_json, real_data

real_data("fashion-mnist")
real_data("mnist")

with Workplace() as here:
    for name, parameters in (("fashion_mnist_ae", 343_043), ("fashion_mnist_vae", 347_141)):
        dry = latent("train", SOURCE / f"configs/{name}.json", "--dry-run")
        table = dry.stdout
        expect(f"\n{parameters} trainable parameters" in table, f"the book's {parameters} parameters, got\n{table}")
        expect("60000 training and 10000 validation images of 1x32x32" in table, "the whole set, padded")
        expect("its test set serves as the validation set" in dry.stderr, "a word on the validation split")

    latent("train", SOURCE / "configs/fashion_mnist_vae.json", "--run", "fashion", "--quiet", "--set", "data.count=8000",
           "--set", "train.epochs=2")
    figures = latent_json("evaluate", "--run", "fashion")
    # 8,000 images and two epochs come to about 162; an untrained decoder to more than 340.
    expect(figures["book_units"]["total"] < 175, f"a model that learns, got {figures['book_units']}")
    expect(figures["images"] == 10_000 and figures["active_units"] == 2, "both latents in use")

    # Only what a VAE's two ends ask for: the likelihood alone, the KL alone.
    short = ["--quiet", "--set", "data.count=2000", "--set", "train.epochs=1"]
    latent("train", SOURCE / "configs/mnist_vae.json", "--run", "likelihood", *short, "--set", "objective.kl.weight=0")
    latent("train", SOURCE / "configs/mnist_vae.json", "--run", "kl", *short, "--set", "objective.likelihood.weight=0")
    likelihood, kl = (latent_json("evaluate", "--run", run) for run in ("likelihood", "kl"))
    expect(likelihood["nll"] < kl["nll"] and likelihood["kl"] > kl["kl"], "each end to pull its own way")

    table = latent("train", SOURCE / "configs/mnist_vae.json", "--dry-run").stdout
    expect(re.search(r"encoder\.dense1 +dense +20 ", table), f"the lab's dense layer of 20, got\n{table}")
