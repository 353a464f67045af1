"""A run's folder, opened."""
import csv
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence

import numpy as np
import torch

from . import _safetensors
from ._errors import Error
from ._model import Autoencoder

RUN_FORMAT = 1
BATCH = 500  # images or latents computed at once


@dataclasses.dataclass
class Latents:
    """Latents of images: `mean` and `logvar` [N, Z] (logvar is None for a plain autoencoder), the images' names, and their
    attributes: numbers, or words where the attribute has classes; unknown values are NaN or ""."""
    mean: np.ndarray
    logvar: np.ndarray | None
    names: list[str]
    attributes: dict[str, np.ndarray]

    def frame(self):
        """Returns a pandas DataFrame: name, attributes, z0, z1, ..."""
        import pandas
        columns = {"name": self.names, **self.attributes}
        columns.update({f"z{i}": self.mean[:, i] for i in range(self.mean.shape[1])})
        return pandas.DataFrame(columns)


def _read_json(path):
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        raise Error(f"{path}: no such file; expected the folder of a run, which latent train leaves") from None
    except ValueError as failure:
        raise Error(f"{path}: not valid JSON: {failure}") from None


def _spec_of(folder, metadata):
    if "model" in metadata:
        return json.loads(metadata["model"])
    path = folder / "model.json"
    if path.exists():
        return _read_json(path)
    raise Error(f"{folder}: an older run, which does not say what its model is; expected one call of: "
                f"latent export --run {folder} --to python")


class Run:
    """A run opened for use. `model` is a plain `torch.nn.Module` in evaluation mode, `config` the run's config as a dict."""

    def __init__(self, folder, checkpoint="best", device="cpu"):
        self.folder = pathlib.Path(folder)
        self.config = _read_json(self.folder / "config.json")
        build = self.folder / "build.json"
        version = _read_json(build).get("format", RUN_FORMAT) if build.exists() else RUN_FORMAT
        self.checkpoint = self.folder / "checkpoints" / f"{checkpoint}.safetensors"
        if not self.checkpoint.exists():
            there = sorted(path.stem for path in self.checkpoint.parent.glob("*.safetensors"))
            raise Error(f"{self.checkpoint}: no such checkpoint; expected {' or '.join(there) or 'a trained run'}")
        tensors, self.metadata = _safetensors.read(self.checkpoint)
        version = int(self.metadata.get("format", version))
        if version > RUN_FORMAT:
            raise Error(f"{self.folder}: a run of format {version}; this version of the package knows {RUN_FORMAT}: expected a newer one")
        self.device = torch.device(device)
        self.spec = _spec_of(self.folder, self.metadata)
        self.model = Autoencoder(self.spec)
        weights = {name.removeprefix("model."): tensor for name, tensor in tensors.items() if name.startswith("model.")}
        try:
            self.model.load_state_dict(weights)
        except RuntimeError as failure:
            raise Error(f"{self.checkpoint}: does not fit the model of this run: {' '.join(str(failure).split())}") from None
        self.model.to(self.device).eval()
        self._tensors = tensors

    def __repr__(self):
        return f"Run({str(self.folder)!r}: {self.latent_dim} latents, images {list(self.image_shape)})"

    @property
    def latent_dim(self) -> int:
        return torch.Size(self.model.latent_shape).numel()

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of the pictures."""
        return self.model.output_shape

    @property
    def metrics(self) -> dict[str, np.ndarray]:
        """The columns of metrics.csv, a value for each epoch."""
        with (self.folder / "metrics.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        return {name: np.array([float(row[name] or "nan") for row in rows]) for name in (rows[0] if rows else {})}

    def images(self, images) -> torch.Tensor:
        """Returns images as the encoder takes them: float32 [N, C, H, W] in [0, 1], on `device`.

        images: an array or tensor [N, C, H, W], [N, H, W, C] or, without colours, [N, H, W]; bytes from 0 to 255 or
        numbers from 0 to 1; or a list of such images without N."""
        if isinstance(images, Sequence):
            images = torch.stack([torch.as_tensor(np.asarray(image)) for image in images])
        pixels = torch.as_tensor(images)
        channels, height, width = self.model.input_shape
        if pixels.dim() == 3 and channels == 1:
            pixels = pixels.unsqueeze(1)
        elif pixels.dim() == 4 and tuple(pixels.shape[1:]) == (height, width, channels) != (channels, height, width):
            pixels = pixels.permute(0, 3, 1, 2)
        if pixels.dim() != 4 or tuple(pixels.shape[1:]) != (channels, height, width):
            raise Error(f"images of shape {tuple(torch.as_tensor(images).shape)}; expected [N, {channels}, {height}, {width}]"
                        f" or [N, {height}, {width}{'' if channels == 1 else f', {channels}'}]")
        if pixels.dtype == torch.uint8:
            return pixels.to(self.device, torch.float32) / 255
        if not pixels.is_floating_point():
            raise Error(f"images of type {pixels.dtype}; expected uint8 from 0 to 255, or floating-point numbers from 0 to 1")
        return pixels.to(self.device, torch.float32)

    def condition(self, **attributes) -> torch.Tensor | None:
        """Returns what a conditional model gets, [1, K]: condition(label=3, Smiling=True). What is not named is not known."""
        parts = json.loads(self.metadata.get("condition", "[]"))
        known = {part["name"] for part in parts}
        for name in attributes:
            if name not in known:
                raise Error(f"condition: {name!r} is not part of it; expected {', '.join(sorted(known)) or 'a model with a condition'}")
        row = []
        for part in parts:
            row += _condition_values(part, attributes.get(part["name"]))
        return torch.tensor([row], dtype=torch.float32, device=self.device) if parts else None

    @torch.no_grad()
    def encode(self, images, condition=None) -> torch.Tensor:
        """Returns the codes of images (see `images`): [N, Z]."""
        return self._in_parts(self.model.encode, self.images(images), condition)

    @torch.no_grad()
    def decode(self, z, condition=None) -> torch.Tensor:
        """z: [N, Z]. Returns pictures [N, C, H, W] in [0, 1]."""
        z = torch.as_tensor(z).to(self.device, torch.float32)
        return self._in_parts(self.model.decode, z, condition).clamp(0, 1)

    def reconstruct(self, images, condition=None) -> torch.Tensor:
        """Returns the reconstructions of images (see `images`): [N, C, H, W] in [0, 1]."""
        return self.decode(self.encode(images, condition), condition)

    def sample(self, count=64, sampler="prior", temperature=1.0, seed=None, condition=None) -> torch.Tensor:
        """Returns new pictures [count, C, H, W] in [0, 1]. sampler: "prior" (N(0, 1), of a plain autoencoder the box of its
        training latents, of codes each place's as often as in training) or "gmm" (a mixture fitted to the training latents by `latent sample --sampler gmm`)."""
        return self.decode(self.random_latents(count, sampler, temperature, seed), condition)

    def random_latents(self, count=64, sampler="prior", temperature=1.0, seed=None) -> torch.Tensor:
        """Returns random latents [count, Z]; see `sample`."""
        noise = torch.Generator().manual_seed(torch.seed() % (1 << 63) if seed is None else seed)
        if sampler == "gmm":
            return self._mixture(count, temperature, noise)
        if sampler != "prior":
            raise Error(f"sampler: got {sampler!r}; expected prior or gmm")
        if self.spec["prior"] == "normal":
            return temperature * torch.randn(count, self.latent_dim, generator=noise)
        codes = torch.as_tensor(self.latents("train").mean)
        if self.spec["bottleneck"]["kind"] in ("vq_code", "fsq_code"):
            maps = codes.reshape(len(codes), self.spec["latents"][0], -1)  # [N, D, places]
            rows = torch.randint(len(maps), (count, 1, maps.shape[2]), generator=noise).expand(-1, maps.shape[1], -1)
            return maps.gather(0, rows).reshape(count, -1)
        low, high = codes.min(0).values, codes.max(0).values
        middle, half = (low + high) / 2, (high - low) / 2
        return middle + temperature * half * (2 * torch.rand(count, self.latent_dim, generator=noise) - 1)

    def latents(self, split="test") -> Latents:
        """Returns the latents of a split of the run's data: "train", "validation" or "test". Calls the program `latent`
        (or $LATENT_BIN), which reads the data."""
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "latents.safetensors"
            self._call("encode", "--run", self.folder, "--checkpoint", self.checkpoint.stem, "--split", split, "--out", out)
            tensors, metadata = _safetensors.read(out)
        attributes = {}
        for name, values in tensors.items():
            if name.startswith("attribute."):
                name = name.removeprefix("attribute.")
                classes = json.loads(metadata.get(f"classes.{name}", "null"))
                attributes[name] = _in_words(values, classes) if classes else values.numpy()
        logvar = tensors["logvar"].numpy() if "logvar" in tensors else None
        return Latents(tensors["mean"].numpy(), logvar, json.loads(metadata["names"]), attributes)

    def _in_parts(self, function, rows, condition):
        if condition is not None and condition.shape[0] not in (1, len(rows)):
            raise Error(f"condition of {condition.shape[0]} rows for {len(rows)}; expected 1 or {len(rows)}")
        parts = []
        for first in range(0, max(len(rows), 1), BATCH):
            here = condition if condition is None or condition.shape[0] == 1 else condition[first:first + BATCH]
            parts.append(function(rows[first:first + BATCH], here))
        return torch.cat(parts)

    def _mixture(self, count, temperature, noise):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "samples.safetensors"
            seed = int(torch.randint(1 << 31, (), generator=noise))
            self._call("sample", "--run", self.folder, "--checkpoint", self.checkpoint.stem, "--sampler", "gmm", "--count", count,
                       "--temperature", temperature, "--seed", seed, "--tensors", out, "--out", pathlib.Path(folder) / "samples.png")
            return _safetensors.read(out)[0]["z"]

    @staticmethod
    def _call(*arguments):
        binary = os.environ.get("LATENT_BIN") or shutil.which("latent")
        if binary is None:
            raise Error(f"needs the program latent, as in: latent {' '.join(map(str, arguments))}; expected it on the PATH or in LATENT_BIN")
        done = subprocess.run([binary, *map(str, arguments), "--quiet"], capture_output=True, text=True)
        if done.returncode != 0:
            raise Error(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"latent {arguments[0]}: exit code {done.returncode}")


def _condition_values(part, value):
    if "classes" in part:
        if value is None:
            return [0.0] * len(part["classes"])
        if str(value) not in part["classes"]:
            raise Error(f"condition: {part['name']}={value}: training had no such class; expected one of {', '.join(part['classes'])}")
        return [float(name == str(value)) for name in part["classes"]]
    if value is None:
        return [0.0]
    if "mean" in part:
        return [(float(value) - part["mean"]) / part["deviation"]]
    return [1.0 if value else -1.0]


def _in_words(values, classes):
    return np.array([classes[int(value)] if 0 <= value < len(classes) else "" for value in values.nan_to_num(-1).tolist()])


def open(run, checkpoint="best", device="cpu") -> Run:
    """Opens a run. run: its folder. checkpoint: "best", "last", or another in its folder `checkpoints`.

    Raises Error if it is missing, damaged or newer than this package."""
    return Run(run, checkpoint, device)


def save(run: Run, model: torch.nn.Module, folder) -> Run:
    """Writes a run with the weights of `model` to a new folder, which every command of `latent` opens, and opens it.

    run: the run that the model comes from; its config and its figures of training are copied. model: a module with the
    weights of `run.model`, trained on, for example. Raises Error if the weights do not fit or the folder is not empty."""
    folder = pathlib.Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Error(f"{folder}: exists; expected a new folder")
    wanted, given = run.model.state_dict(), model.state_dict()
    for name in sorted(wanted.keys() | given.keys()):
        if name not in given or name not in wanted:
            raise Error(f"{name}: {'missing in' if name not in given else 'unknown to'} the model of {run.folder}")
        if given[name].shape != wanted[name].shape:
            raise Error(f"{name}: sizes {list(given[name].shape)}; expected {list(wanted[name].shape)}")
        if not torch.isfinite(given[name]).all():
            raise Error(f"{name}: holds NaN or infinity; expected numbers")
    tensors = {**run._tensors, **{f"model.{name}": tensor.float() for name, tensor in given.items()}}
    (folder / "checkpoints").mkdir(parents=True)
    for name in ("build.json", "metrics.csv", "model.json"):
        if (run.folder / name).exists():
            shutil.copyfile(run.folder / name, folder / name)
    for name in ("best", "last"):
        _safetensors.write(folder / "checkpoints" / f"{name}.safetensors", tensors, {name: text for name, text in run.metadata.items() if name not in ("crc32", "writer")})
    # Last: a folder without it is no run.
    shutil.copyfile(run.folder / "config.json", folder / "config.json")
    return Run(folder, device=run.device)
