"""encode, interpolate, arithmetic and traverse on small runs; pictures and animations decoded again."""
import csv
import json
import struct
import zlib

import numpy
from safetensors.torch import load_file, safe_open

from _latent import Workplace, expect, expect_error, files_below, latent, latent_json, need_codecs, write_config
from _pictures import difference, read_gif, read_png


def write_png(path, width, height):
    rows = b"".join(b"\0" + bytes((x * 255 // width for x in range(width))) for _ in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def encode(run, plain):
    out = latent_json("encode", "--run", run)
    expect(out["images"] == 64 and out["latent_dim"] == 4, f"the whole test split, got {out}")
    expect(out["written"] == [f"{run}/encode/test.csv"], f"a file in the run, got {out['written']}")
    raw = open(out["written"][0], "rb").read()
    expect(raw.count(b"\r\n") == 65 and raw.count(b"\n") == 65, "lines that end as RFC 4180 says")
    rows = list(csv.DictReader(open(out["written"][0], newline="")))
    header = ["name", "shape", "scale", "rotation", "x", "y"] + [f"mean_{i}" for i in range(4)] + [f"logvar_{i}" for i in range(4)]
    expect(list(rows[0]) == header, f"the columns, got {list(rows[0])}")
    expect({row["shape"] for row in rows} == {"square", "ellipse", "heart"}, "classes as words")

    latent("encode", "--run", run, "--out", "z.npy")
    latent("encode", "--run", run, "--out", "z.safetensors")
    array, tensors = numpy.load("z.npy"), load_file("z.safetensors")
    for i, row in enumerate(rows):
        expect(array["name"][i] == row["name"] and array["shape"][i] == row["shape"], f"row {i} of the array")
        for k in range(4):
            for part in ("mean", "logvar"):
                value = numpy.float32(row[f"{part}_{k}"])
                expect(value == array[part][i, k] == tensors[part][i, k].item(), f"{part} {i}, {k} to the last bit")
        expect(float(row["scale"]) == array["scale"][i] == tensors["attribute.scale"][i].item(), f"scale {i}")
    with safe_open("z.safetensors", "np") as file:
        metadata = file.metadata()
    expect(json.loads(metadata["names"]) == [row["name"] for row in rows], "names")
    expect(json.loads(metadata["classes.shape"]) == ["square", "ellipse", "heart"], "classes")

    latent("encode", "--run", run, "--flat", "--out", "flat.npy")
    latent("encode", "--run", run, "--flat", "--out", "flat.csv")
    flat, named = numpy.load("flat.npy"), [f"z{i}" for i in range(4)] + [f"z{i}_logvar" for i in range(4)]
    expect(list(flat.dtype.names) == header[:6] + named, f"a column for each latent, got {flat.dtype.names}")
    expect(all(flat.dtype[name].shape == () for name in flat.dtype.names), "columns of single values, as pandas reads them")
    expect(all((flat[f"z{i}"] == array["mean"][:, i]).all() and (flat[f"z{i}_logvar"] == array["logvar"][:, i]).all() for i in range(4)),
           "the same numbers")
    expect(next(csv.reader(open("flat.csv", newline=""))) == header[:6] + named, "the same columns in a CSV")
    expect_error("--flat: a .safetensors file has no columns", "encode", "--run", run, "--flat", "--out", "z.safetensors", code=2)

    latent("encode", "--run", run, "--indices", "5,3", "--out", "two.csv")
    two = list(csv.DictReader(open("two.csv", newline="")))
    expect([row["name"] for row in two] == ["00005", "00003"], "images in the order asked for")
    expect(abs(float(two[0]["mean_1"]) - float(rows[5]["mean_1"])) < 1e-4, "the same latents")
    write_png(run.parent / "a, b.png", 16, 16)
    latent("encode", "--run", run, "a, b.png", "--out", "file.csv")
    expect(next(csv.DictReader(open("file.csv", newline="")))["name"] == "a, b.png", "a name with a comma")
    latent("encode", "--run", plain, "--out", "plain.csv")
    expect("logvar_0" not in open("plain.csv").readline(), "no log-variance of a plain autoencoder")


def interpolate(run, plain):
    out = latent_json("interpolate", "--run", run, "--indices", "3,17,5", "--steps", 6, "--ping-pong", "--fps", 20,
                      "--scale", 4, "--tensors", "way.safetensors")
    folder = run / "images/interpolate/test-3-17-5-linear"
    expect(out["written"][:3] == [str(folder / name) for name in ("strip.png", "animation.gif", "frames")], f"paths, got {out}")
    frames, delays, loop = read_gif(folder / "animation.gif")
    expect(out["frames"] == 11 and len(frames) == 20, f"11 frames there and 9 back, got {out['frames']}, {len(frames)}")
    expect(set(delays) == {5} and loop == 0, f"20 frames a second for ever, got {delays}, {loop}")
    singles = [read_png(folder / f"frames/{i:04}.png") for i in range(11)]
    expect(frames == singles + singles[-2:0:-1], "the animation to show the frames, and back")
    expect(singles[0].width == 64 and singles[0].height == 64, "frames enlarged by a whole factor")

    # The ends, and the image passed through, are the images' own reconstructions.
    latent("reconstruct", "--run", run, "--indices", "3,17,5", "--out", "own.png", "--scale", 4)
    own = read_png(run.parent / "own.png")
    strip = read_png(folder / "strip.png")
    # Captions stand above, the images themselves at both ends of each row.
    top = strip.height - 2 * 66
    expect(strip.width == 2 + 8 * 66 and 13 < top < 40, f"two rows of six between images, got {strip.width}x{strip.height}")
    left = own.width - 3 * 66  # the captions stand left of the images
    for column, row, image in ((1, 0, 0), (6, 0, 1), (1, 1, 1), (6, 1, 2)):
        got = strip.part(2 + 66 * column, top + 66 * row, 64, 64)
        want = own.part(left + 66 * image, 68, 64, 64)
        expect(difference(got, want) < 0.5, f"image {image} itself at {row}, {column}")
    for column, row, image in ((0, 0, 0), (7, 0, 1), (0, 1, 1), (7, 1, 2)):
        got = strip.part(2 + 66 * column, top + 66 * row, 64, 64)
        expect(difference(got, own.part(left + 66 * image, 2, 64, 64)) < 0.5, f"the original {image} at {row}, {column}")
    way = load_file("way.safetensors")
    step = way["z"][1] - way["z"][0]
    expect((way["z"][5] - way["z"][0] - 5 * step).abs().max() < 1e-4, "equal steps along the line")
    change = (way["images"][1:] - way["images"][:-1]).double().square().flatten(1).mean(1).sqrt()
    expect(abs(out["unevenness"] - (change.max() / change.mean()).item()) < 1e-3, "the unevenness said")

    # Fewer frames leave none of the former ones behind.
    latent("interpolate", "--run", run, "--indices", "3,17,5", "--steps", 3, "--captions")
    expect(len(files_below(folder / "frames")) == 5, f"five frames, got {files_below(folder / 'frames')}")
    captioned, _, _ = read_gif(folder / "animation.gif")
    expect(captioned[0].height > captioned[0].width and len({frame.height for frame in captioned}) == 1, "room for captions")

    for which in (run, plain):
        for path in ("linear", "slerp"):
            for name in ("a.gif", "b.gif"):
                latent("interpolate", "--run", which, "--random", 3, "--steps", 4, "--path", path, "--out", name, "--seed", 4)
            expect((run.parent / "a.gif").read_bytes() == (run.parent / "b.gif").read_bytes(), "the same from the same seed")
            expect(len(read_gif(run.parent / "a.gif")[0]) == 7, "seven frames through three latents")
    expect(not (run.parent / "a").exists(), "nothing but the animation where --out names one")
    said = latent("interpolate", "--run", run, "--indices", "3,3", "--path", "slerp", "--out", "same.gif").stderr
    expect("00003 and 00003 are the same image; the morph between them stands still" in said, f"a warning, got {said}")
    same, _, _ = read_gif(run.parent / "same.gif")
    expect(difference(same[0], same[12]) < 0.5, "an image morphed into itself to stay")

    latent("interpolate", "--run", run, "--indices", "0-3", "--matrix", "--steps", 5, "--out", "square.png", "--scale", 4)
    square = read_png(run.parent / "square.png")
    expect(square.width == square.height == 2 + 5 * 66, f"five by five, got {square.width}x{square.height}")
    latent("reconstruct", "--run", run, "--indices", "0-3", "--out", "corners.png", "--scale", 4)
    corners = read_png(run.parent / "corners.png")
    for index, (x, y) in enumerate(((2, 2), (2 + 4 * 66, 2), (2, 2 + 4 * 66), (2 + 4 * 66, 2 + 4 * 66))):
        want = corners.part(corners.width - 4 * 66 + 66 * index, 68, 64, 64)
        expect(difference(square.part(x, y, 64, 64), want) < 0.5, f"corner {index}")
    said = latent("interpolate", "--run", run, "--fps", 30, "--out", "fast.gif").stderr
    expect("30 frames a second became 33.33" in said, f"the rounded speed logged, got {said}")
    write_png(run.parent / "large.png", 40, 30)
    said = latent("interpolate", "--run", run, "large.png", "a, b.png", "--out", "mine.gif").stderr
    expect("large.png: resized from 30x40 to the model's 16x16 (height x width)" in said, f"the resizing logged, got {said}")


def arithmetic(run, plain):
    asked = ("arithmetic", "--run", run, "--attribute", "x", "--strength", "-2:2:5", "--method", "logistic", "--scale", 4)
    out = latent_json(*asked)
    expect(0.9 < out["auroc"] <= 1 and out["positives"] == 128, f"a direction, got {out}")
    strip = read_png(run / "images/arithmetic/x-logistic-test-first-4/strip.png")
    expect(strip.width == 2 + 6 * 66 and strip.height > 4 * 66, f"four rows of six, got {strip.width}x{strip.height}")

    # More strength, further right: where the light of a column's pictures lies, in pixels.
    def middle(column):
        pixels = strip.part(2 + 66 * column, strip.height - 4 * 66, 64, 4 * 66).rgb[::3]
        light = [sum(pixels[x::64]) for x in range(64)]
        return sum(x * light[x] for x in range(64)) / sum(light)

    expect(middle(5) > middle(3) + 2 > middle(1) + 4, f"shapes to move right, got {[middle(i) for i in range(6)]}")
    expect(latent_json(*asked) == out, "the same from the run's cache")
    kept = [name for name in files_below(run / "cache") if name.startswith("direction-x-by-logistic")]
    expect(len(kept) == 1, f"the direction kept, got {files_below(run / 'cache')}")
    (run / "cache" / kept[0]).write_bytes(b"damaged")
    expect(latent_json(*asked) == out, "a damaged cache to be recomputed")

    latent(*asked, "--tensors", "moved.safetensors", "--out", "moved.png")
    latent("reconstruct", "--run", run, "--count", 4, "--tensors", "still.safetensors", "--out", "still.png")
    moved, still = load_file("moved.safetensors"), load_file("still.safetensors")
    expect(moved["images"].shape == (4, 5, 1, 16, 16) and (moved["inputs"] == still["inputs"]).all(), "pictures of the images")
    expect(all(abs(moved[key][:, 2] - still[key]).max() < 1e-6 for key in ("z", "images")), "the reconstructions at strength 0")
    steps = moved["z"][:, 1:] - moved["z"][:, :-1]
    expect(abs(steps - steps[:1, :1]).max() < 1e-5 < abs(steps).max(), "equal steps along one direction")
    out = latent_json("arithmetic", "--run", run, "--attribute", "shape=heart,ellipse", "--orthogonal-to", "x,y", "--indices",
                      "1,2", "--gif", "--frames", 7, "--captions", "--method", "mean")
    expect(len(out["written"]) == 3, f"strip, animation and frames, got {out}")
    frames, _, _ = read_gif(run / "images/arithmetic/shape-heart-ellipse-mean-without-x-without-y-test-1-2/animation.gif")
    expect(len(frames) == 7, "seven frames")
    said = latent("arithmetic", "--run", plain, "--attribute", "shape=square", "a, b.png", "--out", "own.png").stdout
    expect("AUROC" in said and "own.png" in said, f"the separability printed, got {said}")

    out = latent_json("arithmetic", "--run", run, "--expression", "A - B + 0.5*C", "--let", "A=3,17", "--let", "B=a, b.png",
                      "--let", "C=4")
    expect(out["terms"] == ["A: mean of 2", "- B: a, b.png", "+ 0.5*C: 00004", "= result"], f"terms, got {out}")
    latent("arithmetic", "--run", run, "--expression", "A - A + B", "--indices", "3,8", "--out", "sum.png", "--scale", 4)
    sum_of_three = read_png(run.parent / "sum.png")
    cell = (sum_of_three.width - 8) // 4
    third, result = (sum_of_three.part(8 + cell * column, 8, cell - 8, 64) for column in (2, 3))
    expect(difference(third, result) < 0.5, "A - A + B to be B")
    latent("arithmetic", "--run", plain, "--expression", "-A+B", "--indices", "3,8", "--out", "sum.png")


def traverse(run, plain):
    out = latent_json("traverse", "--run", run, "--frames", 5)
    used = [row["kl"] for row in out["latents"]]
    expect(len(used) == 4 and used == sorted(used, reverse=True), f"the most used latents first, got {used}")
    expect(all(row["low"] < row["high"] for row in out["latents"]), "ranges")
    evaluation = latent_json("evaluate", "--run", run, "--split", "train")
    first = out["latents"][0]
    expect(abs(evaluation["kl_per_latent"][first["latent"]] - first["kl"]) < 1e-3, "the KL that evaluate says")
    expect(len(read_gif(run / "images/traverse/mean/animation.gif")[0]) == 5, "five frames")
    latent("traverse", "--run", run, "--indices", 7, "--count", 2, "--range", "0.1:0.9", "--captions", "--out", "two.png", "--scale", 4)
    two = read_png(run.parent / "two.png")
    expect(2 * 66 < two.height < 3 * 66, f"two rows, got {two.height}")
    plain_out = latent_json("traverse", "--run", plain, "a, b.png", "--out", "plain.png")
    expect("variance" in plain_out["latents"][0], "a plain autoencoder's latents by their variance")


def wrong(here, run):
    (here / "notes.png").write_text("not a picture")
    (here / "folder.gif").mkdir()

    def error(message, *arguments, **options):
        expect_error(message, *arguments, "--run", run, **options)

    error("--out z.txt: expected a .csv, .npy or .safetensors file", "encode", "--out", "z.txt", code=2)
    error("got one image; expected two or more", "interpolate", "--indices", "3")
    error("got one image; expected two or more", "interpolate", "a, b.png")
    error("--matrix: got 3 images; expected four corners", "interpolate", "--indices", "0-2", "--matrix")
    error("--path curved: expected linear, slerp or cells", "interpolate", "--path", "curved", code=2)
    error("notes.png", "interpolate", "notes.png", "a, b.png")
    error("--fps 0: expected a number >= 0.01", "interpolate", "--fps", "0", code=2)
    error("--random 1: expected an integer >= 2", "interpolate", "--random", "1", code=2)
    error("--files: selects images, but --random draws latents; expected one of the two", "interpolate", "--random", "2", "a, b.png", code=2)
    error("folder.gif", "interpolate", "--out", "folder.gif")
    error("/proc/nowhere", "interpolate", "--out", "/proc/nowhere/x.gif")
    error("--out x.bmp: expected a folder, a .png or a .jpg, or a .gif, .mp4, .webp or .apng", "interpolate", "--out", "x.bmp", code=2)
    error("--matrix: makes no animation", "interpolate", "--indices", "0-3", "--matrix", "--out", "x.gif", code=2)
    error("--steps: 1999 frames in all; expected at most 1000", "interpolate", "--indices", "0-2", "--steps", "1000", code=2)
    error("expected either --attribute Smiling or --expression", "arithmetic", code=2)
    error('--attribute: attribute "scal": not in the data set; did you mean scale? known: rotation, scale, shape=ellipse',
          "arithmetic", "--attribute", "scal")
    error('attribute "shape=hart": not in the data set; did you mean shape=heart?', "arithmetic",
          "--attribute", "shape=hart")
    error("every image of the train split has it", "arithmetic", "--attribute", "shape=square,ellipse,heart")
    error('--orthogonal-to: attribute "shap": not in the data set', "arithmetic", "--attribute", "scale", "--orthogonal-to", "shap")
    error("--attribute x: nothing of the direction remains at right angles to the other attributes", "arithmetic", "--attribute", "x", "--orthogonal-to", "x")
    error("--strength -3;3: expected numbers such as -3,0,3", "arithmetic", "--attribute", "x", "--strength", "-3;3", code=2)
    error("expected low:high:count", "arithmetic", "--attribute", "x", "--strength", "-3:3:2.5", code=2)
    error("--method guess: expected mean or logistic or covariance or regression or auto", "arithmetic", "--attribute", "x", "--method", "guess", code=2)
    error('--expression A - * B: at character 5, "* B": expected a letter or a number', "arithmetic", "--expression", "A - * B")
    error("no image for B; expected --let B=3,17", "arithmetic", "--expression", "A - B", "--let", "A=3")
    error("--let B: expected a letter and its images", "arithmetic", "--expression", "A", "--let", "B", code=2)
    error('--let C=2: --expression "A - B" has no C; expected its letters', "arithmetic", "--expression", "A - B", "--let", "A=1",
          "--let", "B=1", "--let", "C=2", code=2)
    error("A is given twice", "arithmetic", "--expression", "A", "--let", "A=1", "--let", "A=2", code=2)
    error("--let 64: only 64 images in the test split; expected 0 to 63", "arithmetic", "--expression", "A", "--let", "A=64")
    error("got 2 images; expected one image to start from", "traverse", "--indices", "3,4")
    error("expected two rising quantiles", "traverse", "--range", "0.9:0.1", code=2)

    def warned(message, *arguments):
        said = latent(*arguments, "--run", run).stderr
        expect(f"warning: {message}\n" in said, f"{message!r}, got {said}")
        return said

    warned("--count 65: only 64 images in the test split", "encode", "--count", 65)
    warned("--count 5: the run has only 4 latents", "traverse", "--count", 5)
    expect("only" not in latent("encode", "--count", 64, "--run", run).stderr, "no warning about all images")
    warned('--expression "A - B": does not use 1 image: 00007 (C)', "arithmetic", "--expression", "A - B", "--indices", "3,5,7")
    warned('--expression "A - C": does not use 4 images: 00001 (B), 00003 (D), 00004 (E) and 1 more', "arithmetic", "--expression", "A - C",
           "--indices", "0-5")
    expect("does not use" not in latent("arithmetic", "--expression", "A - B", "--indices", "3,5", "--run", run).stderr,
           "no warning about two images for two letters")
    still = latent("interpolate", "--indices", "3,3", "--steps", 5, "--run", run).stdout
    expect(still.startswith("5 frames; all show the same picture\n"), f"that nothing moves, got {still}")


def unlabelled(here):
    (here / "images").write_bytes(struct.pack(">4I", 0x803, 80, 16, 16) + bytes(range(256)) * 80)
    config = {"data": {"name": "idx", "images": str(here / "images")},
              "model": {"encoder": {"name": "conv", "channels": [4]}, "latent_dim": 2}, "train": {"epochs": 1}}
    (here / "bare.json").write_text(json.dumps(config))
    latent("train", "bare.json", "--run", "bare", "--quiet")
    expect_error("the data set has no labels and no attributes", "arithmetic", "--run", "bare", "--attribute", "Smiling")
    latent("encode", "--run", "bare", "--out", "bare.csv")
    expect(open("bare.csv").readline().strip() == "name,mean_0,mean_1,logvar_0,logvar_1", "only names and latents")


need_codecs()
with Workplace() as workplace:
    learnt = {"train": {"epochs": 40, "optimizer": {"learning_rate": 5e-3}, "pictures_every": 0}}
    latent("train", write_config(workplace, learnt), "--run", "run", "--quiet")
    latent("train", write_config(workplace, {"model": {"bottleneck": "point"}}), "--run", "plain", "--quiet")
    runs = workplace / "run", workplace / "plain"
    encode(*runs)
    interpolate(*runs)
    arithmetic(*runs)
    traverse(*runs)
    wrong(workplace, runs[0])
    unlabelled(workplace)
