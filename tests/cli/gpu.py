"""The commands on a GPU: runs trained there open on the CPU and the other way round, with the same figures; a resumed run
is bit-for-bit identical."""
import os
import shutil
import subprocess
import sys

os.environ.pop("CUDA_VISIBLE_DEVICES", None)  # hidden from the other tests

from _latent import BINARY, SKIPPED, Workplace, expect, latent, latent_json, write_config  # noqa: E402
from resume import expect_equal_weights  # noqa: E402

COMMANDS = (("reconstruct",), ("sample",), ("sample", "--sampler", "posterior"), ("sample", "--sampler", "gmm"),
            ("interpolate",), ("traverse",), ("encode",), ("evaluate",), ("plot", "latents"), ("plot", "histograms"),
            ("detect", "--score", "error"), ("probe",))


def same_figures(run, checkpoint="last"):
    """Losses of a run on both devices, to the precision of sums in another order."""
    found = [latent_json("evaluate", "--run", run, "--checkpoint", checkpoint, "--device", device)
             for device in ("cpu", "cuda")]
    for key in ("loss", "nll", "kl"):
        expect(abs(found[0][key] - found[1][key]) <= 1e-3 * abs(found[0][key]) + 1e-3,
               f"the same {key} of {run} on both devices, got {found[0][key]} and {found[1][key]}")


with Workplace() as here:
    config = write_config(here, {"train": {"epochs": 3, "deterministic": True}})
    tried = subprocess.run([BINARY, "train", config, "--dry-run", "--device", "cuda"], capture_output=True, text=True)
    if "no CUDA device is available here" in tried.stderr:
        print("skipped: no CUDA device is available here", file=sys.stderr)
        sys.exit(SKIPPED)  # in CI too: nobody promised it one
    for device in ("cuda", "cpu"):
        latent("train", config, "--run", device, "--device", device, "--quiet")
        same_figures(device)
    for command in COMMANDS:
        if command[0] == "plot" and not shutil.which("gnuplot"):
            continue
        latent(*command, "--run", "cpu", "--device", "cuda", "--quiet")
    latent("train", config, "--run", "parts", "--device", "cuda", "--quiet", "--set", "train.epochs=1")
    latent("train", "--run", "parts", "--resume", "--device", "cuda", "--quiet", "--set", "train.epochs=3")
    expect_equal_weights("cuda", "parts")
    shutil.copytree("cuda", "moved")
    latent("train", "--run", "moved", "--resume", "--device", "cpu", "--quiet", "--set", "train.epochs=4")
    same_figures("moved")
    sys.exit(0)
