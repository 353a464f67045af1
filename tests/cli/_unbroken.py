"""Shared by the reliability tests: a tiny run, and what must hold for it after any failure."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zlib

from _latent import BINARY, merged

# Trains in a fraction of a second: what is left of it is the start.
TINY = {"data": {"name": "shapes", "count": 64, "size": [8, 8]},
        "model": {"encoder": {"name": "dense", "hidden": [8]}, "latent_dim": 2},
        "train": {"epochs": 3, "batch_size": 16}}


def is_whole(checkpoint):
    """Whether the checksum that a checkpoint carries is its own."""
    data = pathlib.Path(checkpoint).read_bytes()
    length = int.from_bytes(data[:8], "little")
    stored = re.search(rb'"crc32":"([0-9a-f]{8})"', data[8:8 + length])
    if stored is None:
        return False
    start = 8 + stored.start(1)
    return zlib.crc32(data[:start] + b"0" * 8 + data[start + 8:]) == int(stored[1], 16)


def tensor_bytes(run):
    """Weights, optimizer's state and sums of the last checkpoint, bit for bit; its header holds times."""
    data = (pathlib.Path(run) / "checkpoints/last.safetensors").read_bytes()
    return data[8 + int.from_bytes(data[:8], "little"):]


def temporary_files(folder):
    return [str(path) for path in pathlib.Path(folder).rglob("*") if ".tmp" in path.name]


class Place:
    """A folder with a run and a cache; `train` and `resume` work on it, whatever state it is in."""

    def __init__(self, folder, name="place", change=None):
        self.folder = pathlib.Path(folder).resolve() / name
        self.run = self.folder / "run"
        self.config = pathlib.Path(folder).resolve() / "tiny.json"
        self.config.write_text(json.dumps(merged(TINY, change or {})))
        self.environment = dict(os.environ, LATENT_CACHE=str(self.folder / "cache"))
        self.clear()

    def clear(self, copy_of=None):
        shutil.rmtree(self.folder, ignore_errors=True)
        if copy_of is None:
            self.folder.mkdir()
        else:
            shutil.copytree(copy_of, self.folder)

    def command(self, how, epochs=3):
        train = [BINARY, "train", "--run", str(self.run), "--quiet", "--set", f"train.epochs={epochs}"]
        return train + {"fresh": [str(self.config)], "overwrite": [str(self.config), "--overwrite"],
                        "resume": ["--resume"]}[how]

    def train(self, how, epochs=3, **more):
        """Returns the exit code, negative for a signal, and what was said."""
        done = subprocess.run(self.command(how, epochs), capture_output=True, text=True, timeout=120,
                              env=dict(self.environment, **more), start_new_session=True)
        return done.returncode, done.stderr

    def checkpoints(self):
        return sorted(self.run.glob("checkpoints/*.safetensors"))

    def check_checkpoints(self, story):
        for path in self.checkpoints():
            if not is_whole(path):
                sys.exit(f"{story}\n{path}: damaged")

    def finish(self, story):
        """Finishes the run; starts it again only if there was no checkpoint to resume from."""
        had = bool(self.checkpoints())
        code, said = self.train("resume")
        if code != 0 and not had:
            code, said = self.train("overwrite")
        if code != 0:
            sys.exit(f"{story}\nthe run could not be finished: exit code {code}\n{said}")
        if self.run / "checkpoints/last.safetensors" not in self.checkpoints():
            sys.exit(f"{story}\nthe run ended without last.safetensors; there are {self.checkpoints()}\n{said}")
        if left := temporary_files(self.folder):
            sys.exit(f"{story}\nafter the next start these are still there: {left}")


def check_said(story, code, said):
    """Exit code 0, or 1 and one line."""
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    strange = [line for line in said.splitlines()
               if not line.startswith(("error: ", "warning: "))]
    if code not in (0, 1) or len(errors) != code or strange:
        sys.exit(f"{story}\nexit code {code}; expected 0, or 1 and one line\n{said}")
