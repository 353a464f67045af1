"""A model with a condition: every command that encodes or decodes images of the data set tells it what they are."""
import csv
import json
import random
import shutil

from _latent import Workplace, expect, expect_error, latent, latent_json, skip

try:
    import numpy
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file
except ImportError:
    numpy = None

COUNT = 90
# The layers that take the condition, as their last columns.
TAKE_CONDITION = {"encoder": ["model.bottleneck.mean.weight", "model.bottleneck.logvar.weight"],
                  "decoder": ["model.decoder.projection.weight"]}


def squares(seed):
    """Small bright squares at random places, and a class that the picture does not show."""
    draw = random.Random(seed)
    images = numpy.zeros((COUNT, 12, 12), numpy.uint8)
    labels = numpy.zeros(COUNT, numpy.int64)
    for i in range(COUNT):
        x, y = draw.randrange(7), draw.randrange(7)
        images[i, y:y + 5, x:x + 5] = 200 + draw.randrange(50)
        labels[i] = i % 3
    return images, labels


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def outcome(run, out, command):
    """What a command prints and writes, without the names of the run and of the files."""
    out.mkdir()
    words = [word.replace("OUT", str(out)) for word in command]
    printed = latent(*words, "--run", run, "--json").stdout
    return printed.replace(str(run), "RUN").replace(str(out), "OUT"), bytes_of(out)


def edited(run, copy, ignorant, others):
    """Copies a run. Its encoder or decoder (`ignorant`) makes nothing of the condition; with `others` the model takes each
    class for another."""
    shutil.copytree(run, copy)
    shutil.rmtree(copy / "cache", ignore_errors=True)
    for path in (copy / "checkpoints").glob("*.safetensors"):
        tensors = load_file(path)
        with safe_open(path, "numpy") as file:
            metadata = {key: value for key, value in file.metadata().items() if key not in ("crc32", "writer")}
        for name in TAKE_CONDITION[ignorant]:
            tensors[name][:, -3:] = 0
        if others:
            condition = json.loads(metadata["condition"])
            classes = condition[0]["classes"]
            condition[0]["classes"] = classes[1:] + classes[:1]
            metadata["condition"] = json.dumps(condition)
        save_file(tensors, path, metadata)
    return copy


def expect_told(here, run, name, decodes, command):
    """The outcome of a command depends on the condition that the encoder gets, and on the decoder's if it `decodes`."""
    for ignorant, other in [("decoder", "encoder")] + [("encoder", "decoder")] * decodes:
        runs = [here / f"{run}-{ignorant}-{others}" for others in (False, True)]
        for path in runs:
            if not path.exists():
                edited(here / run, path, ignorant, path == runs[1])
        one, two = [outcome(path, here / f"{name}-{path.name}", command) for path in runs]
        expect(one != two, f"{name} to tell the {other} the images' classes")
    again = outcome(runs[0], here / f"{name}-again", command)
    expect(one == again, f"{name} to give the same twice")


with Workplace() as here:
    if numpy is None:
        skip("needs NumPy")
    for name, seed in (("x", 1), ("t", 2)):
        images, labels = squares(seed)
        numpy.save(here / f"{name}.npy", images)
        numpy.save(here / f"{name}-labels.npy", labels)
        numpy.save(here / f"{name}-others.npy", (labels + 1) % 3)
    data = {"name": "npy", "images": "x.npy", "labels": "x-labels.npy", "test_images": "t.npy", "test_labels": "t-labels.npy"}
    config = {"data": data, "corruption": [{"name": "gaussian", "std": 0.1}],
              "model": {"encoder": {"channels": [8, 8]}, "latent_dim": 3, "condition": "label"},
              "objective": {"kl": {"weight": 0.01}},
              "train": {"epochs": 3, "batch_size": 16, "optimizer": {"learning_rate": 0.01}}}
    (here / "c.json").write_text(json.dumps(config))
    result = latent_json("train", "c.json", "--run", "run")
    expect(result["epochs"] == 3, f"three epochs, got {result}")
    expect((here / "run/images/train/samples-0003.png").exists(), "pictures of samples")

    # Commands, and whether they decode what they encode.
    commands = {
        "reconstruct": (True, ["reconstruct", "--out", "OUT/a.png"]),
        "sampled": (True, ["reconstruct", "--sample-latents", "--out", "OUT/a.png"]),
        "encode": (False, ["encode", "--out", "OUT/a.npy"]),
        "evaluate": (True, ["evaluate"]),
        "interpolate": (True, ["interpolate", "--indices", "0,4", "--out", "OUT/a.png"]),
        "matrix": (True, ["interpolate", "--matrix", "--indices", "0,4,8,10", "--out", "OUT/a.png"]),
        "expression": (True, ["arithmetic", "--expression", "A - B", "--indices", "0,1", "--out", "OUT/a.png"]),
        "letters": (True, ["arithmetic", "--expression", "A", "--let", "A=3,5", "--out", "OUT/a.png"]),
        "attribute": (True, ["arithmetic", "--attribute", "label=1", "--out", "OUT/a.png"]),
        "traverse": (True, ["traverse", "--indices", "3", "--out", "OUT/a.png"]),
        "denoise": (True, ["denoise", "--out", "OUT/a.png"]),
        "detect": (True, ["detect", "--out", "OUT/a.csv"]),
        "probe": (False, ["probe"]),
        "compare-pca": (True, ["compare-pca", "--out", "OUT/a.png"]),
        "latents": (True, ["plot", "latents", "--decoded", "9", "--out", "OUT/a.png"]),
    }
    for name, (decodes, command) in commands.items():
        expect_told(here, "run", name, decodes, command)
    config["corruption"] = [{"name": "downsample", "size": [6, 6]}]
    (here / "up.json").write_text(json.dumps(config))
    latent("train", "up.json", "--run", "up", "--set", "model.encoder.channels=[8]", "--quiet")
    expect_told(here, "up", "upscale", True, ["upscale", "--out", "OUT/a.png"])

    # Each score that decodes, and the picture of examples that PCA sorts.
    tables = []
    for others in ("False", "True"):
        run = here / f"run-encoder-{others}"
        outcome(run, here / f"sorted-{others}", ["detect", "--score", "pca", "--out", "OUT/a.csv"])
        outcome(run, here / f"scores-{others}", ["detect", "--out", "OUT/a.csv"])
        with open(here / f"scores-{others}/a.csv") as file:
            tables.append(list(csv.DictReader(file)))
    for score in ("error", "negative_elbo"):
        expect(all(one[score] != two[score] for one, two in zip(*tables)), f"detect to tell the decoder for {score}")
    one, two = [bytes_of(here / f"sorted-{others}") for others in ("False", "True")]
    expect(one["a.png"] != two["a.png"], "the picture of detect to tell the decoder the images' classes")

    # The pictures of training: of weights that do not change, with labels that belong to other images.
    fixed = ["--set", "train.optimizer.learning_rate=1e-30", "--set", "train.epochs=1", "--quiet"]
    latent("train", "c.json", "--run", "own", *fixed)
    latent("train", "c.json", "--run", "others", *fixed, "--set", "data.labels=x-others.npy",
           "--set", "data.test_labels=t-others.npy")
    for picture in ("reconstructions-0001.png", "samples-0001.png"):
        one, two = [(here / run / "images/train" / picture).read_bytes() for run in ("own", "others")]
        expect(one != two, f"{picture} of the condition of the model")

    latent("doctor", "--run", "run")

    # Samples, and files of one's own, of which nothing is known.
    latent("sample", "--run", "run", "--count", "4", "--out", "s.png")
    # A class that the model gets: the same latents give other pictures.
    pictures = set()
    for words in ("label=0", "label=1", "label=2"):
        result = latent_json("sample", "--run", "run", "--count", "4", "--attribute", words)
        expect(result["attribute"] == words and result["sampler"] == "prior" and "training_images" not in result,
               f"the class and the prior, got {result}")
        pictures.add((here / result["written"][0]).read_bytes())
    expect(len(pictures | {(here / "s.png").read_bytes()}) == 4, "other pictures for each class, and for none")
    latent("sample", "--run", "run", "--sampler", "gmm", "--count", "4", "--attribute", "label=1")
    expect((here / "run/images/sample/sample-gmm-label=1-seed0.png").exists(), "the class in the picture's name")
    expect_error('--attribute label=7: the model was trained without such a class of "label"; did you mean 0? known: 0, 1, 2',
                 "sample", "--run", "run", "--attribute", "label=7")
    expect_error("--attribute lable=1: the model's condition has no such attribute; did you mean label?",
                 "sample", "--run", "run", "--attribute", "lable=1")

    # The same codes under another class, and from one class to another.
    pictures = set()
    for words in ("label=0", "label=1", "label=2"):
        result = latent_json("reconstruct", "--run", "run", "--attribute", words)
        expect(result["attribute"] == words and result["written"][0].endswith(f"test-first-10-{words}.png"),
               f"the class and its name in the file's, got {result}")
        pictures.add((here / result["written"][0]).read_bytes())
    latent("reconstruct", "--run", "run", "--out", "own-class.png")
    expect(len(pictures | {(here / "own-class.png").read_bytes()}) == 4, "other pictures for each class, and for their own")
    said = latent("evaluate", "--run", "run").stderr
    expect("the model is conditioned on label (3 classes)" in said, f"what the figures are conditioned on, got {said}")

    result = latent_json("interpolate", "--run", "run", "--indices", "4", "--attribute", "label=0", "--attribute", "label=2",
                         "--steps", "5", "--tensors", "t.safetensors", "--out", "path.png")
    expect(result["images"] == ["00004 label=0", "00004 label=2"] and result["frames"] == 5, f"one image twice, got {result}")
    from safetensors.numpy import load_file
    z = load_file("t.safetensors")["z"]
    expect((z == z[0]).all(), "the latents to stay")
    frames = load_file("t.safetensors")["images"]
    latent("reconstruct", "--run", "run", "--indices", "4", "--attribute", "label=2", "--out", "last.png")
    expect(abs(frames[0] - frames[-1]).max() > 1e-3, "another picture at the other class")
    for count, words in ((1, ("label=0", "label=1")), (2, ("label=0",)), (2, ("label=0", "label=1"))):
        flags = [flag for each in words for flag in ("--attribute", each)]
        result = latent_json("interpolate", "--run", "run", "--random", count, *flags)
        expect(len(result["images"]) == 2, f"two ends of {count} latents as {words}, got {result}")
    three = ["--attribute", "label=0", "--attribute", "label=1", "--attribute", "label=2"]
    expect_error("--attribute: given 3 times for 2 images; expected it once, once for each image, or one image",
                 "interpolate", "--run", "run", "--indices", "3,4", *three, code=2)
    for command in (["reconstruct"], ["interpolate", "--indices", "3,4"]):
        expect_error('--attribute label=7: the model was trained without such a class of "label"; did you mean 0?',
                     *command, "--run", "run", "--attribute", "label=7")
        expect_error("--attribute lable=1: the model's condition has no such attribute; did you mean label?",
                     *command, "--run", "run", "--attribute", "lable=1")
    latent("train", "c.json", "--run", "without", "--set", "model.condition=", "--set", "train.epochs=1", "--quiet")
    for command in (["reconstruct"], ["interpolate"]):
        expect_error("--attribute label=1: the model of without has no condition; expected a run trained with model.condition, "
                     "or no --attribute", *command, "--run", "without", "--attribute", "label=1")

    # Two epochs and two more are four.
    latent("train", "c.json", "--run", "four", "--set", "train.epochs=4", "--quiet")
    latent("train", "c.json", "--run", "two", "--set", "train.epochs=2", "--quiet")
    latent("train", "--run", "two", "--resume", "--set", "train.epochs=4", "--quiet")
    one, other = (load_file(f"{run}/checkpoints/last.safetensors") for run in ("four", "two"))
    expect(one.keys() == other.keys() and all((one[name] == other[name]).all() for name in one), "the same bits")
    # Nothing but the run is needed to sample.
    shutil.move(here / "x-labels.npy", here / "away.npy")
    latent("sample", "--run", "run", "--count", "4", "--attribute", "label=1")
    shutil.move(here / "away.npy", here / "x-labels.npy")
    (here / "own.pgm").write_bytes(b"P5 12 12 255\n" + bytes(range(144)))
    latent("reconstruct", "--run", "run", "own.pgm")
    latent("train", "--run", "run", "--resume", "--set", "train.epochs=4")
    expect_error('model.condition: the data set has no attribute "lable"; did you mean label?',
                 "train", "c.json", "--set", "model.condition=lable")
    expect_error("model.condition: the data set has no labels and no attributes",
                 "train", "c.json", "--set", "data.labels=", "--set", "data.test_labels=")
    expect_error("model.condition_drop", "train", "c.json", "--set", "model.condition_drop=1")
    expect_error("cannot resume with other settings", "train", "--run", "run", "--resume", "--set", "model.condition=")
