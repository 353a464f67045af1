"""Tables through every command, with charts instead of grids; images from NumPy's files."""
import json
import math
import random
import struct

from _latent import Workplace, expect, expect_error, files_below, latent, latent_json, skip

try:
    import numpy
except ImportError:
    numpy = None


def write_csv(path, names, rows):
    lines = [",".join(names)] if names else []
    path.write_text("\n".join(lines + [",".join(map(str, row)) for row in rows]) + "\n")


def plane(count):
    """Points near the plane z = x + y / 2, in another unit for each coordinate; and the side they lie on."""
    draw = random.Random(1)
    for _ in range(count):
        x, y = draw.gauss(0, 1), draw.gauss(0, 1)
        yield x, 100 * y, x + y / 2 + draw.gauss(0, 0.02), "left" if x < 0 else "right"


def traces(count, length=60):
    """One period of a wave, with its own phase and height."""
    draw = random.Random(2)
    for _ in range(count):
        phase, height = draw.uniform(0, 2 * math.pi), draw.uniform(0.5, 1.5)
        yield [round(height * math.sin(2 * math.pi * i / length + phase) + draw.gauss(0, 0.02), 4) for i in range(length)]


def table_config(path, data, hidden, bottleneck, latent_dim, **train):
    config = {"data": {"name": "table", **data},
              "model": {"encoder": {"name": "dense", "hidden": hidden}, "bottleneck": bottleneck, "latent_dim": latent_dim},
              "objective": {"likelihood": "gaussian"},
              "train": {"epochs": 10, "batch_size": 50, "optimizer": {"learning_rate": 0.01}, **train}}
    path.write_text(json.dumps(config))
    return path


def png_size(path):
    head = path.read_bytes()[:24]
    expect(head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} to be a PNG")
    return struct.unpack(">II", head[16:24])


def points(here):
    write_csv(here / "plane.csv", ["x", "y", "z", "side"], plane(1000))
    config = table_config(here / "plane.json", {"file": "plane.csv", "label": "side"}, [], "point", 2)
    said = latent("train", config, "--run", "plane").stderr
    expect("800 training and 100 validation rows of 1x1x3" in said, f"the rows to be counted, got {said}")
    names = files_below(here / "plane")
    expect({"images/train/reconstructions-0010.png", "images/train/samples-0010.png", "images/train/loss.png"} <= set(names),
           f"pictures in {names}")
    result = latent_json("evaluate", "--run", "plane")
    expect(result["mse"] < 0.001, f"two latents to hold a plane, got {result}")
    expect(not {"psnr", "ssim", "bce", "book_units"} & set(result), f"no measures of pictures, got {result}")
    text = latent("evaluate", "--run", "plane").stdout
    expect("100 rows of the test split" in text and "nats per row" in text and "psnr" not in text, f"rows, got {text}")

    measured = latent_json("evaluate", "--run", "plane", "--measure", "all")
    mse = measured["measures"]["mse"]
    expect(mse["value"] == result["mse"] and mse["low"] < mse["value"] < mse["high"] and mse["count"] == 100, f"the error with its interval, got {mse}")
    expect({"psnr", "ssim", "bce", "book_units", "elbo"} <= set(measured["left_out"]), f"what a table lacks, got {measured['left_out']}")
    text = latent("evaluate", "--run", "plane", "--measure", "all").stdout
    expect("  psnr: left out: needs images; the run's examples are rows of a table\n" in text, f"the reason, got {text}")
    expect(set(latent_json("evaluate", "--run", "plane", "--measure", "mse,rmse")["measures"]) == {"mse", "rmse"}, "two measures")
    expect_error("--measure psnr: needs images; the run's examples are rows of a table; expected active_units, sparsity, mse, rmse",
                 "evaluate", "--run", "plane", "--measure", "psnr")
    expect_error('--measure: unknown measure "rsme"; did you mean rmse?', "evaluate", "--run", "plane", "--measure", "rsme", code=2)

    write_csv(here / "own.csv", ["z", "x", "y"], [(1.5, 1, 100), (50, 1, 100)])
    own = latent_json("reconstruct", "--run", "plane", "own.csv")
    errors = [image["mse"] for image in own["images"]]
    expect([image["image"] for image in own["images"]] == ["own.csv:0", "own.csv:1"], f"named rows, got {own}")
    expect(errors[0] < 0.01 and errors[1] > 1, f"the point beyond the plane to stand out, got {errors}")
    expect(png_size(here / "plane/images/reconstruct/files.png") == (1520, 1080), "a scatter")
    latent("sample", "--run", "plane", "--count", 300, "--out", "points.png")
    expect(png_size(here / "points.png") == (1520, 1080), "a scatter")
    latent("sample", "--run", "plane", "--out", "points.svg")
    expect("column 3" in (here / "points.svg").read_text(), "an axis for the third column")


def lines(here):
    write_csv(here / "traces.csv", None, traces(400))
    write_csv(here / "test.csv", None, traces(30))
    data = {"file": "traces.csv", "test_file": "test.csv", "scale": "global"}
    config = table_config(here / "traces.json", data, [32], "gaussian", 3)
    latent("train", config, "--run", "traces", "--quiet")
    result = latent_json("evaluate", "--run", "traces")
    expect(result["images"] == 30 and result["rmse"] < 0.5, f"the waves to be learnt, got {result}")
    latent("reconstruct", "--run", "traces", "--count", 12, "--out", "pairs.png")
    expect(png_size(here / "pairs.png") == (2 * 4 * 240, 2 * (3 * 150 + 40)), "twelve panels")
    latent("sample", "--run", "traces", "--count", 12, "--columns", 6, "--out", "samples.png")
    expect(png_size(here / "samples.png") == (2 * 6 * 240, 2 * (2 * 150 + 40)), "twelve panels")
    latent("sample", "--run", "traces", "--count", 2, "--singles", "--out", "singles")
    expect(files_below(here / "singles") == ["00000.png", "00001.png"], "single traces")


def mistakes(here):
    write_csv(here / "good.csv", ["a", "b"], [(i, i % 7) for i in range(40)])
    config = table_config(here / "t.json", {"file": "good.csv"}, [], "point", 1)

    def refused(message, *settings):
        expect_error(message, "train", config, "--run", "never", *[part for each in settings for part in ("--set", each)])
        expect(not (here / "never").exists(), f"no run after {message!r}")

    refused("objective.likelihood: explains values from 0 to 1, the table's are from", "objective.likelihood=bernoulli")
    refused("expected gaussian or laplace with linear output", "objective.likelihood.output=sigmoid")
    refused("data.augment: given for a table; expected a data set of images", "data.augment.flip=true")
    refused("data.label: no column \"c\" in good.csv", "data.label=c")
    refused("nothing.csv: no such file", "data.file=nothing.csv")
    (here / "bad.csv").write_text("a,b\n1,2\n3,many\n")
    refused("bad.csv: line 3: column b: got \"many\"; expected a number", "data.file=bad.csv")
    latent("train", config, "--run", "good", "--quiet", "--set", "train.epochs=1")
    expect_error("bad.csv: line 3: column b: got \"many\"", "reconstruct", "--run", "good", "bad.csv")
    expect_error("good: is a folder; expected a file", "reconstruct", "--run", "good", "good")
    # Values that a bernoulli likelihood explains.
    write_csv(here / "shares.csv", ["a", "b"], [(i / 40, 1 - i / 40) for i in range(40)])
    latent("train", config, "--run", "shares", "--quiet", "--set", "data.file=shares.csv", "--set", "data.scale=none", "--set",
           "objective.likelihood=bernoulli", "--set", "train.epochs=1")


def arrays(here):
    """A file of dSprites' layout, with its object array that must never be loaded."""
    images = numpy.zeros((120, 16, 16), numpy.uint8)
    for i in range(120):
        images[i, i % 12:i % 12 + 4, 5:9] = 1
    values = numpy.stack([numpy.ones(120), numpy.arange(120) % 12 / 11], 1)
    numpy.savez_compressed("dsprites.npz", metadata=numpy.array({"title": "test"}, dtype=object), imgs=images,
                           latents_values=values, latents_classes=(values * 11).astype(numpy.int64))
    config = here / "dsprites.json"
    config.write_text(json.dumps({
        "data": {"name": "npz", "file": "dsprites.npz", "labels": "latents_values", "augment": {"flip": True, "shift": 1}},
        "model": {"encoder": {"channels": [8]}, "latent_dim": 2}, "train": {"epochs": 2, "batch_size": 20}}))
    said = latent("train", config, "--run", "sprites").stderr
    expect("108 training and 12 validation images of 1x16x16" in said, f"the images to be counted, got {said}")
    expect("its bytes are 0 and 1: 1 is shown as white" in said, f"that to be said, got {said}")
    expect_error("dsprites.npz: metadata: holds Python objects, which are never loaded", "train", config, "--set",
                 "data.images=metadata")
    expect_error("dsprites.npz: no array \"images\"", "train", config, "--set", "data.images=images")

    def refused(message, array):
        numpy.save("bad.npy", array)
        expect_error(message, "train", config, "--set", 'data={"name": "npy", "images": "bad.npy"}')

    refused("values of type <c8", images.astype(numpy.complex64))
    refused("value 2 in image 7; expected 0 to 1", numpy.where(numpy.arange(120)[:, None, None] == 7, 2.0, images))
    refused("its shape is 120x16", images[:, 0])
    for i, array in enumerate([images.astype(">f8"), numpy.asfortranarray(images), images.astype(numpy.float16)]):
        numpy.save("good.npy", array)
        latent("train", config, "--run", f"good{i}", "--set", 'data={"name": "npy", "images": "good.npy"}', "--set",
               "train.epochs=1", "--quiet")


def checked(path):
    """Checks data, trains on the config that this writes, and returns the report and what was said."""
    said = latent("data", "check", path, "--out", "checked", "--json")
    latent("train", "checked/config.json", "--run", "trained", "--overwrite", "--quiet", "--set", "train.epochs=1")
    return json.loads(said.stdout), said.stderr


def as_people_have_them(here):
    images = (numpy.arange(40 * 64).reshape(40, 8, 8) * 7 % 256).astype(numpy.uint8)
    labels = numpy.arange(40) % 4
    numpy.savez("mnist.npz", x_test=images[:10], x_train=images, y_train=labels[:, None], y_test=labels[:10, None])
    report, said = checked("mnist.npz")
    expect(report["splits"]["train"]["images"] == 40, f"x_train to train, got {report}")
    expect(report["splits"]["train"]["attributes"]["label"] == {"0": 10, "1": 10, "2": 10, "3": 10}, f"classes, got {report}")
    latent("probe", "--run", "trained")
    numpy.save("flat.npy", images.reshape(40, 64))
    report, said = checked("flat.npy")
    expect(report["shape"].endswith("8x8") and "read as pictures of 8x8 (data.shape)" in said, f"pictures, got {report} {said}")
    numpy.save("x.npy", images / numpy.float32(127.5) - 1)
    numpy.save("y.npy", numpy.array(["cat", "dog"])[numpy.arange(40) % 2])
    report, said = checked("x.npy")
    expect(set(report["splits"]["train"]["attributes"]["label"]) == {"cat", "dog"}, f"words, got {report}")
    expect("-1 is shown as black" in said, f"the range to be said, got {said}")
    rows = [(label, *row) for label, row in zip(labels, images.reshape(40, 64))]
    write_csv(here / "train.csv", ["label", *(f"pixel{i}" for i in range(64))], rows)
    report, said = checked("train.csv")
    expect(report["shape"].endswith("8x8") and "label" in report["splits"]["train"]["attributes"], f"pictures, got {report}")
    expect("column label as the label (data.label)" in said, f"the choice to be said, got {said}")
    (here / "gaps.csv").write_text("a,b\n" + "".join(f"{i},{'' if i == 7 else i % 3}\n" for i in range(40)))
    expect_error("gaps.csv: line 9: column b: no value; 1 of 40 rows lack one: data.missing: skip leaves them out", "data",
                 "check", "gaps.csv")
    said = latent("data", "check", "gaps.csv", "--set", "data.missing=skip").stderr
    expect("1 of 40 rows lack a value and are left out" in said, f"the row to be counted, got {said}")


for check in (points, lines, mistakes):
    with Workplace() as workplace:
        check(workplace)
if numpy is None:
    skip("no numpy to write arrays with")
with Workplace() as workplace:
    arrays(workplace)
with Workplace() as workplace:
    as_people_have_them(workplace)
