"""disentangle: the scores of small runs, with the grid of dSprites and without, and wrong input."""
import json
import pathlib
import random

from _latent import Workplace, expect, expect_error, latent, latent_json
from _pictures import read_png

SCORES = ["mig", "sap", "sap_discrete", "dci_gbt", "factorvae", "betavae", "modularity", "irs"]


def train(name, data, hidden=16, epochs=2, **sections):
    """A run of a small dense network with four latents."""
    config = {"data": data, "model": {"encoder": {"name": "dense", "hidden": [hidden]}, "latent_dim": 4},
              "train": {"epochs": epochs, "batch_size": 32}} | sections
    with open(f"{name}.json", "w") as file:
        json.dump(config, file)
    latent("train", f"{name}.json", "--run", name, "--quiet")
    return name


def shapes(count, **keys):
    return {"name": "shapes", "count": count, "size": [16, 16]} | keys


def grid(run):
    out = latent_json("disentangle", "--run", run, "--count", 300)
    expect(list(out["scores"]) == SCORES, f"all scores, got {list(out['scores'])}")
    expect([(f["name"], f["values"], f["binned"]) for f in out["factors"]] ==
           [("shape", 3, False), ("scale", 6, False), ("rotation", 40, False), ("x", 32, False), ("y", 32, False)],
           f"the factors of the grid, got {out['factors']}")
    expect("quarter turn" in out["factors"][2]["note"], f"why no code knows rotations, got {out['factors'][2]}")
    expect((out["images"], out["learned_images"], out["tested_images"]) == (300, 300, 100), f"400 images, got {out}")
    expect(out["fixed_factor_images"] == "drawn" and out["latents"] == 4 and out["pruned"] == len(out["pruned_latents"]),
           f"drawn images and counted latents, got {out}")
    for name, score in out["scores"].items():
        expect(all(-1e-9 <= score[column] <= 1 + 1e-9 for column in ("value", "floor", "ceiling")), f"{name} to be a share, got {score}")
        expect(score["ceiling"] > score["floor"], f"the factors to beat chance in {name}, got {score}")
    expect(set(out["scores"]["dci_gbt"]["parts"]) == {"disentanglement", "completeness", "informativeness"},
           f"three parts, got {out['scores']['dci_gbt']}")
    expect("100 stages, depth 3" in out["scores"]["dci_gbt"]["predictor"], f"the predictor named, got {out['scores']['dci_gbt']}")
    expect(out["scores"]["factorvae"]["ceiling"] == 1, f"factors to name themselves, got {out['scores']['factorvae']}")
    shares = out["mutual_information"]["x"]
    expect(set(shares) == {f"z{z}" for z in range(4)} - {f"z{z}" for z in out["pruned_latents"]}, f"active latents, got {shares}")
    expect(all(0 <= share <= 1 for share in shares.values()), f"shares of the entropy, got {shares}")
    picture = read_png(pathlib.Path(run) / "images/disentangle/test.png")
    expect(picture.width > 300 and picture.height > 5 * 30, f"a heat map, got {picture.width}x{picture.height}")
    expect(latent_json("disentangle", "--run", run, "--count", 300) == out, "the same again")
    other = latent_json("disentangle", "--run", run, "--count", 300, "--seed", 1)
    expect(other["scores"] != out["scores"], "other images by another seed")
    return out


def chosen(run, whole):
    out = latent_json("disentangle", "--run", run, "--count", 300, "--score", "irs,mig", "--attributes", "y,shape", "--out", "m.svg")
    expect(list(out["scores"]) == ["mig", "irs"] and [f["name"] for f in out["factors"]] == ["y", "shape"], f"what was asked, got {out}")
    expect(out["written"] == ["m.svg"] and ">shape<" in open("m.svg").read(), f"a chart with names, got {out['written']}")
    expect(whole["mutual_information"]["y"] == out["mutual_information"]["y"], "the same information by itself")
    one = latent_json("disentangle", "--run", run, "--attributes", "x")["scores"]
    expect(one["mig"]["value"] is not None and one["modularity"]["value"] is None and "2 factors" in one["modularity"]["why_not"],
           f"no modularity of one factor, got {one}")
    done = latent("disentangle", "--run", run, "--count", 300, "--score", "mig,dci_gbt")
    expect(max(map(len, done.stdout.splitlines()[:8])) <= 100 and "dci_gbt.completeness" in done.stdout, f"a table, got {done.stdout}")
    expect("300 images of the test split" in done.stdout and "quarter turn" in done.stdout, f"what was scored, got {done.stdout}")
    expect("300 images: so few" in done.stderr, f"a warning about few images, got {done.stderr}")
    train_split = latent_json("disentangle", "--run", run, "--split", "train", "--count", 500, "--score", "sap")
    expect(train_split["images"] == 500 and train_split["tested_images"] == 250, f"the training split, got {train_split}")


def without_grid():
    run = train("ranges", shapes(2000))
    out = latent_json("disentangle", "--run", run, "--score", "factorvae,betavae")
    expect(out["fixed_factor_images"] == "of the split" and out["images"] == 200, f"images of the split, got {out}")
    expect((out["learned_images"], out["tested_images"]) == (134, 66), f"a third held out, got {out}")
    expect([(f["values"], f["binned"]) for f in out["factors"]] == [(3, False)] + 4 * [(20, True)], f"bins, got {out['factors']}")
    expect(out["scores"]["factorvae"]["ceiling"] > out["scores"]["factorvae"]["floor"] + 0.3, f"shared values to show, got {out}")


def write_table(name, label):
    """400 rows of six numbers; label: of a row's number and its first number."""
    draw = random.Random(0)
    rows = [[draw.random() for _ in range(6)] for _ in range(400)]
    with open(name, "w") as file:
        file.write("a,b,c,d,e,f,kind\n")
        file.writelines(",".join(f"{value:.4f}" for value in row) + f",{label(i, row[0])}\n" for i, row in enumerate(rows))


def tables():
    def trained(name, label_of, **keys):
        write_table(f"{name}.csv", label_of)
        data = {"name": "table", "file": f"{name}.csv", "columns": list("abcdef"), "validation": 0.1, "test": 0.5} | keys
        return train(name, data, epochs=5, objective={"likelihood": "gaussian"},
                     model={"encoder": {"name": "dense", "hidden": [16]}, "bottleneck": "point", "latent_dim": 2})

    run = trained("gaps", lambda i, a: "" if i % 4 == 0 else "low" if a < 0.5 else "high", label="kind")
    out = latent_json("disentangle", "--run", run)
    expect(120 < out["images"] < 180 and out["images"] + out["unknown_images"] == 200, f"unknown labels to be counted, got {out}")
    expect(out["factors"] == [{"name": "kind", "values": 2, "binned": False}] and out["scores"]["mig"]["value"] >= 0, f"a class, got {out}")
    said = latent("disentangle", "--run", run, "--score", "mig").stdout
    expect("left out, as a value is unknown: " in said and " rows of the test split, 2 of 2 latents" in said, f"rows, got {said}")
    expect_error("kind: the same for all rows; expected an attribute that differs", "disentangle", "--run",
                 trained("same", lambda i, a: "one", label="kind"))
    expect_error("the data set has no labels and no attributes; expected one that has", "disentangle", "--run",
                 trained("bare", lambda i, a: "one"))


def mistakes(run):
    expect_error("--score: unknown score \"mgi\"; did you mean mig?", "disentangle", "--run", run, "--score", "mgi", code=2)
    expect_error("--score: got no name; expected NAME or NAME,NAME", "disentangle", "--run", run, "--score", ",", code=2)
    expect_error("attribute colour: not in the data set; ", "disentangle", "--run", run, "--attributes", "x,colour")
    expect_error("--count 20: expected an integer >= 100", "disentangle", "--run", run, "--count", 20, code=2)
    expect_error("--split both: ", "disentangle", "--run", run, "--split", "both", code=2)
    expect_error("--out m.txt: expected a .png, .jpg, .svg or .pdf file", "disentangle", "--run", run, "--out", "m.txt", code=2)
    expect_error("the test split has 64 images with known values of every attribute; expected at least 100", "disentangle", "--run",
                 train("small", shapes(256)))
    silent = train("silent", shapes(2000), objective={"kl": {"weight": 10000}})
    expect_error("none of its 4 latents is active, so there is nothing to score; train it longer, or with a lower objective.kl.weight",
                 "disentangle", "--run", silent)
    with open("coloured.json", "w") as file:
        json.dump({"data": shapes(100, grid="dsprites", channels=3)}, file)
    expect_error('data.grid: got "dsprites" for coloured shapes', "config", "coloured.json")
    pathlib.Path("gaps.csv").rename("elsewhere.csv")
    expect_error("gaps.csv", "disentangle", "--run", "gaps")


with Workplace():
    run = train("grid", shapes(4000, grid="dsprites"), hidden=64, epochs=4, objective={"kl": {"weight": 0.5}})
    chosen(run, grid(run))
    without_grid()
    tables()
    mistakes(run)
