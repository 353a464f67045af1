"""latent detect --each-class: a model for each class, killed and continued; thresholds and the exit code of detect."""
import csv
import json
import pathlib
import subprocess

from _latent import BINARY, Workplace, expect, expect_error, latent, latent_json, write_config

CLASSES = ["square", "ellipse", "heart"]
SHORT = {"model": {"bottleneck": "point", "latent_dim": 4}, "objective": {"likelihood": "bernoulli"},
         "train": {"epochs": 6, "pictures_every": 0}}


def weights(folder, name):
    return (pathlib.Path(folder) / name / "checkpoints/last.safetensors").read_bytes()


def tensors(folder, name):
    """The bytes of a checkpoint behind its header, which holds times."""
    data = weights(folder, name)
    return data[8 + int.from_bytes(data[:8], "little"):]


def kill_in_the_second_class(config, folder):
    """SIGKILL once the second class has trained an epoch."""
    process = subprocess.Popen([BINARY, "detect", "--each-class", str(config), "--run", folder], stderr=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, text=True)
    begun = 0
    for line in process.stderr:
        begun += line.startswith("epoch 1/")
        if begun == 2:
            break
    process.kill()
    process.stderr.close()
    process.wait(timeout=60)


def without_times(found):
    for row in found["classes"]:
        row.pop("seconds")
        row.pop("run")
    return {key: value for key, value in found.items() if key not in ("run", "written")}


def each_class(here):
    config = write_config(here, SHORT)
    whole = latent_json("detect", "--each-class", config, "--run", "whole")
    expect([row["class"] for row in whole["classes"]] == CLASSES and whole["attribute"] == "shape", f"three classes, got {whole}")
    expect(list(whole["mean"]) == ["error", "pca", "nearest"] and whole["images"] == 64, f"three scores of 64 images, got {whole}")
    for score, mean in whole["mean"].items():
        for figure in ("auroc", "aupr"):
            values = [row["scores"][score][figure] for row in whole["classes"]]
            expect(all(0 <= each["low"] <= each["value"] <= each["high"] <= 1 for each in [*values, mean[figure]]), f"intervals, got {values}")
            expect(abs(mean[figure]["value"] - sum(each["value"] for each in values) / 3) < 1e-12, f"the mean of {values}, got {mean}")
    gain = whole["difference"]["pca"]["auroc"]
    expect(abs(gain["value"] - whole["mean"]["error"]["auroc"]["value"] + whole["mean"]["pca"]["auroc"]["value"]) < 1e-12,
           f"the score less PCA, got {gain}")
    rows = list(csv.DictReader((here / whole["written"][0]).open(newline="")))
    expect([row["class"] for row in rows] == [*CLASSES, "mean"], f"a row for each class and the mean, got {rows}")
    expect(float(rows[3]["nearest_auroc"]) == whole["mean"]["nearest"]["auroc"]["value"], f"the same mean, got {rows[3]}")

    # The run of a class is one of latent train, and detect measures the same.
    alone = latent_json("detect", "--run", "whole/heart")
    expect(alone["normal"] == "shape=heart", f"a run of hearts, got {alone}")
    for score in ("error", "pca"):
        expect(abs(alone["scores"][score]["auroc"] - whole["classes"][2]["scores"][score]["auroc"]["value"]) < 1e-12,
               f"the AUROC of {score} again, got {alone}")

    kill_in_the_second_class(config, "killed")
    first = weights("killed", "square")
    expect(not (here / "killed/each_class.csv").exists() and not (here / "killed/heart").exists(), "a call that did not end")
    done = latent("detect", "--each-class", config, "--run", "killed", "--json")
    expect("class square: trained before" in done.stderr and "class heart: trained before" not in done.stderr, f"what is done, got {done.stderr}")
    expect(weights("killed", "square") == first, "a finished class not to be trained again")
    expect(without_times(json.loads(done.stdout)) == without_times(whole), f"the same figures, got {done.stdout}")
    for name in CLASSES:
        expect(tensors("killed", name) == tensors("whole", name), f"the same weights of {name}")

    other = latent_json("detect", "--each-class", config, "--run", "whole", "--split", "validation")
    expect(other["split"] == "validation" and whole["split"] == "test", f"the splits that were scored, got {other['split']}")
    expect(other["written"] == ["whole/each_class-validation.csv"] and other["mean"] != whole["mean"], f"figures of their own, got {other}")
    done = latent("detect", "--each-class", config, "--run", "whole", "--score", "distance", "--out", "distance.csv")
    expect(done.stderr.count(": trained before") == 3, f"nothing to train, got {done.stderr}")
    expect("distance - pca" in done.stdout and max(map(len, done.stdout.splitlines())) <= 80, f"a table, got {done.stdout}")
    expect("distance_auroc_low" in (here / "distance.csv").read_text(), "the columns of the other score")
    each_class_errors(here, config)


def each_class_errors(here, config):
    def error(message, *arguments, config=config, run="whole", code=None):
        expect_error(message, "detect", "--each-class", config, "--run", run, *arguments, code=code)

    kept = write_config(here, {**SHORT, "data": {"keep": "shape=heart"}}, "kept.json")
    error('kept.json: data.keep: got "shape=heart"; --each-class keeps one class after the other; expected no data.keep', config=kept)
    error('--set data.keep: got "shape=heart"; --each-class keeps', "--set", "data.keep=shape=heart")
    error("whole: holds the runs of another config: model.latent_dim is 3, was 4; expected another folder", "--set", "model.latent_dim=3")
    error("whole: holds the runs of another config: train.seed is 5, was 0", "--seed", 5)
    error("whole/heart: is the folder of a run; expected a new or empty folder for the runs", run="whole/heart")
    (here / "mine").mkdir()
    (here / "mine/notes.txt").write_text("mine")
    error("mine: holds other files; expected a new or empty folder", run="mine")
    error("--attribute scale: has no classes; expected one that has", "--attribute", "scale", run="new")
    error("--attribute shap: not in the data set; did you mean shape?", "--attribute", "shap", run="new")
    error("--split train: --each-class trains on it; expected test, or validation", "--split", "train", code=2)
    error("--quantile: --each-class flags nothing", "--quantile", 0.5, code=2)
    error("--out x.txt: expected a .csv file", "--out", "x.txt", code=2)
    error("--score: unknown anomaly score \"eror\"; did you mean error?", "--score", "eror", code=2)
    error("--score elbo: a plain autoencoder has no ELBO", "--score", "elbo")
    expect_error("--run is missing; expected the folder for the runs of --each-class", "detect", "--each-class", config, code=2)
    expect_error("missing.json: no such file", "detect", "--each-class", "missing.json", "--run", "new")
    (here / "plain.csv").write_text("a,b\n" + "".join(f"{i}.5,{2 * i}\n" for i in range(40)))
    plain = here / "plain.json"
    plain.write_text('{"data": {"name": "table", "file": "plain.csv"}, "objective": {"likelihood": "gaussian"},'
                     ' "model": {"encoder": {"name": "dense"}, "latent_dim": 1}}')
    error("plain.json: the data set has no attribute with classes, of which --each-class keeps one after the other; expected labels "
          "(for a table: data.label)", config=plain, run="new")
    expect(not (here / "new").exists(), "no folder of what is refused")


def thresholds(here):
    latent("train", write_config(here, {**SHORT, "data": {"keep": "shape=heart"}}), "--run", "hearts", "--quiet")
    found = latent_json("detect", "--run", "hearts", "--threshold", "f1")
    expect(found["threshold_by"] == "f1" and found["quantile"] is None and found["threshold_examples"] == 64, f"F1 on 64 images, got {found}")
    rows = list(csv.DictReader((here / found["written"][0]).open(newline="")))
    for score, column in (("error", "error"), ("pca", "pca_error")):
        each = found["scores"][score]
        flagged = [float(row[column]) > each["threshold"] for row in rows]
        hits = sum(flag and row["shape"] != "heart" for flag, row in zip(flagged, rows))
        strange = sum(row["shape"] != "heart" for row in rows)
        expect(abs(each["precision"] - hits / sum(flagged)) < 1e-12 and abs(each["recall"] - hits / strange) < 1e-12, f"shares, got {each}")
        expect(abs(each["f1"] - 2 * hits / (sum(flagged) + strange)) < 1e-12, f"F1, got {each}")
    text = latent("detect", "--run", "hearts", "--threshold", "f1").stdout
    expect("flagged: above the best F1's threshold on 64 examples of the validation split" in text and "precision   recall      F1" in text,
           f"how examples are flagged, got {text}")
    expect(max(map(len, text.splitlines()[:15])) <= 80, f"lines of at most 80 characters, got {text}")

    given = latent_json("detect", "--run", "hearts", "--threshold", 1e9)
    expect(given["scores"]["error"] | {"auroc": 0, "aupr": 0} == {
        "threshold": 1e9, "flagged": 0, "flagged_normal": 0, "precision": None, "recall": 0, "f1": 0, "auroc": 0, "aupr": 0},
        f"nothing flagged, got {given}")
    expect(given["scores"]["pca"]["threshold"] is None and "flagged" not in given["scores"]["pca"], f"no threshold of another score, got {given}")
    expect("flagged: error above 1000000000, as given" in latent("detect", "--run", "hearts", "--threshold", 1e9).stdout, "the threshold")

    plain = latent("detect", "--run", "hearts")
    failing = latent("detect", "--run", "hearts", "--fail-on-anomaly", code=3)
    expect(failing.stdout == plain.stdout and "error:" not in failing.stderr, f"the same output, got {failing.stderr}")
    expect(latent_json("detect", "--run", "hearts")["scores"]["error"]["flagged"] > 0, "something flagged")
    latent("detect", "--run", "hearts", "--fail-on-anomaly", "--threshold", 1e9, code=0)
    expect("3 something was flagged" in latent("--help").stdout, "the exit code in the help")

    expect_error("--threshold f1: the threshold is found on the validation split, which is also the one to score; expected --split test",
                 "detect", "--run", "hearts", "--threshold", "f1", "--split", "validation", code=2)
    expect_error("--threshold best: expected quantile, f1 or a number", "detect", "--run", "hearts", "--threshold", "best", code=2)
    expect_error("--threshold nan: expected quantile, f1 or a number", "detect", "--run", "hearts", "--threshold", "nan", code=2)
    expect_error("--quantile: --threshold f1 already sets the threshold; expected one of the two", "detect", "--run", "hearts", "--threshold",
                 "f1", "--quantile", 0.9, code=2)
    expect_error('--threshold f1: rule "x=0..1" matches all or none of the validation split', "detect", "--run", "hearts", "--threshold", "f1",
                 "--normal", "x=0..1")
    latent("train", write_config(here, SHORT), "--run", "all", "--quiet")
    expect_error("--threshold f1: which examples are normal is unknown; expected --normal RULE, or a run with a rule in data.keep", "detect",
                 "--run", "all", "--threshold", "f1")
    table_with_one_test_split(here)


def table_with_one_test_split(here):
    """The held out rows of a table serve as validation and as test split."""
    (here / "both.csv").write_text("a,b,kind\n" + "".join(f"{i % 7}.5,{i},{'odd' if i % 2 else 'even'}\n" for i in range(60)))
    both = here / "both.json"
    both.write_text('{"data": {"name": "table", "file": "both.csv", "label": "kind", "validation": 0}, "objective": {"likelihood": "gaussian"},'
                    ' "model": {"encoder": {"name": "dense", "hidden": [4]}, "bottleneck": "point", "latent_dim": 1}, "train": {"epochs": 1}}')
    latent("train", both, "--run", "both", "--quiet")
    expect_error("--threshold f1: the threshold is found on the validation split, whose images are those of the test split", "detect", "--run",
                 "both", "--threshold", "f1", "--normal", "kind=odd")
    done = latent("detect", "--each-class", both, "--run", "each")
    expect("the test images serve as validation too" in done.stderr, f"a warning, got {done.stderr}")
    expect("60 training" not in done.stdout and "odd" in done.stdout, f"a row for each class, got {done.stdout}")


with Workplace() as here:
    each_class(here)
    thresholds(here)
