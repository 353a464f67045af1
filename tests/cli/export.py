"""latent export and the Python package: what they compute is what the program computes."""
import json
import os
import subprocess
import sys

import numpy as np
import torch
from _kinds import NETWORKS
from _latent import BINARY, SOURCE, Workplace, expect, expect_error, latent, latent_json, merged, write_config

sys.path.insert(0, str(SOURCE / "python"))
os.environ["LATENT_BIN"] = BINARY
import latent as package  # noqa: E402
from latent import _safetensors  # noqa: E402

# As the bounds of single precision: pictures lie in [0, 1]; codes are compared with their largest.
PICTURES, CODES = 1e-5, 1e-4
SIDE = 13  # odd, so that strides leave a rest
IMAGES = np.random.default_rng(0).integers(0, 256, (6, SIDE, SIDE), dtype=np.uint8)


def tensors(path):
    return _safetensors.read(path)[0]


class Case:
    """A trained run, and what the program makes of IMAGES and of random latents."""

    def __init__(self, here, name, change):
        self.run = here / name
        config = {"data": {"name": "shapes", "count": 64, "size": [SIDE, SIDE]}, "model": {"encoder": "conv", "latent_dim": 4},
                  "train": {"epochs": 1, "batch_size": 32, "pictures_every": 0}}
        config = merged(config, change)
        config["model"] = {key: value for key, value in config["model"].items() if value is not None}
        (here / f"{name}.json").write_text(json.dumps(config))
        latent("train", here / f"{name}.json", "--run", self.run, "--quiet")
        latent("encode", "--run", self.run, here / "images.npy", "--out", here / "codes.safetensors")
        self.code = tensors(here / "codes.safetensors")["mean"]
        latent("sample", "--run", self.run, "--count", 5, "--tensors", here / "samples.safetensors")
        self.samples = tensors(here / "samples.safetensors")

    def tolerance(self):
        return CODES * max(1.0, self.code.abs().max().item())


def close(got, want, tolerance, what):
    worst = (got - want).abs().max().item()
    expect(got.shape == want.shape and worst <= tolerance, f"{what} within {tolerance}, differs by {worst}")


def python(case):
    run = package.open(case.run)
    close(run.encode(IMAGES), case.code, case.tolerance(), f"{run}: codes of bytes")
    close(run.encode(torch.tensor(IMAGES)[:, None] / 255), case.code, case.tolerance(), f"{run}: codes of numbers")
    close(run.decode(case.samples["z"]), case.samples["images"].clamp(0, 1), PICTURES, f"{run}: pictures")
    z = case.samples["z"].clone().requires_grad_()
    run.model.decode(z).sum().backward()
    expect(z.grad.abs().sum() > 0, f"{run}: a gradient with respect to z")
    return run


def onnx(here, case, run, cases):
    latent("export", "--run", case.run, "--part", "encoder,decoder,autoencoder,detector,generator", "--threshold", 5, "--out", case.run / "f")
    latent("export", "--run", case.run, "--part", "encoder", "--input", "bytes", "--out", case.run / "b")
    numbers = IMAGES[:, None].astype(np.float32) / 255
    again = run.reconstruct(IMAGES).numpy()
    error = ((again - numbers) ** 2).sum(1)
    score = error.sum((1, 2))
    levels = np.round(run.decode(case.samples["z"]).numpy() * 255).astype(np.uint8)
    put = {"numbers": numbers, "bytes": IMAGES[:, None], "code": case.code.numpy(), "z": case.samples["z"].numpy(), "again": again,
           "pictures": case.samples["images"].clamp(0, 1).numpy(), "error": error, "score": score, "flag": score > 5,
           "levels": np.repeat(levels, 3, 1)}
    files = {name: str(case.run / f"{name}.npy") for name in put}
    for name, array in put.items():
        np.save(files[name], array)
    # A squared error of `pixels` values, each off by PICTURES; a picture's level may fall to the other side of a half.
    pixels = SIDE * SIDE
    outputs = {"f/encoder": ("numbers", {"code": ("code", case.tolerance())}), "b/encoder": ("bytes", {"code": ("code", case.tolerance())}),
               "f/decoder": ("z", {"pictures": ("pictures", PICTURES)}), "f/autoencoder": ("numbers", {"pictures": ("again", PICTURES)}),
               "f/detector": ("numbers", {"score": ("score", 2 * pixels * PICTURES), "error_map": ("error", 2 * PICTURES), "flag": ("flag", 0)}),
               "f/generator": ("z", {"images": ("levels", 1)})}
    for part, (given, wanted) in outputs.items():
        cases.append({"file": str(case.run / f"{part}.onnx"), "inputs": {"z" if given == "z" else "images": files[given]},
                      "outputs": {name: files[array] for name, (array, _) in wanted.items()},
                      "tolerance": {name: tolerance for name, (_, tolerance) in wanted.items()}})
        if run.model.condition_size:
            nothing = str(case.run / f"nothing-{given}.npy")
            np.save(nothing, np.zeros((len(put[given]), run.model.condition_size), np.float32))
            cases[-1]["inputs"]["condition"] = nothing


def check_with_onnx_runtime(here, cases):
    tools = os.environ.get("LATENT_TEST_TOOLS")
    if not tools:
        expect(os.environ.get("CI") != "true", "the test tools to be there in CI: scripts/setup.sh --test-tools")
        print("skipped: ONNX Runtime; scripts/setup.sh --test-tools installs it", file=sys.stderr)
        return
    (here / "cases.json").write_text(json.dumps(cases))
    done = subprocess.run([tools, SOURCE / "tests/cli/_check_onnx.py", here / "cases.json"], capture_output=True, text=True)
    expect(done.returncode == 0, f"ONNX Runtime to agree, got\n{done.stdout}{done.stderr}")


def fine_tuned(here, case):
    """Ten steps in Python, saved, and evaluated by the program."""
    run = package.open(case.run)
    data = run.images(IMAGES)
    run.model.train()
    optimizer = torch.optim.SGD(run.model.parameters(), 1e-3)
    for _ in range(10):
        optimizer.zero_grad()
        ((run.model(data) - data) ** 2).mean().backward()
        optimizer.step()
    run.model.eval()
    tuned = package.save(run, run.model, here / "tuned")
    latent("encode", "--run", tuned.folder, here / "images.npy", "--out", here / "tuned.safetensors")
    after = tensors(here / "tuned.safetensors")["mean"]
    close(run.encode(IMAGES), after, case.tolerance(), "codes of the tuned model")
    expect((after - case.code).abs().max() > 0, "other codes than before")
    expect(latent_json("evaluate", "--run", tuned.folder)["images"] > 0, "evaluate to open it")
    refused(lambda: package.save(run, torch.nn.Linear(1, 1), here / "wrong"), "bias: unknown to the model of")
    expect(not (here / "wrong").exists(), "nothing left of a refused save")
    refused(lambda: package.save(run, run.model, here / "tuned"), "expected a new folder")


def refused(call, message):
    try:
        call()
    except package.Error as error:
        expect(message in str(error) and "\n" not in str(error), f"one line with {message!r}, got {error}")
        return
    expect(False, f"an error with {message!r}")


def python_refusals(here, case):
    run = package.open(case.run)
    refused(lambda: package.open(here / "nowhere"), "no such file; expected the folder of a run")
    refused(lambda: package.open(case.run, "worst"), "no such checkpoint; expected best")
    refused(lambda: run.encode(IMAGES[:, :4]), f"expected [N, 1, {SIDE}, {SIDE}]")
    refused(lambda: run.encode(IMAGES.astype(np.int64)), "expected uint8 from 0 to 255")
    refused(lambda: run.decode(torch.zeros(2, 99)), "expected [N, 4]")
    refused(lambda: run.sample(3, sampler="gm"), "expected prior or gmm")
    refused(lambda: run.condition(label=3), "'label' is not part of it")
    stored, metadata = _safetensors.read(run.checkpoint)
    folder = here / "newer"
    package.save(run, run.model, folder)
    _safetensors.write(folder / "checkpoints/best.safetensors", stored, {**metadata, "format": "99"})
    refused(lambda: package.open(folder), "a run of format 99")
    (folder / "checkpoints/best.safetensors").write_bytes((folder / "checkpoints/best.safetensors").read_bytes()[:-1])
    refused(lambda: package.open(folder), "damaged")
    metadata.pop("model")
    _safetensors.write(folder / "checkpoints/best.safetensors", stored, {key: text for key, text in metadata.items() if key not in ("crc32", "writer")})
    refused(lambda: package.open(folder), "latent export --run")
    latent("export", "--run", folder, "--to", "python")
    close(package.open(folder).encode(IMAGES), case.code, case.tolerance(), "an older run after latent export --to python")


def python_uses(here, case):
    run = package.open(case.run)
    expect(list(run.metrics["epoch"]) == [1], f"an epoch in the metrics, got {run.metrics}")
    latents = run.latents("test")
    expect(latents.mean.shape[1] == 4 and len(latents.names) == len(latents.mean) and "shape" in latents.attributes, f"latents, got {latents}")
    expect(set(latents.attributes["shape"]) <= {"square", "ellipse", "heart"}, "classes in words")
    for sampler in ("prior", "gmm"):
        pictures = run.sample(7, sampler=sampler, seed=1)
        expect(pictures.shape == (7, 1, SIDE, SIDE) and pictures.min() >= 0 and pictures.max() <= 1, f"7 pictures of {sampler}")
        expect(torch.equal(pictures, run.sample(7, sampler=sampler, seed=1)), "the same seed, the same pictures")


def refusals(here, case):
    expect_error("--to onx: expected onnx or python", "export", "--run", case.run, "--to", "onx", code=2)
    expect_error('--part: unknown part "encodr"; did you mean encoder?', "export", "--run", case.run, "--part", "encodr", code=2)
    expect_error("--input grey: expected float or bytes", "export", "--run", case.run, "--input", "grey", code=2)
    expect_error("--threshold -1: expected a squared error", "export", "--run", case.run, "--part", "detector", "--threshold", -1, code=2)
    (here / "file").write_text("")
    expect_error("file", "export", "--run", case.run, "--out", here / "file" / "x")
    config = write_config(here, {"corruption": [{"name": "downsample", "size": [8, 8]}], "train": {"epochs": 1}}, "up.json")
    latent("train", config, "--run", "up", "--quiet")
    expect_error("--part detector: compares images with their reconstructions; the run makes 1x16x16 of 1x8x8",
                 "export", "--run", "up", "--part", "detector", "--threshold", 1)
    expect(not list((here / "up").glob("onnx")), "no folder of a refused export")


with Workplace() as here:
    np.save(here / "images.npy", IMAGES)
    cases = []
    first = None
    for name, change in NETWORKS.items():
        case = Case(here, name, change)
        first = first or case
        onnx(here, case, python(case), cases)
    check_with_onnx_runtime(here, cases)
    latent("export", "--run", first.run, "--part", "detector", "--out", here / "threshold")
    fine_tuned(here, first)
    python_uses(here, first)
    python_refusals(here, first)
    refusals(here, first)
