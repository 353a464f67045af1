"""Sets of 1, 2, 3 and 13 examples of every kind, through the commands: each works, or refuses in one line.

Every start of the program takes a third of a second, so the commands are dealt out among the sets; with `all` as its
argument the script runs every command on every set and prints the problems, and with `show` also what each said."""
import itertools
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib

from _latent import BINARY, Workplace, expect, expect_error, fail, have_codecs, latent_json

COUNTS = (1, 2, 3, 13)
SIDE = 8


def shades(i):
    """The picture of an example: SIDE * SIDE bytes."""
    return bytes((17 * i + 9 * x + 5 * y * (i % 3)) % 256 for y in range(SIDE) for x in range(SIDE))


def png(i):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + shades(i)[SIDE * y:SIDE * (y + 1)] for y in range(SIDE))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def npy(shape, data):
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data


def arrays(count):
    pictures = npy((count, SIDE, SIDE), b"".join(map(shades, range(count))))
    return pictures, npy((count,), bytes(i % 2 for i in range(count)))


def folder(place, count):
    for i in range(count):
        path = place / ("cat" if i % 2 == 0 else "owl") / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(i))
    return {"name": "folder", "dir": str(place)}


def npy_set(place, count):
    pictures, labels = arrays(count)
    (place / "x.npy").write_bytes(pictures)
    (place / "y.npy").write_bytes(labels)
    return {"name": "npy", "images": str(place / "x.npy"), "labels": str(place / "y.npy")}


def npz_set(place, count):
    with zipfile.ZipFile(place / "set.npz", "w") as archive:
        for name, data in zip(("x_train", "y_train"), arrays(count)):
            archive.writestr(name + ".npy", data)
    return {"name": "npz", "file": str(place / "set.npz")}


def idx(place, count):
    for split in ("train", "t10k"):
        images = struct.pack(">IIII", 2051, count, SIDE, SIDE) + b"".join(map(shades, range(count)))
        (place / f"{split}-images-idx3-ubyte").write_bytes(images)
        labels = struct.pack(">II", 2049, count) + bytes(i % 2 for i in range(count))
        (place / f"{split}-labels-idx1-ubyte").write_bytes(labels)
    return {"name": "mnist", "dir": str(place)}


def table(place, count):
    rows = [f"{i % 5},{i % 3},{i * i % 7},{'cat' if i % 2 == 0 else 'owl'}" for i in range(count)]
    (place / "t.csv").write_text("\n".join(["a,b,c,label"] + rows) + "\n")
    return {"name": "table", "file": str(place / "t.csv"), "label": "label"}


def celeba(place, count):
    images = place / "img_align_celeba"
    images.mkdir()
    names = [f"{i + 1:06}.png" for i in range(count)]
    for i, name in enumerate(names):
        (images / name).write_bytes(png(i))
    rows = [f"{name} {1 - 2 * (i % 2)} -1" for i, name in enumerate(names)]
    (place / "list_attr_celeba.txt").write_text("\n".join([str(count), "Smiling Male"] + rows) + "\n")
    parts = [f"{name} {(0, 1, 2)[i % 3]}" for i, name in enumerate(names)]
    (place / "list_eval_partition.txt").write_text("\n".join(parts) + "\n")
    return {"name": "celeba", "dir": str(place), "size": [SIDE, SIDE]}


KINDS = {"npy": npy_set, "npz": npz_set, "idx": idx, "table": table}
PICTURES = {"folder": folder, "celeba": celeba}  # files that need codecs

COMMANDS = [
    ["evaluate"], ["reconstruct"], ["reconstruct", "--split", "train", "--count", "3"],
    ["sample", "--count", "3"], ["sample", "--sampler", "posterior", "--count", "3"],
    ["sample", "--sampler", "gmm", "--count", "3"], ["sample", "--sampler", "manifold", "--side", "3"],
    ["sample", "--attribute", "CLASS", "--count", "3"],
    ["sample", "--attribute", "CLASS", "--sampler", "posterior", "--count", "3"],
    ["interpolate", "--steps", "3"], ["interpolate", "--split", "train", "--steps", "3"],
    ["interpolate", "--matrix", "--steps", "2"], ["traverse", "--steps", "3", "--frames", "2"],
    ["plot", "latents"], ["plot", "latents", "--axes", "pca", "--decoded", "4"], ["plot", "latents", "--split", "train"],
    ["plot", "histograms"], ["plot", "losses"], ["probe"], ["probe", "--split", "validation", "--neighbours", "50"],
    ["detect"], ["detect", "--score", "pca"], ["detect", "--score", "distance", "--normal", "CLASS"], ["compare-pca"],
    ["compare-pca", "--split", "train"], ["encode"], ["arithmetic", "--attribute", "CLASS"], ["denoise"], ["doctor"],
]

# Models that a batch of one image or few examples could break.
MODELS = [
    {"model": {"latent_dim": 2}},
    {"model": {"latent_dim": 2, "encoder": {"normalization": "batch"}}, "train": {"batch_size": 2}},
    {"model": {"latent_dim": 2, "bottleneck": "point"}, "objective": {"kl": None}},
    {"model": {"latent_dim": 40}, "train": {"batch_size": 12}},
]

# Not words of messages: figures that are no numbers, and parts of the program's insides.
NO_FIGURE = re.compile(r"(?<![\w./-])-?(nan|inf)(?![\w./])", re.IGNORECASE)
INSIDES = ("internal error", "gnuplot", "TORCH_CHECK", "INTERNAL ASSERT", "c10::", "at::", "std::")


def check(arguments):
    """Runs the program: it must succeed, or refuse in one line. Returns its exit code and outputs."""
    done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    wrong = ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if done.returncode not in (0, 1, 2):
        wrong = f"exit code {done.returncode}"
    elif done.returncode != 0 and (len(errors) != 1 or done.stderr.splitlines()[-1] != errors[0]):
        wrong = "expected one line that begins with error:"
    elif done.returncode != 0 and arguments[0] != "doctor" and not re.search(r"expected|use |set |add ", errors[0]):
        wrong = "expected a remedy"
    elif NO_FIGURE.search(said):
        wrong = "a figure that is no number"
    elif any(word in said for word in INSIDES):
        wrong = "a message from within"
    if wrong:
        problem = f"{' '.join(map(str, arguments))}\n{wrong}\n{said}"
        if "all" not in sys.argv:
            fail(problem)
        print("PROBLEM", problem, flush=True)
    if "show" in sys.argv:
        print("$", *arguments[:-2], "->", done.returncode, "\n", said, flush=True)
    return done


def made(here, kind, count, change):
    """Writes the set and its config."""
    place = here / f"{kind}-{count}"
    place.mkdir()
    data = {**KINDS, **PICTURES}[kind](place, count)
    encoder = {"name": "dense", "hidden": [6]} if kind == "table" else {"name": "conv", "channels": [3, 4]}
    config = {"data": data,
              "model": {"encoder": {**encoder, **change["model"].get("encoder", {})},
                        **{key: value for key, value in change["model"].items() if key != "encoder"}},
              "objective": {"likelihood": "gaussian", **change.get("objective", {})},
              "train": {"epochs": 1, "batch_size": 4, **change.get("train", {})}}
    config["objective"] = {key: value for key, value in config["objective"].items() if value is not None}
    path = here / f"{kind}-{count}.json"
    path.write_text(json.dumps(config))
    return path


def rule(kind, count):
    if kind == "celeba":
        return "Smiling"
    return "label=cat" if kind in ("folder", "table") else "label=0"


with Workplace() as here:
    kinds = list(KINDS) + (list(PICTURES) if have_codecs() else [])
    sets = list(itertools.product(COUNTS, kinds))
    trained = []
    for i, (count, kind) in enumerate(sets):
        config = made(here, kind, count, MODELS[(i + i // len(MODELS)) % len(MODELS)])
        run = str(here / f"run-{kind}-{count}")
        if check(["train", str(config), "--run", run]).returncode == 0:
            trained.append((kind, count, run))
    expect(len(trained) > len(sets) // 2, f"most sets to train, got {trained}")
    every = "all" in sys.argv
    for i, (kind, count, run) in enumerate(trained):
        for j, command in enumerate(COMMANDS):
            if not every and (i + j) % 9 != 0:
                continue
            words = [rule(kind, count) if word == "CLASS" else word for word in command]
            check(words + ["--run", run])

    # One class of a set with thirteen: what was used is stated, and a misspelt class is refused.
    run = next(run for kind, count, run in trained if (kind, count) == ("npy", 13))
    result = latent_json("sample", "--run", run, "--attribute", "label=0", "--count", "3")
    expect(result["sampler"] == "gmm" and result["attribute"] == "label=0" and 1 <= result["training_images"] <= 7,
           f"the class and the number of its images, got {result}")
    expect_error("did you mean label=0?", "sample", "--run", run, "--attribute", "labl=0")
    expect_error("the sampler prior knows no classes", "sample", "--run", run, "--attribute", "label=0", "--sampler", "prior")
