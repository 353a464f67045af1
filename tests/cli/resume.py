"""A run that was interrupted, anywhere, ends with the bits of one that was not."""
import json
import pathlib
import shlex
import shutil
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
    # Where the tests run in the background the shell has SIGINT ignored, and so would the program.
    process = subprocess.Popen([BINARY, *arguments], stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    for line in process.stderr:
        if line.startswith("epoch 1/"):
            break
    time.sleep(0.15)
    process.send_signal(signal_number)
    rest = process.stderr.read()
    process.wait(timeout=60)
    expect(process.returncode == code, f"exit code {code}, got {process.returncode}\n{rest}")
    expect("resume with latent train --run " in rest, f"how to resume, got {rest}")
    return shlex.split(rest.split("resume with latent ")[1].splitlines()[0])


def pictures(here):
    """The last epoch's are there when a training ends, be it early, or after a kill just before they were made."""
    stopping = {"patience": 1, "min_delta": 1e6}
    config = write_config(here, {"train": {"epochs": 6, "pictures_every": 0, "early_stopping": stopping}}, "early.json")
    said = latent("train", config, "--run", "early")
    expect("stopped early" in said.stderr, f"two epochs only, got {said.stderr}")
    drawn = pathlib.Path("early/images/train")
    expect(f"pictures in {drawn}" in said.stdout, f"their folder, got {said.stdout}")
    before = {name: (drawn / name).read_bytes() for name in ("samples-0002.png", "reconstructions-0002.png")}
    shutil.rmtree(drawn)
    said = latent("train", "--run", "early", "--resume")
    expect(f"pictures in {drawn}" in said.stdout, f"their folder, got {said.stdout}")
    expect(before == {name: (drawn / name).read_bytes() for name in before}, "the same pictures again")
    shutil.rmtree(drawn)
    drawn.parent.rmdir()
    drawn.parent.write_text("in the way")  # as good as a disk that cannot be written to
    said = latent("train", "--run", "early", "--resume")
    expect("pictures" not in said.stdout, f"no folder that is not there, got {said.stdout}")


def main(here):
    slow = {"data": {"count": 3000}, "train": {"epochs": 3, "batch_size": 16, "schedule": "cosine"},
            "model": {"encoder": {"dropout": 0.1}}, "objective": {"kl": {"warmup_epochs": 2}}}
    config = write_config(here, slow)
    latent("train", config, "--run", "whole")
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        run = f"stopped {code}"  # what is said must do as it is, in a shell
        told = interrupt(["train", str(config), "--run", run], number, code)
        expect(len(losses(run)) < len(losses("whole")), "the signal to come before the end")
        expect(told == ["train", "--run", run, "--resume"], f"the command to go on, got {told}")
        latent(*told)
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
    expect_error("do not pass a config file", "train", constant, "--run", "two", "--resume", code=2)
    build = pathlib.Path("two/build.json")
    build.write_text(json.dumps(json.loads(build.read_text()) | {"torch": "1.2.3", "device": 5}))
    said = latent("train", "--run", "two", "--resume", "--set", "train.epochs=5").stderr
    expect("started on 1.2.3, resumed on " in said, f"a word about the other LibTorch, got {said}")
    expect_error("do not pass --init-from", "train", "--run", "two", "--resume", "--init-from", "two", code=2)
    expect_error("do not pass --overwrite", "train", "--run", "two", "--resume", "--overwrite", code=2)
    pictures(here)


if __name__ == "__main__":
    with Workplace() as folder:
        main(folder)
        sys.exit(0)
