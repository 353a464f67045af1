"""Models whose latents are codes: every command takes them or says why not, a prior draws them, and files of them decode again.

usage: codes.py [KILLS]     KILLS: how often the training of a prior is killed before it is resumed to the end
"""
import json
import random
import shutil
import subprocess
import sys
import time

from _latent import BINARY, Workplace, expect, expect_error, files_below, have_codecs, latent, latent_json, skip, write_config
from _pictures import read_png

try:
    import numpy
    from safetensors.numpy import load_file
except ImportError:
    numpy = None

VQ = {"data": {"count": 300}, "model": {"bottleneck": {"name": "vq", "codes": 32, "decay": 0.8}, "latent_dim": 6},
      "objective": {"likelihood": {"name": "gaussian", "value": 0.3, "output": "sigmoid"}},
      "train": {"epochs": 6, "batch_size": 32, "optimizer": {"learning_rate": 0.003}}}
KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 6  # of a prior's training
PLACES, SIDE = 16, 4  # of the map of 16x16 images after two strides


def commands(here):
    log = latent("train", write_config(here, VQ), "--run", "vq").stderr
    expect("of 32 codes used, perplexity" in log, f"the use of codes in the log, got {log}")
    columns = (here / "vq/metrics.csv").read_text().splitlines()[0].split(",")
    expect(columns[-2:] == ["val_perplexity", "val_codes_used"], f"their columns, got {columns}")
    result = latent_json("evaluate", "--run", "vq")
    codes = {figure: result["measures"]["codes"][figure]["value"] for figure in ("used", "perplexity", "bits")}
    expect(1 <= codes["perplexity"] <= codes["used"] <= 32 and 0 <= codes["bits"] <= PLACES * 5, f"figures of codes, got {codes}")

    latent("encode", "--run", "vq", "--codes", "--count", 7, "--out", "maps.npy")
    maps = numpy.load("maps.npy")
    expect(maps.shape == (7, SIDE, SIDE) and maps.dtype == numpy.int32 and 0 <= maps.min() and maps.max() < 32,
           f"maps of codes, got {maps.shape} {maps.dtype}")
    whole = latent_json("encode", "--run", "vq", "--codes")["written"][0]
    expect((numpy.load(whole)[:7] == maps).all(), "the same codes of the whole split")
    latent("encode", "--run", "vq", "--count", 7, "--out", "vectors.npy")
    vectors = numpy.load("vectors.npy")["mean"].reshape(7, 6, PLACES)
    book = load_file("vq/checkpoints/best.safetensors")["model.bottleneck.codes"]
    expect((vectors.transpose(0, 2, 1).reshape(-1, 6) == book[maps.reshape(-1)]).all(), "the vectors of those codes")

    latent("reconstruct", "--run", "vq")
    latent("interpolate", "--run", "vq", "--indices", "3,4")
    latent("interpolate", "--run", "vq", "--indices", "3,4", "--path", "cells", "--steps", 5, "--tensors", "path.safetensors")
    z = load_file("path.safetensors")["z"].reshape(5, 6, PLACES)
    for step in range(5):
        ends = [(z[step] == z[end]).all(0) for end in (0, 4)]
        expect((ends[0] | ends[1]).all() and ends[1].sum() >= step * 4, f"whole codes replaced at step {step}")
    latent("probe", "--run", "vq")
    latent("detect", "--run", "vq")
    latent("compare-pca", "--run", "vq")
    said = json.loads(latent("doctor", "--run", "vq", "--json").stdout)
    expect(any(finding["where"] == "codes" for finding in said["findings"]), f"a finding about codes, got {said}")
    drawn = latent_json("plot", "codes", "--run", "vq")
    expect(drawn["codes"] == 32 and all((here / path).exists() for path in drawn["written"]), f"two pictures, got {drawn}")
    latent("report", "--run", "vq")
    latent("export", "--run", "vq", "--out", "exported")
    expect_error("its latents are codes, of which a single number means nothing", "traverse", "--run", "vq")
    expect_error("its latents are codes, which no mixture of Gaussians describes", "sample", "--run", "vq", "--sampler", "gmm")


def scalars(here):
    config = json.loads(write_config(here, VQ, "fsq.json").read_text())
    config["model"].update(bottleneck={"name": "fsq", "levels": [5, 3]}, latent_dim=2)
    (here / "fsq.json").write_text(json.dumps(config))
    latent("train", "fsq.json", "--run", "fsq", "--quiet")
    latent("encode", "--run", "fsq", "--codes", "--count", 5, "--out", "f.npy")
    expect(numpy.load("f.npy").max() < 15, "fifteen codes")
    latent("sample", "--run", "fsq", "--count", 4)
    expect_error("model.bottleneck.levels: 2 levels for latents of 3; expected model.latent_dim 2", "train", "fsq.json", "--set",
                 "model.latent_dim=3")
    expect_error("expected levels whose product is from 2 to 65536", "train", "fsq.json", "--set",
                 "model.bottleneck.levels=[256,256,2]")
    expect_error("encoder", "train", "fsq.json", "--set", 'model.encoder={"name": "dense"}')


def prior(here):
    expect_error("no prior is trained; expected latent prior train --run vq --name autoregressive", "sample", "--run", "vq",
                 "--sampler", "autoregressive")
    before = latent_json("sample", "--run", "vq", "--count", 4)["written"][0]
    by_place = (here / before).read_bytes()
    latent("sample", "--run", "vq", "--count", 4, "--sampler", "codes", "--out", "codes.png")
    expect((here / "codes.png").read_bytes() == by_place, "codes one by one where no prior is trained")

    small = ["--set", "epochs=8", "--set", "channels=16", "--set", "layers=1", "--set", "heads=2", "--set", "batch_size=32"]
    result = latent_json("prior", "train", "--run", "vq", *small)
    expect(result["epochs"] == 8 and result["bits"] < result["bits_by_frequency"], f"fewer bits, got {result}")
    expect(files_below("vq/priors/autoregressive") == ["build.json", "checkpoints/best.safetensors", "checkpoints/last.safetensors",
                                                       "config.json", "metrics.csv"],
           f"the files of a prior, got {files_below('vq/priors/autoregressive')}")
    after = latent_json("sample", "--run", "vq", "--count", 4)
    expect((here / after["written"][0]).read_bytes() != by_place, "the prior to be used by default")
    latent("sample", "--run", "vq", "--count", 4, "--sampler", "autoregressive", "--out", "auto.png")
    expect((here / "auto.png").read_bytes() == (here / after["written"][0]).read_bytes(), "the same as asked for by name")
    cold = [latent_json("sample", "--run", "vq", "--count", 4, "--temperature", 0, "--seed", seed, "--out", f"cold{seed}.png")
            for seed in (1, 2)]
    expect((here / "cold1.png").read_bytes() == (here / "cold2.png").read_bytes(), "the most likely codes whatever the seed")

    expect_error("there is a prior already; expected --overwrite, or --resume", "prior", "train", "--run", "vq")
    expect_error("--resume uses the prior's own config; do not pass --set", "prior", "train", "--run", "vq", "--resume", "--set",
                 "epochs=9", code=2)
    expect_error("epoch: unknown key; did you mean epochs?", "prior", "train", "--run", "fsq", "--set", "epoch=9")
    expect_error("heads: got 5; expected a divisor of channels (96)", "prior", "train", "--run", "fsq", "--set", "heads=5")
    expect_error("no prior to resume", "prior", "train", "--run", "fsq", "--resume")
    expect_error("--name pixelcnn: expected autoregressive", "prior", "train", "--run", "vq", "--name", "pixelcnn", code=2)
    expect_error("this run's prior is not conditioned on anything", "sample", "--run", "vq", "--attribute", "shape=square")

    # By class.
    latent("prior", "train", "--run", "fsq", *small, "--set", "condition=shape", "--quiet")
    pictures = set()
    for words in ("shape=square", "shape=ellipse"):
        result = latent_json("sample", "--run", "fsq", "--count", 8, "--attribute", words)
        expect(result["sampler"] == "autoregressive" and result["attribute"] == words, f"the prior and the class, got {result}")
        pictures.add((here / result["written"][0]).read_bytes())
    expect(len(pictures) == 2, "other codes for each class")

    # Another checkpoint.
    shutil.copytree("vq", "more")
    latent("train", "--run", "more", "--resume", "--set", "train.epochs=8", "--quiet")
    expect_error("trained on the codes of another checkpoint than last of this run; expected a prior trained again: latent prior "
                 "train --run more", "sample", "--run", "more", "--checkpoint", "last")


def killed_prior(here):
    settings = ["--set", "epochs=6", "--set", "channels=16", "--set", "layers=1", "--set", "heads=2", "--set", "batch_size=4"]
    latent("prior", "train", "--run", "vq", *settings, "--overwrite", "--quiet")
    last = here / "vq/priors/autoregressive/checkpoints/last.safetensors"
    wanted = load_file(last)

    def expect_same(story):
        found = load_file(last)
        expect(found.keys() == wanted.keys() and all((found[name] == wanted[name]).all() for name in wanted), f"the same bits {story}")

    shutil.rmtree("vq/priors")
    draw = random.Random(1)
    fresh, kills = [*settings, "--overwrite"], 0
    flags = fresh
    while kills < KILLS:
        process = subprocess.Popen([BINARY, "prior", "train", "--run", "vq", "--quiet", *flags], stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        try:
            process.wait(draw.uniform(0.4, 2.0))
        except subprocess.TimeoutExpired:
            process.kill() if draw.random() < 0.5 else process.terminate()
            process.wait()
            kills += 1
            flags = ["--resume"] if last.exists() else fresh
            continue
        expect_same(f"after {kills} kills")
        flags = fresh
    latent("prior", "train", "--run", "vq", "--quiet", *flags)
    expect_same(f"after {kills} kills")


def compressed(here):
    result = latent_json("compress", "--run", "vq", "--split", "test", "--out", "small")
    count = result["images"]
    files = files_below("small")
    expect(len(files) == count and all(name.endswith(".ltc") for name in files), f"a file for each image, got {len(files)}")
    sizes = sum((here / "small" / name).stat().st_size for name in files)
    expect(sizes == result["bytes"] and abs(result["payload_per_image"] - result["bytes_per_image"] + 18) < 1e-9,
           f"the sizes of the files, got {result}")
    one = (here / "small" / files[0]).read_bytes()
    expect(one[:4] == b"LtC\x01" and len(one) < 18 + PLACES * 5 / 8 + 2, f"a short file, got {len(one)} bytes")
    latent("decompress", "--run", "vq", "small", "--out", "back", "--tensors", "back.safetensors")
    latent("reconstruct", "--run", "vq", "--count", 0, "--tensors", "own.safetensors", "--out", "own.png")
    back, own = (load_file(f"{name}.safetensors") for name in ("back", "own"))
    expect((back["z"] == own["z"]).all() and (back["images"] == own["images"]).all(), "the model's own reconstructions")
    picture = read_png(here / "back" / files[0].replace(".ltc", ".png"))
    expect((picture.width, picture.height) == (16, 16), "pictures of the images' size")
    # Files of one's own.
    latent("decompress", "--run", "vq", f"small/{files[3]}", "--out", "single")
    expect(files_below("single") == [files[3].replace(".ltc", ".png")], "one picture")
    if have_codecs():  # without, PNGs are only written
        again = latent_json("compress", "--run", "vq", "back", "--out", "again")
        expect(again["images"] == count and files_below("again") == files, f"the pictures compressed again, got {again}")
    return files, one


def refused(here, files, one):
    (here / "bad").mkdir()
    bad = here / "bad/x.ltc"
    arguments = ("decompress", "--run", "vq", bad, "--out", "never")
    for at in range(len(one)):
        bad.write_bytes(one[:at])
        if at % 6 == 0:
            expect_error("expected a file of latent compress", *arguments)
    for bit in range(0, 8 * len(one), 37):
        bad.write_bytes(bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(one)))
        expect_error("expected a file of latent compress", *arguments)
    expect(not (here / "never").exists(), "no picture of a damaged file")
    shutil.copy(f"small/{files[0]}", bad)
    latent("compress", "--run", "fsq", "--count", 2, "--out", "other", "--quiet")
    expect_error("compressed by another run, or another checkpoint of this one", "decompress", "--run", "fsq", bad, "--out", "never")
    expect_error("compression/last.safetensors: missing; expected the tables of the latent compress", "decompress", "--run", "vq",
                 "--checkpoint", "last", bad, "--out", "never")
    expect_error("latent compress: no --out; expected --out DIR", "compress", "--run", "vq", code=2)
    expect_error("latent decompress: no files", "decompress", "--run", "vq", "--out", "never", code=2)
    expect_error("no files of latent compress (*.ltc) below it", "decompress", "--run", "vq", "back", "--out", "never")
    if not have_codecs():
        return
    (here / "large.pgm").write_bytes(b"P5 20 20 255\n" + bytes(range(200)) * 2)
    expect_error("expected pictures of that size, or --fit to resize them", "compress", "--run", "vq", "large.pgm", "--out", "never")


def gaussian(here):
    latent("train", write_config(here), "--run", "vae", "--quiet")
    for command in (["encode", "--codes"], ["plot", "codes"], ["prior", "train"], ["interpolate", "--path", "cells"],
                    ["sample", "--sampler", "codes"], ["sample", "--sampler", "autoregressive"]):
        expect_error("expected", *command, "--run", "vae")
    result = latent_json("compress", "--run", "vae", "--out", "means")
    expect(result["payload_per_image"] < 12, f"a few bytes for four latents, got {result}")
    latent("decompress", "--run", "vae", "means", "--out", "means-back", "--tensors", "means.safetensors")
    latent("reconstruct", "--run", "vae", "--count", 0, "--tensors", "exact.safetensors", "--out", "e.png")
    error = [((load_file(f"{name}.safetensors")["images"] - load_file("exact.safetensors")["images"]) ** 2).mean()
             for name in ("means", "exact")]
    expect(0 < error[0] < 0.01, f"pictures near the reconstructions, got {error}")
    latent("train", write_config(here, {"model": {"condition": "shape"}}), "--run", "told", "--quiet")
    expect_error("its model needs a condition to decode, which a compressed file does not hold", "compress", "--run", "told",
                 "--out", "never")


with Workplace() as here:
    if numpy is None:
        skip("needs NumPy and safetensors")
    commands(here)
    scalars(here)
    files, one = compressed(here)
    refused(here, files, one)
    prior(here)
    killed_prior(here)
    gaussian(here)
