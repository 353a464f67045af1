"""Label files as people have them: names, dialects and unknown values, through every command that uses labels."""
import csv
import json
import os

from _latent import Workplace, expect, expect_error, latent, latent_json, merged, need_codecs
from _pictures import solid_png

COUNT = 60
CONFIG = {
    "data": {"name": "folder", "dir": "imgs", "size": [16, 16]},
    "model": {"encoder": {"name": "conv", "channels": [8]}, "latent_dim": 4},
    "train": {"epochs": 1, "batch_size": 32},
}


def config(here, name, **data):
    path = here / f"{name}.json"
    path.write_text(json.dumps(merged(CONFIG, {"data": {"labels": f"../{name}.csv", "validation": 0.2,
                                                        "test": 0.2, **data}})))
    return path


def pictures(folder):
    """Two shades, which `smile` tells apart."""
    for i in range(COUNT):
        path = folder / ("a" if i < COUNT // 2 else "b") / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(solid_png(16, 16, (40 + 150 * (i % 2), i, 100)))


def split_of(here, run, name):
    out = here / "codes.csv"
    latent("encode", "--run", run, "--split", name, "--out", out)
    with open(out, newline="") as file:
        return list(csv.DictReader(file))


def unknown_values(here):
    # Every fifth image has no value of smile; the last two have no row.
    words = lambda i: "NaN" if i % 5 == 0 else str(i % 2 == 1)
    rows = [f"C:\\photos\\{'a' if i < COUNT // 2 else 'b'}\\{i}.png; {words(i)}; {20 + i / 2}".replace(".", ",").replace(",png", ".png")
            for i in range(COUNT - 2)]
    (here / "l.csv").write_bytes("\ufeffpath; smile; age\r\n".encode("utf-16-le") +
                                 "".join(row + "\r\n" for row in rows + ["b\\gone.png;True;"]).encode("utf-16-le"))
    done = latent("train", config(here, "l"), "--run", "run")
    for line in ("l.csv: UTF-16 text, converted", "l.csv: commas are decimal: \"20,0\"", "l.csv: 1 row names no image; first ",
                 "l.csv: no row for 2 of 60 images, whose labels are unknown; first ", "l.csv: unknown values: 12 of smile (\"NaN\")"):
        expect(line in done.stderr, f"{line!r}, got {done.stderr}")

    unknown = {}
    for split in ("train", "validation", "test"):
        rows = split_of(here, "run", split)
        unknown[split] = sum(row["smile"] == "" for row in rows)
        for row in rows:
            i = int(row["name"].split("/")[1][:-4])
            known = i < COUNT - 2
            expect(row["smile"] == ("" if i % 5 == 0 or not known else str(i % 2)), f"smile of {row}")
            expect((float(row["age"]) == 20 + i / 2) if known else row["age"] == "", f"age of {row}")
    expect(sum(unknown.values()) == 14 and unknown["train"] > 0 and unknown["test"] > 0, f"14 unknown, got {unknown}")

    found = latent_json("arithmetic", "--run", "run", "--attribute", "smile")
    train_count = found["positives"] + found["negatives"] + found["unknown"]
    expect(found["unknown"] == unknown["train"] and train_count == len(split_of(here, "run", "train")), f"a direction, got {found}")
    said = latent("arithmetic", "--run", "run", "--attribute", "smile").stdout
    expect(f"do not, {unknown['train']} are unknown and left out" in said, f"the unknown, got {said}")
    said = latent("probe", "--run", "run", "--label", "smile").stdout
    expect(f"unknown: {unknown['train']} training images, {unknown['test']} of the test split" in said, f"the unknown, got {said}")
    expect("R^2" in latent("probe", "--run", "run", "--label", "age").stdout, "age to stay a number")
    for command in ("plot", "compare-pca"):
        flags = ["--attribute" if command == "plot" else "--label", "smile"]
        done = latent(command, "--run", "run", *flags)
        expect(f"attribute smile: unknown for {unknown['test']} of " in done.stderr, f"{command} to say so, got {done.stderr}")
    found = latent_json("detect", "--run", "run", "--normal", "smile=yes")
    expect(found["unknown"] == unknown["test"] and "auroc" in found["scores"]["error"], f"the unknown, got {found}")
    done = latent("train", config(here, "l", keep="!smile"), "--run", "kept")
    expect(f'data.keep "!smile": the value is unknown for {unknown["train"]} of ' in done.stderr, f"the unknown, got {done.stderr}")
    checked = latent_json("data", "check", here / "l.json")
    expect(checked["splits"]["train"]["unknown"]["smile"] == unknown["train"], f"the unknown, got {checked['splits']['train']}")
    expect(f"unknown {unknown['train']}" in latent("data", "check", here / "l.json").stdout, "the unknown in the text")


def keys(here):
    (here / "k.csv").write_text("".join(f"{i},{i}.png,{'none' if i % 2 else 'some'}\n" for i in range(COUNT)))
    expect_error("mine", "train", config(here, "k", name_column="mine"))
    done = latent("train", config(here, "k", unknown=["?"]), "--run", "words")
    expect("the first line names an image, so the columns have no names" in done.stderr, f"no header, got {done.stderr}")
    expect({row["3"] for row in split_of(here, "words", "test")} == {"none", "some"}, "two classes")


def refusals(here):
    (here / "imgs/c").mkdir()
    (here / "imgs/c/1.png").write_bytes(solid_png(16, 16, (1, 2, 3)))
    (here / "r.csv").write_text("file,x\n0.png,1\n1.png,2\n")
    expect_error('r.csv: line 3: "1.png" may be a/1.png or c/1.png', "train", config(here, "r"))
    (here / "r.csv").write_text("file,x\nz/0.png,1\nz/2.png,2\n")
    expect_error('r.csv: line 2: no row names an image: "z/0.png" is in another folder than a/0.png', "train", config(here, "r"))


need_codecs()
with Workplace() as workplace:
    pictures(workplace / "imgs")
    os.environ["LATENT_CACHE"] = str(workplace / "cache")
    for check in (unknown_values, keys, refusals):
        check(workplace)
