"""How pictures and charts look: sizes, ink inside the frame, marks at their places, and the book of figures of a run."""
import re
import shutil
import struct

from _latent import SKIPPED, Workplace, expect, expect_error, have_codecs, latent, latent_json, write_config
from _pictures import read_gif, read_png, solid_png


def border_is_white(frame):
    """No text and no image touches the edge."""
    top, bottom = frame.part(0, 0, frame.width, 1), frame.part(0, frame.height - 1, frame.width, 1)
    left, right = frame.part(0, 0, 1, frame.height), frame.part(frame.width - 1, 0, 1, frame.height)
    return all(set(line.rgb) == {255} for line in (top, bottom, left, right))


def png_size(path):
    return struct.unpack(">II", path.read_bytes()[16:24])


def jpeg_size(path):
    """Width and height of a JPEG, from its frame header. Format: ITU T.81, B.2.2"""
    data = path.read_bytes()
    expect(data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9", f"{path}: a whole JPEG")
    at = 2
    while data[at + 1] not in (0xc0, 0xc1, 0xc2):
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5:at + 9])
    return width, height


def sizes(here, run):
    """Every picture has the size that is asked for, with its text inside."""
    look = ["--title", "A title long enough to be wrapped into several lines of text", "--captions", "--width", 500]
    commands = {
        "reconstruct": ["reconstruct", "--count", 6, "--columns", 3],
        "sample": ["sample", "--count", 6],
        "interpolate": ["interpolate", "--indices", "1,2", "--steps", 20, "--columns", 5],
        "arithmetic": ["arithmetic", "--attribute", "x", "--method", "mean", "--count", 2],
        "expression": ["arithmetic", "--expression", "A - B", "--indices", "1,2"],
        "traverse": ["traverse", "--count", 2, "--steps", 5],
    }
    for name, command in commands.items():
        for smooth in ([], ["--smooth"]):
            latent(*command, "--run", run, *look, *smooth, "--out", f"{name}.png")
            frame = read_png(here / f"{name}.png")
            expect(frame.width == 500, f"{name} {smooth}: 500 pixels, got {frame.width}")
            expect(border_is_white(frame), f"{name} {smooth}: nothing cut off")
            expect(len(set(frame.rgb)) > 20, f"{name} {smooth}: a picture")
        if not have_codecs():
            continue
        latent(*command, "--run", run, *look, "--out", f"{name}.jpg")
        expect(jpeg_size(here / f"{name}.jpg")[0] == 500, f"{name}: a JPEG of the same size")
    latent("sample", "--run", run, "--count", 4, "--scale", 3, "--out", "three.png")
    frame = read_png(here / "three.png")
    expect((frame.width, frame.height) == (2 * 50 + 2, 2 * 50 + 2), f"two by two of 48, got {frame.width}x{frame.height}")
    latent("interpolate", "--run", run, "--indices", "1,2", "--steps", 3, "--scale", 2, "--out", "two.gif")
    expect(read_gif(here / "two.gif")[0][0].width == 32, "frames twice as large")


def whole_box(name, path):
    frame = read_png(path)
    expect((frame.width, frame.height) == (640, 360), f"{name}: 640 x 360, got {frame.width} x {frame.height}")
    expect(border_is_white(frame), f"{name}: nothing cut off")
    expect(len(set(frame.rgb)) > 20, f"{name}: a picture")


def boxes(here, run, plain):
    """With a width and a height every picture and chart has just that size, whatever its shape."""
    box = ["--width", 640, "--height", 360]
    pictures = {
        "reconstruct": ["reconstruct", "--count", 6], "sample": ["sample", "--count", 7], "manifold": ["sample", "--sampler", "manifold"],
        "interpolate": ["interpolate", "--indices", "1,2", "--steps", 5], "traverse": ["traverse", "--count", 1, "--steps", 5],
        "arithmetic": ["arithmetic", "--attribute", "x", "--method", "mean", "--count", 2],
        "expression": ["arithmetic", "--expression", "A - B", "--indices", "1,2"],
        "dictionary": ["plot", "dictionary"],
    }
    charts = {
        "latents": ["plot", "latents"], "grid": ["plot", "--grid", 5], "over": ["plot", "--grid", 5, "--grid-over"],
        "samples": ["plot", "samples"], "histograms": ["plot", "histograms"], "losses": ["plot", "losses", "--term", "all"],
        "activations": ["plot", "activations"], "pca": ["compare-pca"], "rd": ["plot", "rd"],
    }
    of_plain = ("dictionary", "activations")
    for name, command in {**pictures, **charts}.items():
        extra = ["--captions", "--title", "A title above"] if name in pictures and name != "manifold" else []
        latent(*command, "--run", plain if name in of_plain else run, *box, *extra, "--out", f"box-{name}.png")
        whole_box(name, here / f"box-{name}.png")
    found = latent_json("detect", "--score", "error", "--run", run, "--width", 960, "--height", 540)  # ten images beside each other
    sizes = {path: png_size(here / path) for path in found["written"] if path.endswith(".png")}
    expect(sizes and set(sizes.values()) == {(960, 540)}, f"detect: 960 x 540, got {sizes}")
    made = latent_json("plot", "book", "--run", run, *box, "--out", "boxed")
    sizes = {figure["file"]: png_size(here / "boxed" / figure["file"]) for figure in made["figures"] if figure["file"].endswith(".png")}
    expect(len(sizes) > 8 and set(sizes.values()) == {(640, 360)}, f"every figure of the book, got {sizes}")
    command = next(figure["command"] for figure in made["figures"] if figure["file"] == "scatter.png")
    expect("--width 640 --height 360" in command, f"the command with the size, got {command}")


def charts(here, run):
    for kind in ("latents", "samples", "histograms", "losses"):
        command = ["plot", kind, "--run", run]
        latent(*command, "--out", "a.png", "--width", 700)
        frame = read_png(here / "a.png")
        expect(frame.width == 700 and border_is_white(frame), f"{kind}: 700 pixels and nothing cut off, got {frame.width}")
        latent(*command, "--out", "b.png", "--width", 1400)
        expect(abs(read_png(here / "b.png").height - 2 * frame.height) <= 2, f"{kind}: twice as wide, twice as high")
        latent(*command, "--out", "c.pdf", "--title", "On paper")
        expect((here / "c.pdf").read_bytes()[:5] == b"%PDF-", f"{kind}: a PDF")
        latent(*command, "--out", "d.svg", "--title", "Called so", "--font-size", 14)
        expect(">Called so<" in (here / "d.svg").read_text(), f"{kind}: the title that was asked for")
        if have_codecs():
            latent(*command, "--out", "g.JPG", "--width", 700)
            expect(jpeg_size(here / "g.JPG") == (700, frame.height), f"{kind}: a JPEG of the same size")
        latent(*command, "--out", "e.png", "--dpi", 96)
        latent(*command, "--out", "f.png", "--dpi", 192)
        small, large = read_png(here / "e.png"), read_png(here / "f.png")
        expect(abs(large.width - 2 * small.width) <= 2, f"{kind}: twice the pixels at twice the resolution")


def marks_of(svg):
    found = re.findall(r"#gpPt6' transform='translate\(([-0-9.]+),([-0-9.]+)\)", svg)
    return [(float(x), float(y)) for x, y in found]


def marks(here, run):
    """A sampled point's mark is at its latent: pixels are the same affine function of all of them."""
    made = latent_json("plot", "samples", "--run", run, "--count", 7, "--out", "s.svg", "--seed", 5)
    drawn = latent_json("sample", "--run", run, "--count", 7, "--seed", 5, "--tensors", "s.safetensors")
    expect(drawn["images"] == 7, "the same samples")
    svg = (here / "s.svg").read_text()
    places, points = marks_of(svg)[-14:-7], made["samples"]
    expect(len(points) == 7, f"seven samples, got {points}")
    for axis in (0, 1):
        low = min(range(7), key=lambda i: points[i][axis])
        high = max(range(7), key=lambda i: points[i][axis])
        slope = (places[high][axis] - places[low][axis]) / (points[high][axis] - points[low][axis])
        expect(slope * (1 - 2 * axis) > 0, f"to the right and up, got {slope}")
        for point, place in zip(points, places):
            wanted = places[low][axis] + slope * (point[axis] - points[low][axis])
            expect(abs(place[axis] - wanted) < 0.2, f"{place} at {point}")
    for number in range(1, 8):
        expect(re.search(f">\\s*{number}<", svg), f"the number {number}")
    expect(svg.count("<image") == 1, "their pictures beside them")


def latents(here, run, plain):
    latent("plot", "--run", run, "--attribute", "none", "--out", "n.svg")
    svg = (here / "n.svg").read_text()
    expect(">square<" not in svg and ">shape<" not in svg, "no legend")
    said = latent("plot", "--run", run, "--out", "c.svg").stderr
    expect(re.search(r"coloured by \w+, which says most about the places", said), f"the attribute that was chosen, got {said}")
    made = latent_json("plot", "--run", run, "--grid", 6, "--out", "g.svg")
    expect(made["decoded"] == 36 and (here / "g.svg").read_text().count("<image") >= 1, f"a grid, got {made}")
    latent("plot", "--run", run, "--grid", 4, "--grid-over", "--attribute", "none", "--out", "o.svg")
    expect((here / "o.svg").read_text().count("<image") == 16, "16 pictures over the points")
    latent("plot", "--run", run, "--cdf", "--grid", 4, "--out", "p.png")
    made = latent_json("plot", "--run", run, "--run", plain, "--attribute", "shape", "--out", "two.svg")
    svg = (here / "two.svg").read_text()
    expect(len(made["runs"]) == 2 and ">vae<" in svg and ">plain<" in svg, f"both side by side, got {made}")
    expect(svg.count(">square<") == 1, "one legend")
    latent("plot", "losses", "--run", run, "--term", "all", "--out", "t.svg")
    svg = (here / "t.svg").read_text()
    expect(all(f">{term}<" in svg for term in ("loss", "nll", "kl")) and svg.count(">validation<") == 1, "a chart for each term")
    names = [f"run-{i}" for i in range(6)]
    for name in names:
        shutil.copytree(run, here / name)
    latent("plot", "losses", *[word for name in names for word in ("--run", name)], "--out", "six.svg")
    svg = (here / "six.svg").read_text()
    expect(all(svg.count(f">{name}<") == 1 for name in names) and svg.count(">training<") == 1, "six runs, each once in the legend")


def own_files(here, run):
    names = [f"a-very-long-name-of-a-picture-{i}.png" for i in range(3)]
    for i, name in enumerate(names):
        (here / name).write_bytes(solid_png(16, 16, (60 * i, 60 * i, 60 * i)))
    made = latent_json("reconstruct", "--run", run, *names, "--captions", "--out", "own.png")
    expect(made["written"] == ["own.png", "own-names.csv"], f"an index beside the picture, got {made['written']}")
    rows = (here / "own-names.csv").read_text().split()
    expect(rows == ["index,name"] + [f"{i + 1},{name}" for i, name in enumerate(names)], f"names in full, got {rows}")


def book(here, run):
    made = latent_json("plot", "book", "--run", run, "--out", "book")
    expect(not made["left_out"], f"nothing left out, got {made['left_out']}")
    page = (here / "book/index.html").read_text()
    files = [figure["file"] for figure in made["figures"]]
    for file in ("reconstructions.png", "scatter.png", "samples-over-scatter.png", "grid-cdf.png", "histograms.png", "morph.gif",
                 "losses.png"):
        expect(file in files, f"{file} in the book, got {files}")
    for figure in made["figures"]:
        expect((here / "book" / figure["file"]).stat().st_size > 0 and f'src="{figure["file"]}"' in page, f"{figure} on the page")
        expect(figure["command"].startswith("latent ") and "--run" in figure["command"], f"its command, got {figure}")


def refused(run):
    def error(message, *arguments):
        expect_error(message, *arguments, "--run", run, code=2)

    error("--width 10: expected an integer >= 64 and <= 20000", "sample", "--width", 10)
    error("--height 10: expected an integer >= 64 and <= 20000", "sample", "--height", 10)
    error("--scale 65: expected an integer >= 0 and <= 64", "reconstruct", "--scale", 65)
    error("--scale 65: expected an integer >= 0 and <= 64", "interpolate", "--scale", 65)
    error("--columns -1: expected an integer >= 0", "sample", "--columns", "-1")
    error("--font-size 1: expected a number >= 4 and <= 96", "plot", "--font-size", 1)
    error("--dpi 5: expected an integer >= 24 and <= 1200", "plot", "losses", "--dpi", 5)
    error("--title: 501 bytes long; expected at most 500", "plot", "--title", "x" * 501)
    error("--grid 99: expected an integer >= 0 and <= 60", "plot", "--grid", 99)
    error("--grid-over: no grid; expected also --grid N", "plot", "--grid-over")
    error("--grid: --decoded draws pictures too; expected one of the two", "plot", "--grid", 3, "--decoded", 3)
    error("--sampler manifold: a grid; expected latent plot latents --grid 15", "plot", "samples", "--sampler", "manifold")
    error("--out book.png: the book is a folder; expected a folder", "plot", "book", "--out", "book.png")
    expect_error("--width 64: 10 columns of images 16 pixels wide; expected at least", "sample", "--run", run, "--count", 10,
                 "--columns", 10, "--width", 64)
    expect_error("--height 64: 10 rows of images 16 pixels high; expected at least", "sample", "--run", run, "--count", 10,
                 "--columns", 1, "--height", 64)
    said = latent("sample", "--run", run, "--font-size", 20, "--count", 2).stderr
    expect("--font-size: had no effect" in said, f"a warning, got {said}")


if shutil.which("gnuplot") is None:
    print("skipped: gnuplot is not on the PATH; install gnuplot-nox")
    raise SystemExit(SKIPPED)

with Workplace() as here:
    runs = []
    for name, model in (("vae", {"latent_dim": 2}), ("plain", {"latent_dim": 2, "bottleneck": "point"})):
        latent("train", write_config(here, {"model": model}, f"{name}.json"), "--run", name, "--quiet")
        runs.append(here / name)
    sizes(here, runs[0])
    boxes(here, *runs)
    charts(here, runs[0])
    marks(here, runs[0])
    latents(here, *runs)
    if have_codecs():
        own_files(here, runs[0])
    book(here, runs[0])
    refused(runs[0])
