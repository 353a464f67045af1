"""Training on some classes, anomaly detection, comparison with PCA, probes of the latents."""
import csv
import json
import math
import pathlib
import random
import re
import shutil
import struct

from _latent import BINARY, SOURCE, Workplace, expect, expect_error, latent, latent_json, write_config
from _pictures import read_png


def train(here, name, change):
    latent("train", write_config(here, change, f"{name}.json"), "--run", name, "--quiet")
    return here / name


def write_table(path, names, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in [names, *rows]) + "\n")


def table_config(here, name, data, model):
    path = here / f"{name}.json"
    path.write_text("""{"data": {"name": "table", %s}, "model": {"encoder": {"name": "dense", "hidden": [16]}, %s},
                        "objective": {"likelihood": "gaussian"},
                        "train": {"epochs": 20, "batch_size": 20, "optimizer": {"learning_rate": 0.01}}}""" % (data, model))
    return path


def traces(count):
    """Waves, every tenth with a spike in it."""
    draw = random.Random(4)
    for i in range(count):
        phase, fault = draw.uniform(0, 2 * math.pi), i % 10 == 7
        wave = [math.sin(2 * math.pi * t / 24 + phase) + draw.gauss(0, 0.02) + (1.5 if fault and t == 9 else 0) for t in range(24)]
        yield [f"{value:.4f}" for value in wave] + ["spike" if fault else "fine"]


def auroc(scores, positive):
    """By counting pairs."""
    high = [score for score, yes in zip(scores, positive) if yes]
    low = [score for score, yes in zip(scores, positive) if not yes]
    return sum((a > b) + 0.5 * (a == b) for a in high for b in low) / (len(high) * len(low))


def keep(here):
    def kept(rule):
        dry = latent("train", write_config(here), "--set", f"data.keep={rule}", "--dry-run")
        said = dry.stderr + dry.stdout
        found = re.search(r"(\d+) training and (\d+) validation images", said)
        expect(found and (rule == '""' or f'data.keep "{rule}": training and validation use only these examples' in said), f"the rule and the counts in {said}")
        return [int(number) for number in found.groups()]

    whole, hearts, others = kept('""'), kept("shape=heart"), kept("!shape=heart")
    expect(whole == [256, 64] and min(hearts) > 5, f"some of {whole}, got {hearts}")
    expect([a + b for a, b in zip(hearts, others)] == whole, f"{hearts} and {others} to be all of {whole}")
    expect(kept("shape=square,ellipse") == others, "two classes to be all but the third")
    expect(0 < kept("x=0..0.5")[0] < 256, "a range of a number")

    def error(message, rule, *arguments):
        expect_error(message, "train", write_config(here), "--set", f"data.keep={rule}", *arguments)

    error('data.keep: attribute "shape=hart": not in the data set; did you mean shape=heart? known: rotation, scale',
          "shape=hart")
    error('data.keep: "x=7..8" keeps none of the 256 examples of the train split; expected a rule that matches some', "x=7..8")
    error('data.keep: attribute "x=wide": expected a number or a range, such as x=0.5..0.8', "x=wide")
    error('data.keep: attribute "scale": numbers from', "scale")
    error("data.keep: got 7; expected a string", "7")
    write_table(here / "plain.csv", ["a", "b"], [(i, 2 * i) for i in range(40)])
    plain = table_config(here, "plain", '"file": "plain.csv"', '"latent_dim": 1')
    expect_error('data.keep: attribute "label=1": the data set has no labels and no attributes; expected one that has', "train", plain,
                 "--set", "data.keep=label=1")
    expect(not (here / "runs").exists(), "no run of a config that is refused")
    expect('keep = ""' in latent("list").stdout, "data.keep to be listed")
    checked = latent_json("data", "check", write_config(here, {"data": {"keep": "shape=heart"}}), "--out", "checked")
    expect(checked["splits"]["train"]["images"] == 256, f"data check to look at all images, got {checked['splits']}")
    expect(0 < checked["kept"]["train"] < 128 and checked["kept"]["validation"] > 0, f"what the rule leaves, got {checked['kept']}")
    expect_error("data.keep: attribute \"shap=heart\": not in the data set; did you mean shape=heart?", "data", "check",
                 write_config(here, {}), "--set", "data.keep=shap=heart", "--out", "checked")


def detect(here):
    hearts = {"data": {"keep": "shape=heart"}, "train": {"epochs": 20}}
    plain = train(here, "plain", {**hearts, "model": {"bottleneck": "point"}, "objective": {"likelihood": "bernoulli"}})
    vae = train(here, "vae", hearts)
    found = latent_json("detect", "--run", vae)
    expect(list(found["scores"]) == ["error", "elbo", "distance", "pca"] and found["normal"] == "shape=heart", f"four scores, got {found}")
    rows = list(csv.DictReader((here / found["written"][0]).open(newline="")))
    expect(len(rows) == found["images"] == 64, "a row for each test image")
    strange = [row["shape"] != "heart" for row in rows]
    expect([row["normal"] == "0" for row in rows] == strange, "hearts to be normal")
    columns = {"error": "error", "elbo": "negative_elbo", "distance": "distance", "pca": "pca_error"}
    for name, column in columns.items():
        score, values = found["scores"][name], [float(row[column]) for row in rows]
        expect(math.isclose(score["auroc"], auroc(values, strange), abs_tol=1e-9), f"the AUROC of {name}, got {score}")
        expect(score["flagged"] == sum(value > score["threshold"] for value in values), f"what {name} flags")
        expect(0 <= score["aupr"] <= 1, f"an AUPR, got {score}")
    expect([row["flagged"] for row in rows] == [str(int(float(row["error"]) > found["scores"]["error"]["threshold"])) for row in rows],
           "the flags of the error")
    expect(found["flagged"] == [row["name"] for row in rows if row["flagged"] == "1"], f"their names, got {found['flagged']}")
    frame = read_png(here / found["written"][1])
    expect(frame.width > 10 * 64 and frame.height > 6 * 64 and len(set(frame.rgb)) > 20, "six rows of ten pictures")

    again = latent_json("detect", "--run", vae, "--score", "elbo", "--quantile", 0.5, "--shown", 3, "--out", "out/x.csv")
    expect(again["written"] == ["out/x.csv", "out/x.png"] and again["scores"]["elbo"]["auroc"] == found["scores"]["elbo"]["auroc"],
           f"the same scores again, got {again}")
    expect(list(again["scores"]) == ["elbo"], f"only the score that was asked for, got {again['scores']}")
    expect(again["scores"]["elbo"]["threshold"] < found["scores"]["elbo"]["threshold"], "a lower quantile, a lower threshold")
    one = latent_json("detect", "--run", vae, "--indices", 5, "--out", "one.csv")
    row = next(csv.DictReader((here / "one.csv").open(newline="")))
    expect(row["index"] == rows[5]["index"] == "5", f"the index that --indices takes, got {row['index']}")
    for column in columns.values():
        expect(math.isclose(float(row[column]), float(rows[5][column]), rel_tol=1e-4, abs_tol=1e-4),
               f"{column} not to depend on the other images: {row[column]} and {rows[5][column]}")
    text = latent("detect", "--run", plain, "--normal", "!shape=square").stdout
    expect("64 images of the test split" in text and "normal: !shape=square" in text and "elbo" not in text and "PCA" in text,
           f"a table, got {text}")
    expect(max(map(len, text.splitlines()[:7])) <= 80, f"lines of at most 80 characters, got {text}")
    said = latent("detect", "--run", vae, "--split", "validation").stderr
    expect("matches all or none of them; AUROC is undefined" in said, f"that there is nothing to measure, got {said}")

    detect_errors(here, plain, vae)


def detect_errors(here, plain, vae):
    expect_error("--score: unknown anomaly score \"err\"; did you mean error? known: distance, elbo, error, pca", "detect", "--run", vae, "--score", "err", code=2)
    expect_error("--quantile 1.5: expected a number from 0 to 1", "detect", "--run", vae, "--quantile", 1.5, code=2)
    expect_error("--out x.txt: expected a .csv file", "detect", "--run", vae, "--out", "x.txt", code=2)
    expect_error("--score elbo: a plain autoencoder has no ELBO; expected error, distance, pca", "detect", "--run", plain,
                 "--score", "elbo")
    expect_error('--normal: attribute "shape=hart": not in the data set; did you mean shape=heart?', "detect", "--run", vae,
                 "--normal", "shape=hart")
    expect_error("--indices 64: only 64 images in the test split; expected 0 to 63", "detect", "--run", vae, "--indices", 64)
    latent("sample", "--run", vae, "--count", 3, "--singles", "--out", "singles", "--quiet")
    if not (pathlib.Path(BINARY).parent / "latent_codecs.so").exists():
        return
    expect_error("--normal shape=heart: files of your own carry no labels; expected images of a split, or no --normal", "detect", "--run",
                 vae, "--normal", "shape=heart", "singles")
    own = latent_json("detect", "--run", vae, "singles")
    rows = list(csv.DictReader((here / own["written"][0]).open(newline="")))
    expect(own["images"] == 3 and own["normal"] is None and "auroc" not in own["scores"]["error"], f"scores of files, got {own}")
    expect([row["name"] for row in rows] == ["00000.png", "00001.png", "00002.png"], f"the files' names, got {rows}")
    latent("detect", "--run", vae, "singles/00001.png")


def detect_in_tables(here):
    write_table(here / "traces.csv", [f"t{i}" for i in range(24)] + ["state"], traces(600))
    config = table_config(here, "traces", '"file": "traces.csv", "label": "state", "scale": "global", "keep": "state=fine"',
                          '"bottleneck": "point", "latent_dim": 3')
    latent("train", config, "--run", "traces", "--quiet")
    found = latent_json("detect", "--run", "traces", "--out", "traces-found.csv")
    expect(found["scores"]["error"]["auroc"] > 0.95, f"spikes to stand out, got {found}")
    frame = read_png(here / "traces-found.png")
    expect((frame.width, frame.height) == (2 * 5 * 240, 2 * (4 * 161 + 40)), f"twenty panels, got {frame.width}x{frame.height}")
    names = {row["index"]: row["name"] for row in csv.DictReader((here / "traces-found.csv").open(newline=""))}
    one = latent_json("reconstruct", "--run", "traces", "--indices", 1)
    expect(one["images"][0]["image"] == names["1"] and names["1"] != "00001", f"--indices to name the same row, got {one}")
    latent("detect", "--run", "traces", "--shown", 50)
    latent("detect", "--run", "traces", "--shown", 7, "--out", "seven.svg.csv")
    write_table(here / "own.csv", [f"t{i}" for i in range(24)], [row[:24] for row in traces(4)])
    own = latent_json("detect", "--run", "traces", "own.csv", "--out", "own-found.csv")
    expect(own["images"] == 4 and (here / "own-found.csv").read_text().splitlines()[1].startswith("own.csv:0,"), "rows of a file")
    write_table(here / "wide.csv", ["a", "b"], [(1, 2)])
    expect_error('no column "t0" in wide.csv', "detect", "--run", "traces", "wide.csv")

    unlabelled = table_config(here, "unlabelled", '"file": "plain.csv"', '"bottleneck": "point", "latent_dim": 1')
    latent("train", unlabelled, "--run", "unlabelled", "--quiet", "--set", "train.epochs=1")
    expect_error('--normal: attribute "label=1": the data set has no labels and no attributes', "detect", "--run", "unlabelled", "--normal",
                 "label=1")
    expect_error("latent probe: the data set has no labels and no attributes; expected one that has", "probe", "--run", "unlabelled")
    text = latent("detect", "--run", "unlabelled").stdout
    expect("AUROC" not in text and "4 rows of the test split" in text, f"scores without labels, got {text}")
    expect_error("--attribute hours: the data set has no labels and no attributes; expected no --attribute", "probe", "--run", "unlabelled",
                 "--attribute", "hours")
    made = latent("compare-pca", "--run", "unlabelled").stdout
    expect("No scatter of one component" in made, f"nothing to draw of one latent, got {made}")


def sampled(run, sampler):
    """Returns the file of drawn latents and pictures, and the log."""
    done = latent("sample", "--run", run, "--sampler", sampler, "--count", 8, "--out", "drawn.png", "--tensors", "drawn.safetensors")
    return pathlib.Path("drawn.safetensors").read_bytes(), done.stderr


def changed_images(here):
    def write(seed):
        pixels = random.Random(seed).randbytes(60 * 64)
        (here / "moving-images").write_bytes(struct.pack(">4I", 0x803, 60, 8, 8) + pixels)

    write(1)
    (here / "images.json").write_text(json.dumps({
        "data": {"name": "idx", "images": str(here / "moving-images")},
        "model": {"encoder": "dense", "latent_dim": 2}, "train": {"epochs": 1}}))
    latent("train", "images.json", "--run", "moving-images-run", "--quiet")
    traverse = ("traverse", "--run", "moving-images-run", "--out", "strip.png")
    before = latent_json(*traverse)["latents"]
    expect(latent_json(*traverse)["latents"] == before, "the same ranges of the same data")
    write(2)
    said = latent(*traverse).stderr
    expect("moving-images-run: the train split has other examples" in said, f"that the images changed, got {said}")
    expect(latent_json(*traverse)["latents"] != before, "ranges of the new images")


def changed_data(here):
    """The cache of a run belongs to the data it was trained on; changed data are noticed."""
    header, rows = [f"t{i}" for i in range(24)] + ["state"], list(traces(300))
    write_table(here / "moving.csv", header, rows)
    config = table_config(here, "moving", '"file": "moving.csv", "label": "state"', '"latent_dim": 3')
    latent("train", config, "--run", "moving", "--quiet", "--set", "train.epochs=1")
    latent("plot", "--run", "moving")
    quiet = latent("detect", "--run", "moving", "--normal", "state=fine").stderr
    expect("other examples" not in quiet, f"no word about data that are the same, got {quiet}")
    old = {sampler: sampled("moving", sampler)[0] for sampler in ("prior", "posterior", "gmm")}
    histograms = ("plot", "histograms", "--run", "moving", "--split", "train")
    kl = latent_json(*histograms)["kl_per_latent"]
    write_table(here / "moving.csv", header, [[f"{value * value:.4f}" for value in map(float, row[:-1])] + row[-1:] for row in rows])
    for sampler in ("posterior", "gmm"):
        z, said = sampled("moving", sampler)
        expect("moving: the train split has other examples" in said, f"{sampler} to say that the data changed, got {said}")
        expect(z != old[sampler], f"{sampler} not to use the old data's codes")
        shutil.rmtree(here / "moving/cache")
        expect(sampled("moving", sampler)[0] == z, f"{sampler} to be the same without the cache")
    (here / "moving.csv").rename(here / "away.csv")
    for sampler, what in (("posterior", "latents"), ("gmm", "mixture")):
        said = sampled("moving", sampler)[1]
        expect(f"; using the {what} stored in the run" in said, f"{sampler} from the cache where the data are gone, got {said}")
    expect_error("moving.csv: no such file", "evaluate", "--run", "moving")
    (here / "away.csv").rename(here / "moving.csv")
    z, said = sampled("moving", "prior")
    expect(z == old["prior"] and "other examples" not in said, f"the prior to need no data, got {said}")
    expect(latent_json(*histograms)["kl_per_latent"] != kl, "histograms of the new data")
    for changed in (rows[::-1], rows[:149]):
        write_table(here / "moving.csv", header, changed)
        said = latent("plot", "--run", "moving").stderr
        found = latent_json("detect", "--run", "moving", "--normal", "state=fine")["scores"]
        shutil.rmtree(here / "moving/cache")
        again = latent_json("detect", "--run", "moving", "--normal", "state=fine")["scores"]
        expect(found == again, f"nothing cached of the old data to be used, got {found} and {again}")
    said = latent("detect", "--run", "moving").stderr
    expect("moving: the train split has other examples than when it was trained" in said, f"that the data changed, got {said}")
    shutil.rmtree(here / "moving/cache")
    (here / "moving/cache").write_text("in the way")  # as good as a disk that cannot be written to
    said = latent("sample", "--run", "moving", "--sampler", "posterior", "--out", "posterior.png").stderr
    expect("the next command recomputes it" in said and (here / "posterior.png").exists(), f"pictures without a cache, got {said}")


def contradictions(here):
    expect_error("--indices: selects images of the run's data set; expected either --indices or FILES", "reconstruct", "--run", "vae", "x.png",
                 "--indices", 4, code=2)
    expect_error("--split: selects images of the run's data set", "encode", "--run", "vae", "x.png", "--split", "train", code=2)
    expect_error("--count: --indices already selects the images", "reconstruct", "--run", "vae", "--indices", 4, "--count", 3, code=2)
    one, two = (latent_json("reconstruct", "--run", "vae", "--indices", 4, *more)["written"][0] for more in ([], ["--sample-latents"]))
    expect((one, two) == ("vae/images/reconstruct/test-4.png", "vae/images/reconstruct/test-4-sampled.png"), f"two pictures, got {one}, {two}")


def compare(here):
    run = here / "plane"
    latent("train", SOURCE / "configs/plane_linear.json", "--run", run, "--quiet", cwd=SOURCE)
    found = json_of("compare-pca", "--run", run, cwd=SOURCE)
    expect(0.98 < found["ratio"] < 1.02 and found["components"] == 2 and found["images"] == 120, f"PCA's error, got {found}")
    expect(found["linear_decoder"] and found["overlap"] > 0.99 and max(found["angles_degrees"]) < 5, f"PCA's plane, got {found}")
    expect(math.isclose(found["model"]["squared_error"], 3 * found["model"]["mse"]), "errors of three values")
    evaluated = json_of("evaluate", "--run", run, cwd=SOURCE)
    expect(math.isclose(found["model"]["mse"], evaluated["mse"], rel_tol=1e-4), "the error of latent evaluate")
    frame = read_png(pathlib.Path(found["written"][0]))
    expect(frame.width > 1500 and len(set(frame.rgb[i:i + 3] for i in range(0, len(frame.rgb), 3))) > 20, "two scatters")
    expect((run / "cache/components-2.safetensors").is_file(), "the components to be stored")
    (run / "cache/components-2.safetensors").write_bytes(b"damaged")
    again = json_of("compare-pca", "--run", run, "--out", here / "a.svg", cwd=SOURCE)
    expect(again["pca"] == found["pca"], "damaged components to be recomputed")
    svg = (here / "a.svg").read_text()
    for words in (">Autoencoder, 2 latents<", ">PCA, 2 components<", ">principal component 1 (", ">left bottom<", ">corner<"):
        expect(words in svg, f"{words} on the chart")

    found = latent_json("compare-pca", "--run", "vae", "--attribute", "scale", "--split", "validation")
    expect(found["overlap"] is None and not found["linear_decoder"] and found["components"] == 4, f"no subspace, got {found}")
    text = latent("compare-pca", "--run", "vae").stdout
    expect("The decoder is not linear" in text and "autoencoder / PCA" in text, f"that there is no overlap, got {text}")
    expect_error("--attribute colour: not in the data set; ", "compare-pca", "--run", "vae", "--attribute", "colour")
    expect_error("--out x.bmp: expected a .png, .jpg, .svg or .pdf file", "compare-pca", "--run", "vae", "--out", "x.bmp", code=2)


def json_of(*arguments, **options):
    return json.loads(latent(*arguments, "--json", **options).stdout)


def probe(here):
    run = train(here, "all", {"train": {"epochs": 10}})
    found = latent_json("probe", "--run", run, "--attribute", "shape")
    expect(found["measure"] == "accuracy" and found["classes"] == 3 and found["images"] == 64, f"three classes, got {found}")
    expect([(row["name"], row["dimensions"]) for row in found["features"]] == [("latents", 4), ("pca", 4), ("pixels", 256)],
           f"three kinds of features, got {found}")
    for row in found["features"]:
        for which in ("linear", "nearest"):
            measured = row[which]
            expect(0 <= measured["low"] <= measured["value"] <= measured["high"] <= 1, f"an interval, got {measured}")
    expect(latent_json("probe", "--run", run, "--label", "shape") == found, "the same again, by the flag's other name")
    expect_error("--attribute: given twice (shape, x); expected one value", "probe", "--run", run, "--attribute", "shape", "--label=x",
                 code=2)
    expect_error("--lable: unknown flag of latent probe; did you mean --label?", "probe", "--lable", "x", code=2)

    corners = json_of("probe", "--run", here / "plane", "--attribute", "corner", cwd=SOURCE)
    accuracies = [row[which]["value"] for row in corners["features"] for which in ("linear", "nearest")]
    expect(min(accuracies) > 0.85 and corners["baseline"]["value"] < 0.5, f"the corner to be seen in two latents, got {corners}")

    number = latent_json("probe", "--run", run, "--attribute", "x", "--train-count", 200, "--neighbours", 3, "--split", "validation")
    expect(number["measure"] == "r_squared" and number["training_images"] == 200 and number["neighbours"] == 3, f"a number, got {number}")
    expect(number["features"][2]["nearest"]["value"] > 0.5 and abs(number["baseline"]["value"]) < 0.2, f"places to be seen, got {number}")
    done = latent("probe", "--run", run, "--train-count", 200)
    expect("200 of 256 training images" in done.stderr, f"that some are drawn, got {done.stderr}")
    expect(max(map(len, done.stdout.splitlines())) <= 80 and "most frequent class" in done.stdout, f"a table, got {done.stdout}")

    expect_error("--attribute shap: not in the data set; did you mean shape?", "probe", "--run", run, "--attribute", "shap")
    expect_error("--attribute shape: the same for all", "probe", "--run", "vae", "--attribute", "shape")
    expect_error("--split train: the probes learn from these images; expected validation or test", "probe", "--run", run, "--split",
                 "train", code=2)
    expect_error("--train-count 1: expected an integer >= 10", "probe", "--run", run, "--train-count", 1, code=2)


with Workplace() as here:
    keep(here)
    detect(here)
    detect_in_tables(here)
    changed_data(here)
    changed_images(here)
    contradictions(here)
    compare(here)
    probe(here)
