"""The program installed by `cmake --install` trains, samples and finds its codecs."""
import os
import pathlib
import shutil
import subprocess

import _latent
from _latent import Workplace, expect, have_codecs, latent, latent_json, skip
from _pictures import read_png

cmake = shutil.which("cmake")
if not cmake:
    skip("no cmake")
os.environ.pop("LD_LIBRARY_PATH", None)  # the installed binary must know where LibTorch is
with Workplace() as here:
    build, prefix = pathlib.Path(_latent.BINARY).parent, here / "prefix"
    subprocess.run([cmake, "--install", build, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
    with_codecs = have_codecs()
    _latent.BINARY = str(prefix / "bin/latent")
    expect((prefix / "lib/latent/latent_codecs.so").is_file() == with_codecs, "the codecs where the build has them")
    settings = [argument for setting in ("data.count=64", "data.size=[16,16]", "model.encoder.channels=[8,16]", "train.epochs=1")
                for argument in ("--set", setting)]
    summary = latent_json("train", prefix / "share/latent/configs/shapes_vae.json", "--run", "run", *settings)
    expect(summary["epochs"] == 1, f"one epoch, got {summary}")
    latent("sample", "--run", "run", "--count", 9, "--out", "samples.png", "--quiet")
    picture = read_png(here / "samples.png")
    expect(picture.width >= 48 and picture.height >= 48, f"nine pictures of 16x16, got {picture.width}x{picture.height}")
    expect(len(set(picture.rgb)) > 2, "a picture that is not blank")
    if with_codecs:
        latent("reconstruct", "--run", "run", "samples.png", "--out", "again.png", "--quiet")
        read_png(here / "again.png")
