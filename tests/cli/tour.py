"""Trains on the built-in data set, runs the basic commands on the run, and checks every file that they write."""
import csv
import json
import os

from _latent import (Workplace, expect, files_below, latent, latent_json, write_config)


def png_size(path):
    head = path.read_bytes()[:24]
    expect(head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} to be a PNG")
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def dry_run(here, config):
    dry = latent("train", config, "--dry-run")
    expect("trainable parameters" in dry.stdout, "the table of layers")
    expect(latent("train", config, "--dry-run", "--quiet").stdout == dry.stdout, "the result, even if quiet")
    layers = latent_json("train", config, "--dry-run")
    expect([layers[key] for key in ("training", "validation", "input_shape", "output_shape")] ==
           [256, 64, [1, 16, 16], [1, 16, 16]], f"what goes in and comes out, got {layers}")
    expect(layers["layers"][0] == {"name": "encoder.conv1", "description": "conv 3x3, stride 2", "shape": [8, 8, 8],
                                   "parameters": 80}, f"the first layer, got {layers['layers'][0]}")
    expect(layers["parameters"] == sum(layer["parameters"] for layer in layers["layers"]) and
           f"\n{layers['parameters']} trainable parameters" in dry.stdout, "the parameters to add up")
    expect(files_below(here) == ["small.json"], "a dry run to leave nothing")


def train(here, config):
    """Returns the run and the rows of its metrics.csv."""
    summary = latent_json("train", config)
    expect(summary["run"] == "runs/small-1" and summary["epochs"] == 2, f"the default run name, got {summary}")
    run = here / "runs/small-1"
    wanted = {"config.json", "build.json", "log.txt", "metrics.csv", "checkpoints/best.safetensors",
              "checkpoints/last.safetensors", "images/train/samples-0002.png", "images/train/reconstructions-0001.png"}
    expect(wanted <= set(files_below(run)), f"{wanted - set(files_below(run))} in the run")
    expect(not [name for name in files_below(run) if ".tmp" in name], "no temporary files")
    rows = list(csv.DictReader(open(run / "metrics.csv")))
    expect([row["epoch"] for row in rows] == ["1", "2"], "a row per epoch")
    columns = ["epoch", "step", "seconds", "images_per_second", "learning_rate", "train_loss", "train_nll", "train_kl",
               "val_loss", "val_nll", "val_kl", "val_nll_mean"]
    expect(list(rows[0]) == columns, f"the columns of metrics.csv, got {list(rows[0])}")
    expect(float(rows[1]["val_loss"]) < float(rows[0]["val_loss"]), "the loss to fall")
    expect({row["learning_rate"] for row in rows} == {"0.001"}, "the learning rate as it was written")
    log = (run / "log.txt").read_text()
    for line in ("256 training and 64 validation images", "trainable parameters", "run runs/small-1", "epoch 2/2"):
        expect(log.count(line) == 1, f"{line!r} once in log.txt, got\n{log}")
    resolved = json.loads((run / "config.json").read_text())
    expect(resolved["objective"]["kl"]["weight"] == 1.0, "defaults in the resolved config")
    expect(latent("config", run / "config.json", "--json").stdout == (run / "config.json").read_text(),
           "the resolved config to resolve to itself")
    return run, rows


def evaluate(run):
    evaluation = latent_json("evaluate", "--run", run)
    expect(evaluation["images"] == 64 and len(evaluation["kl_per_latent"]) == 4, f"an evaluation, got {evaluation}")
    kl = sum(evaluation["kl_per_latent"])
    expect(abs(kl - evaluation["kl"]) < 1e-3, "the KL per latent to add up")
    measured = latent("evaluate", "--run", run).stdout
    expect("book_units" in measured, "the book's units")
    expect("as in training, sampled latents" in measured, f"which latents the loss is of, got\n{measured}")


def reconstruct(here, run):
    made = latent_json("reconstruct", "--run", run, "--count", 12)
    expect(len(made["images"]) == 12, "an error for each image")
    width, height = png_size(here / made["written"][0])
    expect(width > 600 and height > 250, f"two double rows of ten, got {width}x{height}")
    latent("reconstruct", "--run", run, "--indices", "3,5-6", "--sample-latents", "--seed", 1, "--out", "mine.png")
    png_size(here / "mine.png")


def sample(here, run):
    first = latent("sample", "--run", run, "--out", "a.png", "--count", 15, "--columns", 5)
    expect(first.stdout == "a.png\n", "the path that was written")
    latent("sample", "--run", run, "--out", "b.png", "--count", 15, "--columns", 5)
    latent("sample", "--run", run, "--out", "c.png", "--count", 15, "--columns", 5, "--seed", 7)
    same = (here / "a.png").read_bytes()
    expect((here / "b.png").read_bytes() == same, "the same seed to give the same picture")
    expect((here / "c.png").read_bytes() != same, "another seed to give another picture")
    latent("sample", "--run", run, "--singles", "--count", 3, "--out", "singles")
    expect(files_below(here / "singles") == ["00000.png", "00001.png", "00002.png"], "single pictures")
    expect(png_size(here / "singles/00000.png") == (16, 16), "single pictures at their own size")


def plain_autoencoder(here):
    """Samples from the box of its training latents."""
    plain = write_config(here, {"model": {"bottleneck": "point"}}, "plain.json")
    latent("train", plain, "--quiet")
    latent("sample", "--run", "runs/plain-1", "--out", "plain.png")
    expect("kl" not in latent_json("evaluate", "--run", "runs/plain-1"), "no KL of a plain autoencoder")

    log = open("runs/plain-1/log.txt").read()
    expect("--quiet" not in log and "trainable parameters" in log, "log.txt whole where the screen is quiet")


def threads(config):
    """Uses the threads that --threads gives, else those of OMP_NUM_THREADS."""
    few = ["train", config, "--overwrite", "--run", "runs/few", "--set", "train.epochs=1"]
    for threads, arguments in (("1 thread)", []), ("2 threads)", ["--threads", 2])):
        log = latent(*few, *arguments, env=os.environ | {"OMP_NUM_THREADS": "1"}).stderr
        expect(f"on cpu ({threads}" in log, f"{threads}, got {log}")


def init_from(config, run, rows):
    latent("train", config, "--init-from", run, "--run", "runs/warm", "--set", "train.epochs=1", "--quiet")
    expect(f"weights from {run}" in open("runs/warm/log.txt").read(), "where the weights came from in log.txt")
    warm = list(csv.DictReader(open("runs/warm/metrics.csv")))
    expect(float(warm[0]["val_loss"]) < float(rows[0]["val_loss"]), "a head start")


def list_all():
    listing = latent("list").stdout
    for word in ["shapes", "fashion_mnist", "conv", "gaussian", "bernoulli", "laplace", "kl", "warmup_epochs"]:
        expect(word in listing, f"{word} in latent list")

    def keys(family, name):
        options = next(each for each in listed[family] if each["name"] == name)["options"]
        return {option["key"] for option in options}

    listed = json.loads(latent("list", "--json").stdout)
    expect(keys("likelihood", "bernoulli") == {"weight"}, "the weight of a likelihood")
    expect(keys("likelihood", "gaussian") > {"weight", "sigma"}, "the weight beside a likelihood's own keys")
    expect(keys("on_nan", "rollback") == {"limit", "factor"} and keys("on_nan", "skip") == {"limit"}, "on_nan's options")
    expect(keys("model", "model") == {"latent_dim", "latent_shape", "initialization", "condition", "condition_drop"}, "the model's own keys")


def show_config(config):
    shown = latent("config", config, "--set", "train.epochs=3").stdout
    expect("* train.epochs" in shown and "default 10" in shown, "the changed key marked")


def help_texts():
    expect("latent 0." in latent("--version").stdout, "a version")
    for command in ["train", "evaluate", "reconstruct", "sample", "encode", "interpolate", "arithmetic", "traverse", "config", "list"]:
        expect("--threads" in latent(command, "--help").stdout, f"help for {command}")


with Workplace() as here:
    config = write_config(here)
    dry_run(here, config)
    run, rows = train(here, config)
    evaluate(run)
    reconstruct(here, run)
    sample(here, run)
    plain_autoencoder(here)
    threads(config)
    init_from(config, run, rows)
    list_all()
    show_config(config)
    help_texts()
