"""The real faces and flowers: their splits, attributes and models, and that codes tell something soon."""
import os

from _latent import SOURCE, Workplace, expect, latent, latent_json, need_codecs, real_data

need_codecs()
real_data("celeba")
flowers = real_data("flowers")

with Workplace() as here:
    os.environ["LATENT_CACHE"] = str(here / "cache")
    faces = SOURCE / "configs/celeba_faces_vae.json"
    table = latent("train", faces, "--dry-run").stdout
    expect("1354387 with the running statistics" in table, f"the book's 1,354,387 parameters, got\n{table}")
    expect("15000 training and 1000 validation images of 3x32x32" in table, f"the official split, got\n{table}")
    packed = latent_json("data", "pack", faces)
    expect(packed["images"] == 17_000 and not packed["made"], f"the pack of the dry run, got {packed}")

    short = ["--quiet", "--set", "data.count=3000", "--set", "train.epochs=1"]
    latent("train", faces, "--run", "faces", *short)
    figures = latent_json("evaluate", "--run", "faces")
    # No quality yet: at the book's momentum, running statistics take hundreds of steps to settle.
    expect(figures["images"] == 1000 and figures["book_units"]["factor"] == 2000, f"the book's units, got {figures}")
    made = latent_json("arithmetic", "--run", "faces", "--attribute", "Male", "--method", "logistic")
    expect(made["auroc"] > 0.7, f"an attribute to be found in the latents, got {made['auroc']}")

    table = latent("train", SOURCE / "configs/flowers_vae.json", "--dry-run", "--set", f"data.dir={flowers}").stdout
    expect("of 3x64x64" in table, f"flowers of 64x64, got\n{table}")
    report = latent_json("data", "check", flowers, "--out", "report")
    classes = {name for split in report["splits"].values() for name in split["attributes"]["label"]}
    expect(classes == {"daisy", "dandelion", "rose", "sunflower", "tulip"}, f"five kinds, got {classes}")
    expect(sum(split["images"] for split in report["splits"].values()) == 3000, "3,000 photos")
