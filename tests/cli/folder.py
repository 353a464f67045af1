"""A folder of pictures through train, reconstruct and data pack: no preparation, one clear line for what is wrong."""
import csv
import json
import os
import pathlib
import subprocess
import zlib

from _latent import (BINARY, Workplace, expect, expect_error, files_below, latent, latent_json, merged, need_codecs)


def png(width, height, colour):
    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x08\x02\0\0\0") + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


CONFIG = {
    "data": {"name": "folder", "dir": "photos", "size": [16, 16]},
    "model": {"encoder": {"name": "conv", "channels": [8, 16]}, "latent_dim": 4},
    "train": {"epochs": 1, "batch_size": 32},
}


def config(here, **keys):
    path = here / "mine.json"
    path.write_text(json.dumps(merged(CONFIG, {"data": keys})))
    return path


def photos(folder, count=120):
    for i in range(count):
        path = folder / ("red" if i % 2 else "blue") / f"photo {i}, \"mine\".png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(20 + i % 5, 24, (200, i % 256, 0) if i % 2 else (0, i % 256, 200)))


def works(here):
    photos(here / "photos")
    summary = latent_json("data", "pack", config(here))
    expect(summary["made"] and summary["images"] == 120 and summary["shape"] == [3, 16, 16], f"a pack, got {summary}")
    expect(summary["skipped"] == [] and summary["bytes"] == os.path.getsize(summary["pack"]), f"its size, got {summary}")
    expect(pathlib.Path(summary["pack"]).parent == here / "cache/packs", "the pack in the cache")
    expect(not latent_json("data", "pack", config(here))["made"], "the pack to be found again")
    done = latent("train", config(here), "--run", "run")
    expect("packing" not in done.stderr, "the pack to be used")
    expect(latent_json("evaluate", "--run", "run")["images"] > 0, "a test split")
    latent("reconstruct", "--run", "run", "--out", "rows.png")
    # A picture of the user's is cropped as the data set's are.
    (here / "wide.png").write_bytes(png(200, 20, (9, 9, 9)))
    done = latent("reconstruct", "--run", "run", "wide.png", "--out", "wide-rows.png")
    expect("resized" not in done.stderr, "no word about the size")
    # What was touched is packed anew.
    photo = next((here / "photos/red").iterdir())
    os.utime(photo, ns=(1, 1))
    expect("packing 120 images" in latent("data", "pack", config(here)).stderr, "a changed file to be noticed")
    # Quiet means quiet.
    expect(latent("data", "pack", config(here, size=[8, 8]), "--quiet").stderr == "", "nothing on stderr")


def csv_labels(here):
    photos(here / "photos", 40)
    rows = [f"\"{path.name.replace(chr(34), chr(34) * 2)}\",{i},{'+1' if i % 2 else '-1'},\"a, b\"\r\n"
            for i, path in enumerate(sorted((here / "photos").rglob("*.png")))]
    (here / "labels.csv").write_text("\ufefffile,number,sign,word\r\n" + "".join(rows) + "gone.png,0,1,x\r\n")
    done = latent("train", config(here, labels="labels.csv"), "--run", "run")
    expect("labels.csv: 1 row names no image; first labels.csv: line 42: \"gone.png\"" in done.stderr,
           f"the unknown file, got {done.stderr}")
    expect_error("absent.csv: no such file", "train", config(here, labels="absent.csv"))
    (here / "labels.csv").write_text("file,x\n" + "a.png,1\n")
    expect_error("labels.csv: line 2: no row names an image", "train", config(here, labels="labels.csv"))


def wrong_folders(here):
    expect_error("photos: no such folder", "train", config(here))
    (here / "photos").mkdir()
    expect_error("photos: no images; expected .jpg, .png", "train", config(here))
    photos(here / "photos")
    expect_error("data.fit: got \"squash\"", "train", config(here, fit="squash"))
    bad = here / "photos/red/bad.jpg"
    bad.write_text("not a picture")
    expect_error("bad.jpg: not an image this program reads", "train", config(here))
    done = latent("train", config(here, on_error="skip"), "--run", "skipping")
    expect("1 of 121 images cannot be read and are skipped" in done.stderr and "bad.jpg" in done.stderr,
           f"the bad file by name, got {done.stderr}")
    summary = latent_json("data", "pack", config(here, on_error="skip"))
    expect(len(summary["skipped"]) == 1 and "bad.jpg" in summary["skipped"][0], f"the bad file, got {summary}")
    bad.unlink()


def damaged_packs(here):
    photos(here / "photos", 40)
    pack = pathlib.Path(latent_json("data", "pack", config(here))["pack"])
    content = bytearray(pack.read_bytes())
    content[1000] ^= 1
    pack.write_bytes(content)
    done = latent("data", "pack", config(here))
    expect("checksum does not fit; rebuilding the pack" in done.stderr, f"the damage to be noticed, got {done.stderr}")
    os.truncate(pack, 500)
    expect("rebuilding the pack" in latent("data", "pack", config(here)).stderr, "the cut to be noticed")


def two_at_once(here):
    photos(here / "photos", 2000)
    both = [subprocess.Popen([BINARY, "data", "pack", config(here), "--json"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    results = [process.communicate(timeout=300) for process in both]
    expect([process.returncode for process in both] == [0, 0], f"both to work, got {results}")
    made = [json.loads(out)["made"] for out, _ in results]
    expect(sorted(made) == [False, True], f"one of them to pack, got {results}")
    expect([name for name in files_below(here / "cache") if not name.endswith(".pack")] == [], "nothing left behind")


def caches(here):
    photos(here / "photos", 20)
    (here / "file").write_text("")
    env = dict(os.environ, LATENT_CACHE=str(here / "file"))
    expect_error("set LATENT_CACHE", "train", config(here), env=env)
    del env["LATENT_CACHE"]
    env["XDG_CACHE_HOME"] = str(here / "xdg")
    latent("data", "pack", config(here), env=env)
    expect(len(files_below(here / "xdg/latent/packs")) == 1, "XDG_CACHE_HOME to be used")


def little_room(here):
    photos(here / "photos", 40)
    room = here / "room"
    room.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", room], capture_output=True).returncode != 0:
        print("skipped: a cache without room (a tmpfs cannot be mounted here)")
        return
    try:
        expect_error("0 MB are free; expected 1 MB; packed images need a folder with free space", "data", "pack",
                     config(here, size=[64, 64]), env=dict(os.environ, LATENT_CACHE=str(room)))
    finally:
        subprocess.run(["umount", room], check=True)


def checks(here):
    photos(here / "photos", 60)
    copies = here / "photos/blue"
    (copies / "copy.png").write_bytes((copies / "photo 2, \"mine\".png").read_bytes())
    (copies / "cut.png").write_bytes((copies / "photo 4, \"mine\".png").read_bytes()[:40])
    (copies / "text.jpg").write_text("not a picture")
    report = latent_json("data", "check", "photos", "--out", "report")
    expect(sum(split["images"] for split in report["splits"].values()) == 61, f"61 good images, got {report['splits']}")
    expect(report["splits"]["train"]["attributes"]["label"].keys() == {"blue", "red"}, "the folders as classes")
    expect(report["formats"] == {"PNG": 61} and report["sizes"]["24x20"] >= 12, f"formats and sizes, got {report['sizes']}")
    expect(len(report["unreadable"]) == 2 and "text.jpg" in str(report["unreadable"]), f"two bad files, got {report}")
    expect(any("copy.png" in str(pair) for pair in report["repeats"]), f"the copy, got {report['repeats']}")
    expect(files_below(here / "report") == ["config.json", "contact_sheet.png"], "a contact sheet and a config")
    latent("data", "check", "photos", "--out", "keyed", "--set", "data.size=[24, 20]", "--set", "train.epochs=3")
    keyed = json.loads((here / "keyed/config.json").read_text())
    expect(keyed["data"]["size"] == [24, 20] and keyed["train"]["epochs"] == 3, f"the keys given in the config, got {keyed}")
    text = latent("data", "check", "photos", "--out", "report").stdout
    for words in ("height x width", "lowest BCE of any model", "2 images cannot be read", "repeats the pixels", "red 2"):
        expect(words in text, f"{words!r} in\n{text}")
    suggested = json.loads((here / "report/config.json").read_text())
    expect(suggested["data"]["on_error"] == "skip" and suggested["data"]["augment"] == {"flip": True, "shift": 1}, f"what suits few photos, got {suggested}")
    expect(suggested["train"]["epochs"] == 1000 and suggested["train"]["batch_size"] == 32, f"steps enough for few photos, got {suggested}")
    short = ["--set", "train.epochs=1", "--quiet"]
    latent("train", "report/config.json", "--run", "suggested", *short)
    (here / "shapes.json").write_text('{"data": {"name": "shapes", "count": 100}}')
    drawn = latent_json("data", "check", "shapes.json")
    expect(drawn["splits"]["train"]["images"] == 100 and drawn["leaks"] == 0, f"shapes to be checked, got {drawn}")
    expect(drawn["written"] == ["checks/shapes/contact_sheet.png"], f"no config for a config, got {drawn['written']}")
    expect_error("nowhere: no such file or folder", "data", "check", "nowhere")
    expect_error("notes.txt: expected a config (.json), a folder, or", "data", "check", write(here / "notes.txt"))
    (here / "empty").mkdir()
    expect_error("empty: no images", "data", "check", "empty")


def lists(here):
    for i in range(120):
        (here / "photos").mkdir(exist_ok=True)
        (here / "photos" / f"{i}.png").write_bytes(png(16, 16, (i, 2 * i, 0)))
    latent("train", config(here), "--run", "run", "--quiet")

    def names(split):
        latent("encode", "--run", "run", "--split", split, "--count", "0", "--out", "names.csv")
        with open(here / "names.csv", newline="") as file:
            return [row["name"] for row in csv.DictReader(file)]

    train, validation, test = names("train"), names("validation"), names("test")
    (here / "keep.txt").write_text("# the chosen ones\n" + "\n".join(train[:20] + validation[:3]) + "\n")
    done = latent("train", config(here, keep="@keep.txt"), "--run", "some")
    expect("20 of 23 entries of keep.txt are in the training split" in done.stderr, f"a count, got {done.stderr}")
    expect(latent_json("evaluate", "--run", "some", "--split", "train")["images"] == 20, "20 training images")
    latent("detect", "--run", "some", "--quiet")  # a list is no rule for what is normal
    (here / "pick.txt").write_text(f"{test[1]}, {test[0]}\r\n2\r\n")
    latent("encode", "--run", "run", "--indices", "@pick.txt", "--quiet")
    with open(here / "run/encode/test-pick.csv", newline="") as file:
        expect([row["name"] for row in csv.DictReader(file)] == [test[1], test[0], test[2]], "the order of the list")
    (here / "pick.txt").write_text(f"{test[0]}\n{test[1]}x\n")
    expect_error(f'pick.txt: line 2: "{test[1]}x": no such example in the test split; did you mean {test[1]}?', "encode",
                 "--run", "run", "--indices", "@pick.txt")


def write(path):
    path.write_text("words")
    return path


def command_lines(here):
    usage = "expected latent data check FOLDER or latent data pack CONFIG.json"
    expect_error(f"latent data: no action; {usage}", "data", code=2)
    expect_error(f'latent data: unknown action "delete"; {usage}', "data", "delete", code=2)
    expect_error(f'latent data: unknown action "chek"; did you mean check? {usage}', "data", "chek", "photos", code=2)
    expect_error("latent data pack: no config; expected latent data pack CONFIG.json", "data", "pack", code=2)
    expect_error("latent data check: no FOLDER; expected a folder of images, a data file or a config", "data", "check", code=2)
    (here / "some").mkdir()
    expect_error("latent data pack some: is a folder; expected a config, such as the config.json that latent data check some writes",
                 "data", "pack", "some", code=2)
    (here / "shapes.json").write_text('{"data": {"name": "shapes", "count": 100}}')
    expect_error("nothing to pack", "data", "pack", "shapes.json")
    summary = latent_json("data", "pack", "shapes.json", "--set", "data.pack=always")
    expect(summary["images"] == 228, f"drawn images in a pack, got {summary}")


need_codecs()
for check in (works, csv_labels, wrong_folders, damaged_packs, two_at_once, caches, little_room, checks, lists,
              command_lines):
    with Workplace() as workplace:
        os.environ["LATENT_CACHE"] = str(workplace / "cache")
        check(workplace)
