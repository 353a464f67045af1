"""Files of one's own for the commands: names, broken ones, arrays; runs whose data were moved."""
import csv
import json
import pathlib
import random
import shutil
import struct

from _latent import Workplace, expect, expect_error, files_below, latent, latent_json, need_codecs, write_config

SIDE = 16


def write_image(path, seed):
    """A PGM of noise: read by every build."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)
    path.write_bytes(b"P5 16 16 255\n" + bytes(draw.randrange(256) for _ in range(SIDE * SIDE)))


def write_npy(path, count):
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({count}, {SIDE}, {SIDE}), }}"
    head = head.ljust(117) + "\n"
    draw = random.Random(count)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() +
                     bytes([0, 255]) + bytes(draw.randrange(256) for _ in range(count * SIDE * SIDE - 2)))


def names_in(path):
    with open(path, newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def train(here):
    for i in range(24):
        write_image(here / "imgs" / f"{i:02}.pgm", i)
    config = write_config(here, {"data": {"name": "folder", "dir": "imgs", "channels": 1, "validation": 0.2, "count": 0},
                                 "corruption": [{"name": "gaussian", "std": 0.1}]})
    latent("train", config, "--run", "r")


def names(here):
    for i, kind in enumerate(("good", "crack", "scratch")):
        for k in range(2):
            write_image(here / "test" / kind / f"{k}.pgm", 100 + 10 * i + k)
    want = [f"{kind}/{k}.pgm" for kind in ("crack", "good", "scratch") for k in range(2)]
    latent("detect", "--run", "r", "test", "--out", "d.csv")
    expect(sorted(names_in("d.csv")) == want, f"the folder in each name, got {names_in('d.csv')}")
    result = latent_json("reconstruct", "--run", "r", "test/good/0.pgm", "test/crack/0.pgm", "imgs/01.pgm")
    got = [each["image"] for each in result["images"]]
    expect(got == ["good/0.pgm", "crack/0.pgm", "01.pgm"], f"what tells the files apart, got {got}")
    latent("denoise", "--run", "r", "test", "--out", "clean")
    expect(files_below("clean") == sorted([name.replace(".pgm", "-denoised.png") for name in want] + ["files.png"]),
           f"a picture for each, got {files_below('clean')}")
    latent("denoise", "--run", "r", "test/good", "--out", "tiles", "--tiles")
    expect(files_below("tiles") == ["0-denoised.png", "1-denoised.png"], f"two, got {files_below('tiles')}")


def broken(here):
    (here / "test/good/bad.pgm").write_bytes(b"P5 16 16 255\nshort")
    expect_error("--on-error skip leaves such files out", "encode", "--run", "r", "test", "--out", "e.csv")
    said = latent("encode", "--run", "r", "test", "--out", "e.csv", "--on-error", "skip", code=1).stderr.splitlines()
    expect(said[-2].startswith("error: test/good/bad.pgm: ") and
           said[-1] == "error: 1 file could not be read and was left out; 6 images processed", f"the file listed last, got {said}")
    expect(len(names_in("e.csv")) == 6, f"the other files, got {names_in('e.csv')}")
    expect_error("nor can any other of the files be read", "encode", "--run", "r", "test/good/bad.pgm", "--out", "f.csv",
                 "--on-error", "skip")
    expect(not (here / "f.csv").exists(), "nothing written")
    expect_error("--on-error maybe: expected fail or skip", "encode", "--run", "r", "test", "--on-error", "maybe", code=2)


def arrays(here):
    write_npy(here / "new.npy", 5)
    latent("encode", "--run", "r", "new.npy", "imgs/01.pgm", "--out", "n.csv")
    want = [f"new.npy:{i}" for i in range(5)] + ["01.pgm"]
    expect(names_in("n.csv") == want, f"each image of the array, got {names_in('n.csv')}")
    latent("denoise", "--run", "r", "new.npy", "--out", "a")
    expect("new-4-denoised.png" in files_below("a"), f"a picture for each image, got {files_below('a')}")
    (here / "only").mkdir()
    write_npy(here / "only/a.npy", 2)
    write_npy(here / "only/b.npy", 1)
    latent("encode", "--run", "r", "only", "--out", "o.csv")
    expect(names_in("o.csv") == ["a.npy:0", "a.npy:1", "b.npy:0"], f"the arrays of a folder, got {names_in('o.csv')}")
    rows = [["label", *(f"pixel{i}" for i in range(SIDE * SIDE))], *([k, *([100 * k] * SIDE * SIDE)] for k in range(3))]
    pathlib.Path("rows.csv").write_text("\n".join(",".join(map(str, row)) for row in rows))
    latent("encode", "--run", "r", "rows.csv", "--out", "c.csv")
    expect(names_in("c.csv") == ["rows.csv:0", "rows.csv:1", "rows.csv:2"], f"three rows, got {names_in('c.csv')}")


def from_elsewhere(here):
    """A run knows where the relative paths of its config begin."""
    elsewhere = here / "a/b"
    elsewhere.mkdir(parents=True)
    figures = latent("evaluate", "--run", here / "r", "--quiet").stdout
    expect(latent("evaluate", "--run", here / "r", "--quiet", cwd=elsewhere).stdout == figures, "the same figures from another directory")
    shutil.copytree(here / "r", elsewhere / "resumed")
    said = latent("train", "--run", "resumed", "--resume", "--set", "train.epochs=3", cwd=elsewhere).stderr
    expect("the data are the same" in said, f"the place of the data, got {said}")
    expect(json.loads((elsewhere / "resumed/config.json").read_text())["data"]["dir"] == str(here / "imgs"), "an absolute path")


def moved(here):
    (here / "imgs").rename(here / "elsewhere")
    remedy = "if the data were moved, give their new place: latent train --run r --resume --set data.dir=PATH"
    expect_error(remedy, "reconstruct", "--run", "r")
    expect_error(remedy, "train", "--run", "r", "--resume")
    for command in (("sample", "--run", "r"), ("encode", "--run", "r", "new.npy", "--out", "g.csv"),
                    ("reconstruct", "--run", "r", "elsewhere/01.pgm"), ("doctor", "--run", "r")):
        latent(*command)
    latent("detect", "--run", "r", "test/good/0.pgm", "--out", "m.csv")  # its thresholds are kept in the run
    (kept,) = csv.DictReader((here / "m.csv").open(newline=""))
    (first,) = [row for row in csv.DictReader((here / "d.csv").open(newline="")) if row["name"] == "good/0.pgm"]
    expect(kept["flagged"] == first["flagged"] and kept["pca_error"] == first["pca_error"], f"what was found with the data, got {kept}")
    shutil.copytree("elsewhere", "others")
    write_image(here / "others/00.pgm", 999)
    write_image(here / "others/01.pgm", 998)
    before = pathlib.Path("r/config.json").read_text()
    expect_error('data.dir is "others", was "imgs": not the data that the run was trained on: ', "train", "--run", "r",
                 "--resume", "--set", "data.dir=others")
    expect(pathlib.Path("r/config.json").read_text() == before, "the config unchanged")
    said = latent("train", "--run", "r", "--resume", "--set", "data.dir=elsewhere").stderr
    expect('data.dir is "elsewhere", was "imgs": the data are the same' in said, f"a word about it, got {said}")
    expect(json.loads(pathlib.Path("r/config.json").read_text())["data"]["dir"] == "elsewhere", "the new place kept")
    latent("reconstruct", "--run", "r")
    latent("train", "--run", "r", "--resume", "--set", "train.epochs=3")


def moved_list(here):
    """The list of examples to keep moves as other files of the data do."""
    pathlib.Path("list.txt").write_text("0,1,2,3,4,5,6,7\n")
    latent("train", "small.json", "--run", "k", "--set", "data.dir=elsewhere", "--set", "data.keep=@list.txt")
    (here / "list.txt").rename(here / "moved.txt")
    expect_error("list.txt: no such file; if the data were moved, give their new place: "
                 "latent train --run k --resume --set data.keep=@PATH", "reconstruct", "--run", "k")
    pathlib.Path("shorter.txt").write_text("0,1,2,3\n")
    expect_error("not the data that the run was trained on: the training split has 4 examples, not 8", "train", "--run", "k",
                 "--resume", "--set", "data.keep=@shorter.txt")
    expect_error('data.keep is "", was "@list.txt": not the data that', "train", "--run", "k", "--resume", "--set", "data.keep=")
    latent("train", "--run", "k", "--resume", "--set", "data.keep=@moved.txt")
    latent("reconstruct", "--run", "k")


def tables(here):
    draw = random.Random(1)
    lines = ["x,y,z"] + [f"{draw.random()},{10 * draw.random()},{draw.random()}" for _ in range(50)]
    pathlib.Path("t.csv").write_text("\n".join(lines))
    pathlib.Path("own.csv").write_text("\n".join(lines[:4]))
    config = {"data": {"name": "table", "file": "t.csv"}, "objective": {"likelihood": "gaussian"},
              "model": {"encoder": {"name": "dense", "hidden": [4]}, "latent_dim": 2}, "train": {"epochs": 1}}
    pathlib.Path("t.json").write_text(json.dumps(config))
    latent("train", "t.json", "--run", "t")
    latent("encode", "--run", "t", "own.csv", "--out", "before.csv")
    (here / "t.csv").unlink()
    latent("encode", "--run", "t", "own.csv", "--out", "after.csv")
    expect(pathlib.Path("before.csv").read_text() == pathlib.Path("after.csv").read_text(), "the scale kept in the run")


def main():
    need_codecs()
    with Workplace() as here:
        train(here)
        names(here)
        broken(here)
        arrays(here)
        from_elsewhere(here)
        moved(here)
        moved_list(here)
        tables(here)


main()
