"""Samplers and charts on a VAE and a plain autoencoder of drawn shapes: files, their content, and errors."""
import math
import re
import shutil

from _latent import (SKIPPED, Workplace, expect, expect_error, latent, latent_json, write_config)
from _pictures import read_png


def same(a, b):
    return a.read_bytes() == b.read_bytes()


def colours(path):
    """Width, height and the set of colours of a PNG."""
    frame = read_png(path)
    return frame.width, frame.height, {tuple(frame.rgb[i:i + 3]) for i in range(0, len(frame.rgb), 3)}


def train(here, name, **model):
    config = write_config(here, {"model": model}, f"{name}.json")
    latent("train", config, "--run", name, "--quiet")
    return here / name


def outputs(here, vae, plain):
    """A file gets what its name says; its folder is made."""
    for command in ("sample", "reconstruct"):
        expect_error("--out grid.bmp: expected a .png or .jpg file", command, "--run", vae, "--out", "grid.bmp", code=2)
        expect_error("--out grid.svg: expected a .png or .jpg file", command, "--run", vae, "--out", "grid.svg", code=2)
    for command in (["plot", "losses"], ["plot", "histograms"], ["compare-pca"]):
        expect_error("--out a.bmp: expected a .png, .jpg, .svg or .pdf file", *command, "--run", plain, "--out", "a.bmp", code=2)
    expect_error("--out a.svg: expected a .png or .jpg file", "plot", "dictionary", "--run", plain, "--out", "a.svg", code=2)
    latent("sample", "--run", vae, "--count", 2, "--tensors", "new/folder/x.safetensors")
    latent("interpolate", "--run", vae, "--indices", "1,2", "--steps", 3, "--tensors", "another/x.safetensors")
    expect((here / "new/folder/x.safetensors").is_file() and (here / "another/x.safetensors").is_file(), "the folders made")


def samplers(here, vae, plain, two):
    for run in (vae, plain):
        pictures = {}
        for sampler in ("prior", "posterior", "gmm"):
            made = latent_json("sample", "--run", run, "--sampler", sampler, "--count", 9, "--scale", 4, "--tensors",
                               "t.safetensors")
            picture = here / made["written"][0]
            expect(made["sampler"] == sampler and made["images"] == 9, f"nine samples, got {made}")
            width, height, seen = colours(picture)
            expect((width, height) == (3 * 64 + 8, 3 * 64 + 8) and len(seen) > 5, f"a grid of pictures from {sampler}")
            first = picture.read_bytes()
            again = latent("sample", "--run", run, "--sampler", sampler, "--count", 9, "--scale", 4)
            expect(picture.read_bytes() == first, f"{sampler} to give the same picture again")
            expect("fitting" not in again.stderr, "the mixture to be fitted once")
            pictures[sampler] = first
        expect(len(set(pictures.values())) == 3, "each sampler to give pictures of its own")
        expect((run / "cache/mixture-best.safetensors").is_file(), "the mixture in the run's cache")

    # The mixture is the run's: another seed draws from the same one.
    before = (vae / "cache/mixture-best.safetensors").read_bytes()
    latent("sample", "--run", vae, "--sampler", "gmm", "--seed", 5)
    expect((vae / "cache/mixture-best.safetensors").read_bytes() == before, "the mixture untouched by --seed")
    # A damaged one is fitted again, to the same bits.
    (vae / "cache/mixture-best.safetensors").write_bytes(before[:100])
    latent("sample", "--run", vae, "--sampler", "gmm")
    expect((vae / "cache/mixture-best.safetensors").read_bytes() == before, "a damaged mixture to be fitted again")

    for run in two:
        made = latent_json("sample", "--run", run, "--sampler", "manifold", "--scale", 4)
        expect(made["images"] == 225, "15 x 15 pictures")
        width, height, seen = colours(here / made["written"][0])
        expect((width, height) == (15 * 64, 15 * 64) and len(seen) > 5, f"a seamless square, got {width}x{height}")
        latent("sample", "--run", run, "--sampler", "manifold", "--side", 3, "--out", "three.png", "--temperature", 0.5, "--scale",
               4)
        expect(colours(here / "three.png")[:2] == (3 * 64, 3 * 64), "3 x 3 pictures")

    expect_error("--sampler manifold: needs a run with model.latent_dim 2; this run has 4", "sample", "--run", vae, "--sampler", "manifold")
    expect_error('--sampler: unknown sampler "gm"; did you mean gmm?', "sample", "--run", vae, "--sampler", "gm", code=2)
    expect_error("--count: a manifold is a square; use --side instead", "sample", "--run", two[0], "--sampler", "manifold",
                 "--count", 9, code=2)
    expect_error("--side: for --sampler manifold only", "sample", "--run", vae, "--side", 3, code=2)


def scatters(here, vae, plain, two):
    made = latent_json("plot", "--run", two[0], "--attribute", "shape")
    expect(made["kind"] == "latents" and made["images"] == 64 and made["attribute"] == "shape", f"a scatter, got {made}")
    expect(made["axes"][0].startswith("z0 (KL "), f"both latents in their order, got {made['axes']}")
    width, height, seen = colours(here / made["written"][0])
    expect(width > 760 and height > 760 and len(seen) > 50, f"a chart with points, got {width}x{height}")
    expect({(0x33, 0x22, 0x88), (0x88, 0xcc, 0xee), (0x11, 0x77, 0x33)} <= seen, "the classes' colours in the legend")

    before = (here / made["written"][0]).read_bytes()
    latent("plot", "latents", "--run", two[0], "--attribute", "shape")
    expect((here / made["written"][0]).read_bytes() == before, "the same chart again")

    for run, axes in ((vae, "used"), (vae, "pca"), (vae, "3,1"), (plain, "used"), (plain, "pca")):
        latent("plot", "--run", run, "--axes", axes, "--out", "a.svg", "--attribute", "shape")
        svg = (here / "a.svg").read_text()
        for word in ("square", "ellipse", "heart", "Latents of the test split (64 images)"):
            expect(f">{word}<" in svg, f"{word} in the chart of {run.name}, {axes}")
        expect(svg.count("<use ") >= 64, "a mark for each image")
        wanted = {"pca": "principal component 1", "3,1": ">z3 (KL"}.get(axes, "(variance" if run == plain else "(KL")
        expect(wanted in svg, f"{wanted} on an axis of {run.name}")

    latent("plot", "--run", vae, "--cdf", "--decoded", 5, "--attribute", "scale", "--count", 50, "--out", "b.svg")
    svg = (here / "b.svg").read_text()
    expect("after the normal CDF" in svg and ">scale<" in svg and ">Latents of the test split (50 images), some of" in svg, "the words of the chart")
    expect(1 <= svg.count("<image") <= 6, "decoded pictures and the colour scale")
    made = latent_json("plot", "--run", two[0], "--decoded", 1000, "--out", "c.png")
    expect(5 < made["decoded"] < 64, f"as many pictures as fit, got {made['decoded']}")

    expect_error("--attribute shap: not in the data set; did you mean shape?", "plot", "--run", vae, "--attribute", "shap")
    expect_error("--cdf: a plain autoencoder has no prior", "plot", "--run", plain, "--cdf")
    expect_error("--axes 0,4: this run has 4 latents; expected 0 to 3", "plot", "--run", vae, "--axes", "0,4")
    for axes in ("x", "1", "2,2"):
        expect_error(f"--axes {axes}: expected", "plot", "--run", vae, "--axes", axes, code=2)


def histograms(here, vae, plain, many):
    made = latent_json("plot", "histograms", "--run", vae, "--out", "h.svg")
    evaluation = latent_json("evaluate", "--run", vae)
    expect(made["active_units"] == evaluation["active_units"], "the active units of latent evaluate")
    expect(all(math.isclose(a, b, abs_tol=1e-4) for a, b in zip(made["kl_per_latent"], evaluation["kl_per_latent"])),
           "the KL of latent evaluate")
    svg = (here / "h.svg").read_text()
    shown = [float(nats) for nats in re.findall(r">KL ([0-9.]+) nats, (?:not )?active<", svg)]
    expect(len(shown) == 4 and shown == sorted(shown, reverse=True), f"four latents, the most used first, got {shown}")
    expect(f"{made['active_units']} of 4 active" in svg, "the active units")
    latent("plot", "histograms", "--run", plain, "--out", "h.svg")
    svg = (here / "h.svg").read_text()
    expect(svg.count(">variance ") == 4 and "KL" not in svg, "variances for a plain autoencoder")
    latent("plot", "histograms", "--run", many, "--out", "h.svg")
    svg = (here / "h.svg").read_text()
    expect(svg.count("<path") > 14 and "14 active" not in svg, "all of the latents")
    latent("plot", "histograms", "--run", many, "--out", "h.svg", "--count", 12)
    svg = (here / "h.svg").read_text()
    expect(svg.count(">density<") == 12 and "the 12 most used" in svg, "twelve of the latents")
    made = latent_json("plot", "histograms", "--run", vae)
    expect(len(colours(here / made["written"][0])[2]) > 20, "a chart that is not blank")


def losses(here, vae, plain):
    made = latent_json("plot", "losses", "--run", vae)
    expect(made["written"] == [str(vae / "images/plot/losses.png")], f"the default place, got {made}")
    expect(len(colours(vae / "images/plot/losses.png")[2]) > 20, "a chart that is not blank")
    latent("plot", "losses", "--run", vae, "--run", plain, "--term", "nll", "--out", "l.svg")
    svg = (here / "l.svg").read_text()
    for word in (">vae<", ">plain<", ">training<", ">validation<", ">epoch<", ">nll, nats per image<"):
        expect(word in svg, f"{word} in the chart")
    expect_error('no term "los"; did you mean loss?', "plot", "losses", "--run", vae, "--term", "los")
    expect_error('plain/metrics.csv: no term "kl"', "plot", "losses", "--run", vae, "--run", plain, "--term", "kl")


def refused(here, vae, plain):
    expect_error('latent plot: unknown plot "latent"; did you mean latents?', "plot", "latent", "--run", vae,
                 code=2)
    expect_error("--run is missing", "plot", code=2)
    expect_error("--run is missing", "plot", "losses", code=2)
    expect_error("--run: given twice", "plot", "histograms", "--run", vae, "--run", plain, code=2)
    expect_error("--cdf: not a flag of latent plot losses", "plot", "losses", "--run", vae, "--cdf", code=2)
    expect_error("--out x.bmp: expected a .png, .jpg, .svg or .pdf file", "plot", "--run", vae, "--out", "x.bmp", code=2)
    expect_error("gnuplot is not on the PATH; install gnuplot-nox", "plot", "losses", "--run", vae, env={"PATH": str(here)})
    expect_error("expected train, validation or test", "plot", "--run", vae, "--split", "tests", code=2)


if shutil.which("gnuplot") is None:
    print("skipped: gnuplot is not on the PATH; install gnuplot-nox")
    raise SystemExit(SKIPPED)

with Workplace() as here:
    vae, plain = train(here, "vae"), train(here, "plain", bottleneck="point")
    two = [train(here, "two", latent_dim=2), train(here, "plain_two", latent_dim=2, bottleneck="point")]
    many, one = train(here, "many", latent_dim=14), train(here, "one", latent_dim=1)
    outputs(here, vae, plain)
    samplers(here, vae, plain, two)
    scatters(here, vae, plain, two)
    histograms(here, vae, plain, many)
    losses(here, vae, plain)
    refused(here, vae, plain)
    expect_error("latent plot latents: needs two latents, but this run has one; expected latent plot histograms", "plot", "--run", one)
    latent("sample", "--run", one, "--sampler", "gmm", "--out", "one.png")
