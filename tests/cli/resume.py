"""A run that was interrupted, anywhere, ends with the bits of one that was not."""
import json
import pathlib
import signal
import subprocess
import sys
import time

from _latent import (BINARY, Workplace, expect, expect_error, latent, write_config)


def tensors(path):
    from safetensors.torch import load_file

    return load_file(path)


def expect_equal_weights(one, other):
    import torch

    a, b = (tensors(f"{run}/checkpoints/last.safetensors") for run in (one, other))
    expect(sorted(a) == sorted(b), "the same names")
    for name in a:
        expect(torch.equal(a[name], b[name]), f"{name} of {one} and {other} to have the same bits")


def losses(run):
    """metrics.csv without the columns that hold times; it appears when the first epoch ends."""
    path = pathlib.Path(run) / "metrics.csv"
    rows = [line.split(",") for line in path.read_text().splitlines()] if path.exists() else []
    return [row[:2] + row[4:] for row in rows]


def interrupt(arguments, signal_number, code):
    """Sends the signal while the run trains."""
    process = subprocess.Popen([BINARY, *arguments], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("epoch 1/"):
            break
    time.sleep(0.15)
    process.send_signal(signal_number)
    rest = process.stderr.read()
    process.wait(timeout=60)
    expect(process.returncode == code, f"exit code {code}, got {process.returncode}\n{rest}")
    expect("--resume" in rest, f"how to go on, got {rest}")


def main(here):
    slow = {"data": {"count": 3000}, "train": {"epochs": 3, "batch_size": 16, "schedule": "cosine"},
            "model": {"encoder": {"dropout": 0.1}}, "objective": {"kl": {"warmup_epochs": 2}}}
    config = write_config(here, slow)
    latent("train", config, "--run", "whole")
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        run = f"stopped-{code}"
        interrupt(["train", str(config), "--run", run], number, code)
        expect(len(losses(run)) < len(losses("whole")), "the signal to come before the end")
        latent("train", "--run", run, "--resume")
        expect_equal_weights("whole", run)
        expect(losses("whole") == losses(run), "the same losses")

    # Longer than planned: 2 + 2 epochs are 4 under a constant rate.
    constant = write_config(here, {"train": {"epochs": 4}}, "constant.json")
    latent("train", constant, "--run", "four")
    latent("train", constant, "--run", "two", "--set", "train.epochs=2")
    latent("train", "--run", "two", "--resume", "--set", "train.epochs=4")
    expect_equal_weights("four", "two")
    kept = json.loads(pathlib.Path("two/config.json").read_text())
    expect(kept["train"]["epochs"] == 4, f"the longer training in the run's config, got {kept['train']['epochs']}")
    expect_error("train.batch_size", "train", "--run", "two", "--resume", "--set", "train.batch_size=64")
    expect_error("no such run", "train", "--run", "nowhere", "--resume")
    expect_error("expected no other config", "train", constant, "--run", "two", "--resume", code=2)
    build = pathlib.Path("two/build.json")
    build.write_text(json.dumps(json.loads(build.read_text()) | {"torch": "1.2.3"}))
    said = latent("train", "--run", "two", "--resume", "--set", "train.epochs=5").stderr
    expect("begun on 1.2.3, resumed on " in said, f"a word about the other LibTorch, got {said}")
    expect_error("expected no --init-from", "train", "--run", "two", "--resume", "--init-from", "two", code=2)
    expect_error("expected no --overwrite", "train", "--run", "two", "--resume", "--overwrite", code=2)


if __name__ == "__main__":
    with Workplace() as folder:
        main(folder)
        sys.exit(0)
