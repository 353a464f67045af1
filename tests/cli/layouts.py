"""Folders of images as archives and people leave them: data check states how each is read, and its config trains."""
import json
import os
import shutil
import struct
import zlib

from _latent import Workplace, expect, expect_error, latent, latent_json, need_codecs


def grey_png(side, shade):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([shade]) * side) * side
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def images(folder, count, shade=128):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        (folder / f"{i}.png").write_bytes(grey_png(16, (shade + 3 * i) % 256))


def check(folder):
    """The report on a folder, whose suggested config must train."""
    report = latent_json("data", "check", folder, "--out", "report")
    latent("train", "report/config.json", "--run", "run", "--overwrite", "--quiet", "--set", "train.epochs=1", "--set",
           "data.on_error=skip", "--set", "model.encoder.channels=[8]")
    return report


def counts(report):
    return {name: split["images"] for name, split in report["splits"].items()}


def classes(report):
    return set(report["splits"]["train"]["attributes"].get("label", {}))


def two_frame_gif():
    """One white pixel, then one black one."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    return (b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" +
            frame + b"\2\2\x4c\1\0" + frame + b"\2\2\x44\1\0" + b"\x3b")


def animations(here):
    """What was not read of the files is said each time, not only by the first command."""
    images(here / "moving", 5)
    (here / "moving/a.gif").write_bytes(two_frame_gif())
    for time in ("first", "second"):
        said = latent("data", "check", "moving", "--out", "report").stderr
        expect("moving: 1 of 6 files is an animation: the first frame of each is read\n" in said, f"a line the {time} time, got {said}")


def split_folders(here):
    for split, count in (("Training", 8), ("Testing", 4), ("Val", 2)):
        for label in ("cat", "dog"):
            images(here / "pets" / split / label, count, 100 + 10 * count)
    report = check("pets")
    expect(counts(report) == {"train": 16, "validation": 4, "test": 8}, f"its own splits, got {counts(report)}")
    expect(classes(report) == {"cat", "dog"} and report["warnings"] == [], f"the inner folders as classes, got {report}")
    said = latent("data", "check", "pets", "--out", "report").stderr
    expect("train from Training, validation from Val, test from Testing (data.splits: none" in said, f"the splits, got {said}")
    # What is beside them is counted in one line.
    images(here / "pets/masks", 3)
    images(here / "pets", 1)
    report = check("pets")
    expect([(each["what"], each["files"]) for each in report["left_out"]] == [("masks/", 3), ("single images", 1)],
           f"what is left out, got {report['left_out']}")
    text = latent("data", "check", "pets", "--out", "report").stdout
    expect("4 files left out: masks/ 3, single images 1: outside the folders of the splits" in text, f"a line, got {text}")
    # Other readings are a key away.
    report = latent_json("data", "check", "pets", "--out", "report", "--set", "data.splits=none")
    expect(classes(report) == {"(none)", "Testing", "Training", "Val", "masks"}, f"folders as classes, got {classes(report)}")
    report = latent_json("data", "check", "pets", "--out", "report", "--set", "data.splits=train=Training,test=masks")
    expect(counts(report)["test"] == 3 and sum(counts(report).values()) == 19, f"the named splits, got {counts(report)}")
    expect_error("data.splits: no folder Tset with images in pets; expected one of Testing, Training, Val and masks", "data",
                 "check", "pets", "--set", "data.splits=train=Training,test=Tset")
    expect_error('data.splits: got "both"; expected folders, fill, none, exact, or names', "data", "check", "pets", "--set",
                 "data.splits=both")


def wrappers(here):
    for label in ("rose", "tulip"):
        images(here / "archive/flowers/flowers" / label, 10, 40 if label == "rose" else 140)
    (here / "archive/__MACOSX/flowers").mkdir(parents=True)
    (here / "archive/__MACOSX/flowers/._rose.png").write_bytes(b"\0\5\x16\7")
    report = check("archive")
    expect(classes(report) == {"rose", "tulip"} and report["left_out"] == [], f"the inner folders, got {report}")
    said = latent("data", "check", "archive", "--out", "report").stderr
    expect("archive: its only folder of images, flowers/flowers/, is entered (data.dir" in said, f"a line, got {said}")
    # An archive's second copy.
    shutil.copytree(here / "archive/flowers/flowers", here / "archive/flowers/copy")
    shutil.move(here / "archive/flowers/flowers/rose", here / "archive/flowers/rose")
    shutil.move(here / "archive/flowers/flowers/tulip", here / "archive/flowers/tulip")
    report = check("archive")
    expect(classes(report) == {"rose", "tulip"} and report["left_out"][0]["what"] == "copy/", f"no copy, got {report}")
    # A lone folder around another kind of data set.
    inner = here / "outer/inner/cifar-10-batches-bin"
    inner.mkdir(parents=True)
    (inner / "data_batch_1.bin").write_bytes(b"")
    expect_error("cifar", "data", "check", "outer")


def classes_with_splits(here):
    for label in ("bottle", "cable"):
        images(here / "mvtec" / label / "train/good", 6, 30 if label == "cable" else 90)
        images(here / "mvtec" / label / "test/bad", 3, 150 if label == "cable" else 200)
        images(here / "mvtec" / label / "ground_truth/bad", 3)
    report = check("mvtec")
    expect(report["splits"]["train"]["images"] == 12 and classes(report) == {"bottle", "cable"}, f"joined, got {report}")
    expect([each["files"] for each in report["left_out"]] == [6], f"the masks left out, got {report['left_out']}")


def wrong_readings(here):
    images(here / "odd/train", 8)
    images(here / "odd/bus", 8, 50)
    report = check("odd")
    expect("but called like a split" in report["warnings"][0], f"a warning, got {report['warnings']}")
    said = latent("train", "report/config.json", "--run", "run", "--overwrite", "--set", "train.epochs=1").stderr
    expect("data.splits: \"train=train\" reads it as one" in said, f"the warning in training, got {said}")
    images(here / "same/owl", 8)
    report = check("same")
    expect("label: all 8 images are of one class, owl" in report["warnings"][0], f"a warning, got {report['warnings']}")
    images(here / "dark", 8, 1)
    report = check("dark")
    expect(len(report["warnings"]) == 1 and "nearly black: their largest value is 22 of 255; set data.white 22" in report["warnings"][0],
           f"one warning, got {report['warnings']}")


def left_out(here):
    images(here / "photos", 20)
    for i in range(5):
        (here / f"photos/IMG_{i}.HEIC").write_bytes(b"x")
    for name in ("clip.mov", "all.zip", "raw.CR2", "notes.txt", "labels.csv", "Thumbs.db", "desktop.ini"):
        (here / "photos" / name).write_bytes(b"x")
    line = "8 files left out: .heic 5: convert them with heif-convert FILE.heic FILE.jpg"
    report = check("photos")
    expect({each["what"]: each["files"] for each in report["left_out"]} == {".heic": 5, ".mov": 1, ".zip": 1, ".cr2": 1},
           f"counts, got {report['left_out']}")
    expect(line in latent("data", "check", "photos", "--out", "report").stdout, "the line in data check")
    expect(line in latent("train", "report/config.json", "--run", "run", "--overwrite", "--set", "train.epochs=1").stderr,
           "the line in train")
    expect(line in latent("data", "pack", "report/config.json").stderr, "the line in data pack")
    expect("photos: " + line in latent("reconstruct", "--run", "run", "photos", "--out", "rows.png").stderr,
           "the line for FILES")
    for path in (here / "photos").glob("*.png"):
        path.unlink()
    expect_error("photos: no images; expected .jpg, .png, .bmp, .tif, .webp, .gif or .pgm files; " + line, "data", "check", "photos")
    (here / "table").mkdir()
    (here / "table/a.csv").write_text("x,y\n1,2\n")
    (here / "table/b.csv").write_text("x,y\n1,2\n")
    expect_error("table: no images; expected .jpg, .png, .bmp, .tif, .webp, .gif or .pgm files; latent data check table/", "data", "check",
                 "table")


def small_sets(here):
    for count in (1, 2, 3, 13):
        images(here / f"set{count}", count, 100)
        report = check(f"set{count}")
        expect(report["splits"]["train"]["images"] >= 1 and sum(counts(report).values()) == count, f"all, got {counts(report)}")
    (here / "set1/junk.jpg").write_text("not a picture")
    report = check("set1")
    expect(counts(report) == {"train": 1} and len(report["unreadable"]) == 1, f"one image and a broken one, got {report}")
    (here / "junk").mkdir()
    (here / "junk/junk.jpg").write_text("not a picture")
    expect_error("junk.jpg: not an image this program reads", "data", "check", "junk")


def former_runs(here):
    """A run made before split folders were known in any case keeps its images."""
    images(here / "pets/Train", 20)
    images(here / "pets/Test", 10, 30)
    (here / "pets.json").write_text(json.dumps({
        "data": {"name": "folder", "dir": "pets", "splits": "exact"},
        "model": {"encoder": {"name": "dense", "hidden": [8]}, "latent_dim": 2},
        "train": {"epochs": 1, "batch_size": 8}}))
    latent("train", "pets.json", "--run", "old", "--quiet")
    config = json.loads((here / "old/config.json").read_text())
    expect(config["data"].pop("splits") == "exact", "the key in the run's config")
    (here / "old/config.json").write_text(json.dumps(config))
    done = latent("train", "--run", "old", "--resume", "--set", "train.epochs=2")
    expect("other examples" not in done.stderr, f"the same images, got {done.stderr}")
    # With another reading its data is not changed in silence.
    config["data"]["splits"] = "folders"
    (here / "old/config.json").write_text(json.dumps(config))
    expect_error('data.splits is "folders", was "exact"', "train", "--run", "old", "--resume", "--set", "train.epochs=3")


need_codecs()
for each in (animations, split_folders, wrappers, classes_with_splits, wrong_readings, left_out, small_sets, former_runs):
    with Workplace() as workplace:
        os.environ["LATENT_CACHE"] = str(workplace / "cache")
        each(workplace)
