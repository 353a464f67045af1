"""A model with a condition: every command that encodes or decodes images of the data set tells it what they are."""
import json
import random
import shutil

from _latent import Workplace, expect, expect_error, latent, latent_json, skip

try:
    import numpy
except ImportError:
    numpy = None

COUNT = 90


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

    # The same weights, with labels that belong to other images.
    shutil.copytree(here / "run", here / "other")
    text = (here / "run/config.json").read_text()
    expect("x-labels.npy" in text and "t-labels.npy" in text, "the labels' files in the run's config")
    (here / "other/config.json").write_text(text.replace("-labels.npy", "-others.npy"))
    shutil.rmtree(here / "other/cache", ignore_errors=True)
    commands = {
        "reconstruct": ["reconstruct", "--out", "OUT/a.png"],
        "sampled": ["reconstruct", "--sample-latents", "--out", "OUT/a.png"],
        "encode": ["encode", "--out", "OUT/a.npy"],
        "evaluate": ["evaluate"],
        "interpolate": ["interpolate", "--indices", "0,4", "--out", "OUT/a.png"],
        "matrix": ["interpolate", "--matrix", "--indices", "0,4,8,10", "--out", "OUT/a.png"],
        "expression": ["arithmetic", "--expression", "A - B", "--indices", "0,1", "--out", "OUT/a.png"],
        "letters": ["arithmetic", "--expression", "A", "--let", "A=3,5", "--out", "OUT/a.png"],
        "attribute": ["arithmetic", "--attribute", "label=1", "--out", "OUT/a.png"],
        "traverse": ["traverse", "--indices", "3", "--out", "OUT/a.png"],
        "denoise": ["denoise", "--out", "OUT/a.png"],
        "detect": ["detect", "--out", "OUT/a.csv"],
        "probe": ["probe"],
        "compare-pca": ["compare-pca", "--out", "OUT/a.png"],
        "latents": ["plot", "latents", "--decoded", "9", "--out", "OUT/a.png"],
    }
    for name, command in commands.items():
        one = outcome(here / "run", here / f"one-{name}", command)
        again = outcome(here / "run", here / f"again-{name}", command)
        two = outcome(here / "other", here / f"two-{name}", command)
        expect(one == again, f"{name} to give the same twice")
        expect(one != two, f"{name} to tell the model the images' classes")

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
