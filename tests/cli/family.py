"""Trains and uses denoising, sparse and upscaling autoencoders, and checks what they refuse."""
import csv
import json
import shutil

from _latent import (ROUNDING, Workplace, expect, expect_error, have_codecs, latent, latent_json, write_config)
from _pictures import read_png

NOISE = {"corruption": [{"name": "gaussian", "std": 0.5}], "model": {"bottleneck": "point", "latent_dim": 16},
         "train": {"epochs": 3, "batch_size": 16, "optimizer": {"learning_rate": 0.003}}}
SMALLER = {"corruption": [{"name": "downsample", "size": [8, 8], "filter": "bilinear"}], "train": {"batch_size": 16}}
SPARSE = {"model": {"encoder": {"name": "dense", "hidden": [], "channels": None},
                    "bottleneck": {"name": "point", "activation": "relu"}, "latent_dim": 20},
          "objective": {"sparsity_l1": {"weight": 0.5}}}


def sparse_config(here, change=None, name="sparse.json"):
    config = json.loads(write_config(here, SPARSE, name).read_text())
    del config["model"]["encoder"]["channels"]
    config.update(change or {})
    (here / name).write_text(json.dumps(config))
    return here / name


def denoising(here):
    latent("train", write_config(here, NOISE), "--run", "noisy", "--quiet")
    # Three rows: input, model, truth.
    picture = read_png(here / "noisy/images/train/reconstructions-0003.png")
    expect(picture.height >= 3 * 64 + 4 * 2, f"three rows, got a height of {picture.height}")
    result = latent_json("denoise", "--run", "noisy", "--count", 12, "--seed", 3)
    expect(len(result["images"]) == 12 and (here / result["written"][0]).exists(), "12 images and their picture")
    expect(result["psnr_gain"] > 0, f"less noise than before, got {result['mean']}")
    gains = [image["denoised"]["psnr"] - image["noisy"]["psnr"] for image in result["images"]]
    # Two means of twelve float32 numbers each, which are rounded at every addition.
    largest = max(image[which]["psnr"] for image in result["images"] for which in ("noisy", "denoised"))
    expect(abs(sum(gains) / 12 - result["psnr_gain"]) <= 2 * 12 * ROUNDING * largest, "the mean of the images' gains")
    expect(latent_json("denoise", "--run", "noisy", "--count", 12, "--seed", 3) == result, "the same noise for the same seed")
    expect(latent_json("denoise", "--run", "noisy", "--count", 12)["mean"] != result["mean"], "other noise for another seed")
    text = latent("denoise", "--run", "noisy", "--indices", "1,3", "--out", here / "two.png").stdout
    expect("denoised against noisy" in text and (here / "two.png").exists(), f"figures as text, got {text}")
    # Noise is for denoise, not for encoding.
    latent("encode", "--run", "noisy", "--count", 3, "--out", "a.csv")
    latent("encode", "--run", "noisy", "--count", 3, "--out", "b.csv")
    expect((here / "a.csv").read_text() == (here / "b.csv").read_text(), "codes without noise")
    one, other = (latent_json("evaluate", "--run", "noisy", "--seed", seed)["nll"] for seed in (1, 2))
    expect(one != other, "evaluate to look at noisy images, as training does")


def own_files(here):
    if not have_codecs():
        print("skipped: own files (this build has no image codecs)")
        return
    latent("train", write_config(here, NOISE), "--run", "noisy", "--quiet")
    latent("train", write_config(here, SMALLER), "--run", "small", "--quiet")
    latent("sample", "--run", "noisy", "--count", 2, "--singles", "--out", "files")
    before = (here / "files/00000.png").read_bytes()
    result = latent_json("denoise", "--run", "noisy", "files", "--out", "cleaned")
    expect(sorted(result["written"]) == ["cleaned/00000-denoised.png", "cleaned/00001-denoised.png", "cleaned/files.png"],
           f"a file for each, got {result['written']}")
    cleaned = read_png(here / "cleaned/00000-denoised.png")
    expect((cleaned.width, cleaned.height) == (16, 16) and (here / "files/00000.png").read_bytes() == before,
           "the file's own size, and the file left alone")
    # Larger: resized and said, or tile by tile at its own size.
    large = here / "noisy/images/train/samples-0003.png"
    log = latent("denoise", "--run", "noisy", large).stderr
    expect("resized from" in log and "--tiles cleans files at their own size" in log, f"the resizing logged, got {log}")
    latent("denoise", "--run", "noisy", large, "--tiles", "--out", "tiles")
    size = read_png(large)
    tiled = read_png(here / "tiles/samples-0003-denoised.png")
    expect((tiled.width, tiled.height) == (size.width, size.height), "the size of the file")
    # Two files of one name do not overwrite each other.
    shutil.copytree(here / "files", here / "more")
    names = latent_json("denoise", "--run", "noisy", "files/00000.png", "more/00000.png", "--out", "both")["written"]
    expect(len(set(names)) == 3, f"three files, got {names}")

    latent("upscale", "--run", "small", "files", "--out", "larger")
    expect(read_png(here / "larger/00001-upscaled.png").width == 16, "an enlarged file")
    config = json.loads(write_config(here, {"data": {"size": [8, 8]}}).read_text())
    (here / "eight.json").write_text(json.dumps(config))
    latent("train", here / "eight.json", "--run", "eight", "--quiet", "--set", "model.encoder.channels=[8]")
    latent("sample", "--run", "eight", "--count", 2, "--singles", "--out", "eights")
    result = latent_json("upscale", "--run", "small", "eights")
    expect("mean" not in result and len(result["written"]) == 3, f"small files have no truth, got {result}")
    expect_error("expected only small files, to enlarge", "upscale", "--run", "small", "eights", "files")
    (here / "twelve.json").write_text(json.dumps(config | {"data": config["data"] | {"size": [12, 20]}}))
    latent("train", here / "twelve.json", "--run", "twelve", "--quiet", "--set", "model.encoder.channels=[8]")
    latent("sample", "--run", "twelve", "--count", 1, "--singles", "--out", "twelves")
    expect_error("00000.png: 20x12 pixels; expected 8x8 to enlarge, or at least 16x16", "upscale", "--run", "small", "twelves")
    log = latent("reconstruct", "--run", "noisy", "twelves").stderr
    expect("resized from 12x20 to the model's 16x16 (height x width), which changes its proportions" in log, f"the squeezing logged, got {log}")
    # A model that denoises and enlarges takes small files as they are.
    both = {"corruption": [*SMALLER["corruption"], {"name": "gaussian", "std": 0.3}]}
    latent("train", write_config(here, both), "--run", "both-small", "--quiet")
    log = latent("denoise", "--run", "both-small", "eights", "--out", "enlarged").stderr
    expect("resized" not in log and read_png(here / "enlarged/00000-denoised.png").width == 16, f"small files as they are, got {log}")
    expect_error("expected no --tiles, and files of its size, 1x8x8", "denoise", "--run", "both-small", "files", "--tiles")


def upscaling(here):
    out = latent("train", write_config(here, SMALLER), "--run", "small", "--quiet")
    expect("1x16x16" not in out.stdout, "quiet")
    log = latent("train", write_config(here, SMALLER), "--dry-run").stdout
    expect("which the encoder sees as 1x8x8" in log, f"the small size shown, got {log}")
    result = latent_json("upscale", "--run", "small", "--count", 5)
    expect(set(result["mean"]) == {"bicubic", "model"}, f"both measured, got {result['mean']}")
    expect(len(result["images"]) == 5 and (here / result["written"][0]).exists(), "the rows")
    # Every other command sees small images too.
    for command in (["reconstruct"], ["interpolate", "--indices", "0,1"], ["encode", "--out", "z.csv"], ["sample"],
                    ["evaluate"], ["traverse"], ["plot"], ["sample", "--sampler", "gmm"]):
        latent(*command, "--run", "small")
    rows = list(csv.reader((here / "z.csv").open()))
    expect(len(rows) > 60, "a code for each image")
    # A run whose config was changed by hand.
    config = json.loads((here / "small/config.json").read_text())
    config["corruption"][0]["size"] = [4, 4]
    (here / "small/config.json").write_text(json.dumps(config))
    expect_error("its corruption turns the images into 1x4x4; the checkpoint's model expects 1x8x8", "sample", "--run", "small")


def sparse(here):
    config = sparse_config(here)
    log = latent("train", config, "--run", "sparse").stderr
    expect("code: mean |a| " in log and " units active per image" in log, f"the sparsity of the epoch logged, got {log}")
    header = (here / "sparse/metrics.csv").read_text().splitlines()[0]
    expect(header.endswith("val_mean_activation,val_active_share,val_dead_units"), f"the columns, got {header}")
    latent("train", config, "--run", "plain", "--quiet", "--set", "objective.sparsity_l1.weight=0")
    figures = {run: latent_json("evaluate", "--run", run)["sparsity"] for run in ("sparse", "plain")}
    expect(figures["sparse"]["mean_activation"] < figures["plain"]["mean_activation"], f"a sparser code, got {figures}")
    result = latent_json("plot", "dictionary", "--run", "sparse")
    expect(result["method"] == "decoder weights" and sorted(result["order"]) == list(range(20)), f"all units, got {result}")
    expect((here / result["written"][0]).exists(), "the dictionary")
    chart = latent_json("plot", "activations", "--run", "sparse", "--twin", "plain", "--out", "activations.svg")
    expect([run["run"] for run in chart["runs"]] == ["sparse", "plain"], f"both runs, got {chart}")
    expect(">share<" in (here / "activations.svg").read_text(), "the chart")
    latent("sample", "--run", "sparse", "--sampler", "gmm")
    latent("train", write_config(here), "--run", "vae", "--quiet")
    result = latent_json("plot", "dictionary", "--run", "vae")
    expect(result["method"] == "decoded unit codes", f"another decoder is asked by unit codes, got {result}")
    expect_error("are not activations; expected a run with model.bottleneck point", "plot", "activations", "--run", "vae")
    expect_error("--twin: not a flag of latent plot latents, only of plot activations", "plot", "--run", "vae", "--twin", "sparse", code=2)


def mistakes(here):
    def error(message, change):
        expect_error(message, "train", write_config(here, change), "--run", "none")

    error("corruption.0.std: got -1; expected a number > 0", {"corruption": [{"name": "gaussian", "std": -1}]})
    error("corruption.0.size: 17x8 is larger than the image, 1x16x16", {"corruption": [{"name": "downsample", "size": [17, 8]}]})
    error("corruption.0.name: unknown name \"noise\"", {"corruption": ["noise"]})
    error("corruption.0.sdt: unknown key; did you mean std?", {"corruption": [{"name": "gaussian", "sdt": 1}]})
    error("objective.sparsity_kl: compares mean activations from 0 to 1, but this code is not limited to them",
          {"model": {"bottleneck": "point"}, "objective": {"sparsity_kl": {}}})
    error("objective.sparsity_l1: a gaussian bottleneck has no activations", {"objective": {"sparsity_l1": {}}})
    error("objective.kl: a point bottleneck has no distribution; expected model.bottleneck \"gaussian\"",
          {"model": {"bottleneck": "point"}, "objective": {"kl": {}}})
    (here / "rows.csv").write_text("a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(50)))
    table = {"data": {"name": "table", "file": str(here / "rows.csv")}, "model": {"encoder": {"name": "dense"}},
             "objective": {"likelihood": "gaussian"}, "train": {"epochs": 1}}
    (here / "table.json").write_text(json.dumps(table | {"corruption": ["downsample"]}))
    expect_error("downsample is for images, and the data set is a table", "train", here / "table.json")
    (here / "table.json").write_text(json.dumps(table | {"corruption": ["gaussian"]}))
    latent("train", here / "table.json", "--run", "table", "--quiet")
    expect("mse" in latent_json("denoise", "--run", "table")["mean"]["noisy"], "rows measured by their error")
    expect_error("rows of a table are taken from the run's data set", "denoise", "--run", "table", here / "rows.csv")

    latent("train", write_config(here), "--run", "plain", "--quiet")
    expect_error("plain: trained without noise; expected a run whose config has one", "denoise", "--run", "plain")
    expect_error("plain: its model does not enlarge images; expected a run", "upscale", "--run", "plain")
    expect_error("--tiles requires FILES", "denoise", "--run", "plain", "--tiles", code=2)
    listed = latent_json("list")
    names = [part["name"] for part in listed["corruption"]]
    expect({"gaussian", "masking", "salt_pepper", "downsample"} <= set(names), f"the corruptions listed, got {names}")
    shown = latent("config", write_config(here, NOISE)).stdout
    expect("corruption.0.std" in shown and "list of " + "|".join(names) in shown,
           f"its keys, got {shown}")


for check in (denoising, own_files, upscaling, sparse, mistakes):
    with Workplace() as workplace:
        check(workplace)
